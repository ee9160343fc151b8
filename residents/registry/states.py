"""The closed lists of the room, the life of a registration and what may be asked for by whom and why."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sojourn.core.flow import Flow


class ResidentStatus(TextChoices):
    REGISTERED = "registered", _("已登记")
    DIED = "died", _("已去世")
    MERGED = "merged", _("已并入另一登记")
    MOVED_OUT = "moved_out", _("已迁往其他节点的省份")
    ERASED = "erased", _("已删除个人信息")


RESIDENT_FLOW = Flow(
    {
        ("record_death", ResidentStatus.REGISTERED): ResidentStatus.DIED,
        ("merge", ResidentStatus.REGISTERED): ResidentStatus.MERGED,
        ("merge", ResidentStatus.DIED): ResidentStatus.MERGED,
        ("undo_merge", ResidentStatus.MERGED): ResidentStatus.REGISTERED,
        ("undo_merge_of_died", ResidentStatus.MERGED): ResidentStatus.DIED,
        ("transfer", ResidentStatus.REGISTERED): ResidentStatus.REGISTERED,
        ("move_out", ResidentStatus.REGISTERED): ResidentStatus.MOVED_OUT,
        ("move_back", ResidentStatus.MOVED_OUT): ResidentStatus.REGISTERED,
        ("erase", ResidentStatus.MERGED): ResidentStatus.ERASED,
        ("erase", ResidentStatus.REGISTERED): ResidentStatus.ERASED,
        ("erase", ResidentStatus.DIED): ResidentStatus.ERASED,
        ("erase", ResidentStatus.MOVED_OUT): ResidentStatus.ERASED,
    },
    labels={
        "record_death": _("登记去世"),
        "merge": _("合并登记"),
        "undo_merge": _("撤销登记合并"),
        "undo_merge_of_died": _("撤销登记合并（已去世）"),
        "transfer": _("户籍迁移"),
        "move_out": _("办结迁出"),
        "move_back": _("迁回登记"),
        "erase": _("删除个人信息"),
    },
)


class Sex(TextChoices):
    """As the identity number says it (sojourn.core.identifiers)."""

    MALE = "male", _("男")
    FEMALE = "female", _("女")


class Mobility(TextChoices):
    """How a person gets about, as registered; the ability level is another thing and comes from an assessment."""

    WALKS = "walks", _("独立行走")
    WALKS_WITH_AID = "walks_with_aid", _("借助器具行走")
    WHEELCHAIR = "wheelchair", _("使用轮椅")
    BEDRIDDEN = "bedridden", _("长期卧床")


class BenefitCategory(TextChoices):
    ORDINARY = "ordinary", _("不属于救助或优抚对象")
    DESTITUTE = "destitute", _("特困人员")
    MINIMUM_LIVING = "minimum_living", _("最低生活保障对象")
    NEAR_MINIMUM_LIVING = "near_minimum_living", _("最低生活保障边缘家庭成员")
    LOST_ONLY_CHILD = "lost_only_child", _("计划生育特殊家庭成员")
    ENTITLED_VETERAN = "entitled_veteran", _("优抚对象")


class PrivateField(TextChoices):
    """What of a resident stands on no page and is disclosed only for a purpose, field by field."""

    NAME = "name", _("姓名")
    BIRTH_ON = "birth_on", _("出生日期")
    IDENTITY_NUMBER = "identity_number", _("身份证号码")
    PHONE = "phone", _("本人电话")
    CONTACT_NAME = "contact_name", _("联系人姓名")
    CONTACT_PHONE = "contact_phone", _("联系人电话")


class ContactRelation(TextChoices):
    """What somebody to be called about a resident is to her, as it was said; nothing follows from it."""

    SPOUSE = "spouse", _("配偶")
    CHILD = "child", _("子女")
    RELATIVE = "relative", _("其他亲属")
    NEIGHBOUR_OR_FRIEND = "neighbour_or_friend", _("邻居或朋友")
    COMMITTEE = "committee", _("村（居）委会")
    OTHER = "other", _("其他")


class HealthField(TextChoices):
    """What of a resident's health an access opens by name, to a facility alone, and only disclosed (decision 0021)."""

    RESULT = "assessment", _("能力评估结果")
    ITEMS = "assessment_items", _("能力评估各项内容")


class SensitiveField(TextChoices):
    """What of a resident is sensitive and read by programs: the staff of her home are told it by disclosing alone."""

    DIETS = "diets", _("饮食要求")
    MOBILITY = "mobility", _("行动情况")
    BENEFIT_CATEGORY = "benefit_category", _("救助优抚类别")


class ReadableField(TextChoices):
    """What of a resident is read on the pages of her home's staff; told by disclosing beside what ought to stand there."""

    SEX = "sex", _("性别")
    HOME_DIVISION = "home_division", _("户籍所在地区")
    DIALECT = "dialect", _("日常语言")


OpenField = PrivateField | HealthField
OPENABLE: list[OpenField] = [*PrivateField, *HealthField]
OPENABLE_CHOICES = [*PrivateField.choices, *HealthField.choices]
OPENABLE_BY_CODE: dict[str, OpenField] = {field.value: field for field in OPENABLE}
# What the officers of her home may be shown, and whatever may be shown to anybody.
StaffField = PrivateField | SensitiveField
OF_STAFF: list[StaffField] = [*PrivateField, *SensitiveField]
OF_STAFF_CHOICES = [*PrivateField.choices, *SensitiveField.choices]
ShownField = PrivateField | HealthField | SensitiveField | ReadableField
SHOWABLE: list[ShownField] = [*OPENABLE, *SensitiveField, *ReadableField]
SHOWABLE_CHOICES = [*OPENABLE_CHOICES, *SensitiveField.choices, *ReadableField.choices]
SHOWABLE_BY_CODE: dict[str, ShownField] = {field.value: field for field in SHOWABLE}


class Purpose(TextChoices):
    """What a disclosure is for; the case reference beside it says which one."""

    CHECK_IN = "check_in", _("入住交接")
    ASSESSMENT = "assessment", _("能力评估")
    BENEFIT_CHECK = "benefit_check", _("补贴与待遇核对")
    VERIFICATION = "verification", _("信息核对与更正")
    GETTING_IN_TOUCH = "getting_in_touch", _("联系老年人或家属")
    EMERGENCY = "emergency", _("紧急救助")
    COMPLAINT_HANDLING = "complaint_handling", _("投诉与纠纷处理")
    HOUSEHOLD_MOVE = "household_move", _("户籍迁移交接")


class HolderKind(TextChoices):
    """Who holds an access: a facility, or a person who signs in."""

    FACILITY = "facility", _("养老机构")
    USER = "user", _("用户")


class Ground(TextChoices):
    """Why personal information may be handled (Personal Information Protection Law, article 13 paragraph 1)."""

    CONSENT = "consent", _("取得个人同意")
    CONTRACT = "contract", _("订立、履行合同所必需")
    STATUTORY_DUTY = "statutory_duty", _("履行法定职责或者法定义务所必需")
    EMERGENCY_PROTECTION = "emergency_protection", _("紧急情况下保护生命健康和财产安全所必需")


class HoldGround(TextChoices):
    """Why what is known of a resident is kept although it would be erased; ours, no law's list."""

    LITIGATION = "litigation", _("诉讼或者仲裁")
    INVESTIGATION = "investigation", _("执法或者监察")
    AUDIT = "audit", _("审计或者监督检查")


class RetentionClass(TextChoices):
    """What of this room is not kept for ever (residents.registry.retention); rooms above have classes of their own."""

    DIED = "died", _("已去世")
    MOVED_OUT = "moved_out", _("已迁往其他节点的省份")
    LINK_PROOF = "link_proof", _("已终止亲属关系的证明材料")
    LINK_REQUEST = "link_request", _("已办结的亲属关系申请")
    CORRECTION_REQUEST = "correction_request", _("已办结的更正申请")
    IMPORT_BATCH = "import_batch", _("已办结的表格导入")


class ReportStatus(TextChoices):
    PREPARED = "prepared", _("待提请清除")
    APPROVED = "approved", _("清除中")
    FINISHED = "finished", _("清除完毕")
    DROPPED = "dropped", _("已被新报告取代")


REPORT_FLOW = Flow(
    {
        ("approve", ReportStatus.PREPARED): ReportStatus.APPROVED,
        ("drop", ReportStatus.PREPARED): ReportStatus.DROPPED,
        ("finish", ReportStatus.APPROVED): ReportStatus.FINISHED,
    },
    labels={"approve": _("同意清除"), "drop": _("作取代处理"), "finish": _("清除完毕")},
)


class PurgeOutcome(TextChoices):
    PURGED = "purged", _("已清除")
    KEPT = "kept", _("未清除")


class DuplicateReason(TextChoices):
    """In what two registrations are alike (residents.registry.likeness)."""

    SAME_BIRTH = "same_birth", _("出生日期相同")
    SAME_PHONE = "same_phone", _("本人电话相同")
    SAME_NAME = "same_name", _("姓名相同")
    SAME_SOUND = "same_sound", _("姓名同音")
    SIMILAR_NAME = "similar_name", _("姓名相似")


class DuplicateStatus(TextChoices):
    OPEN = "open", _("待核对")
    DISTINCT = "distinct", _("不是同一人")
    MERGED = "merged", _("已合并")


DUPLICATE_FLOW = Flow(
    {
        ("tell_apart", DuplicateStatus.OPEN): DuplicateStatus.DISTINCT,
        ("merge", DuplicateStatus.OPEN): DuplicateStatus.MERGED,
        ("undo", DuplicateStatus.MERGED): DuplicateStatus.OPEN,
    },
    labels={"tell_apart": _("认定不是同一人"), "merge": _("作合并处理"), "undo": _("作撤销合并处理")},
)


class TransferStatus(TextChoices):
    OUT = "out", _("待接收")
    IN = "in", _("已接收")
    REFUSED = "refused", _("不予接收")
    CANCELLED = "cancelled", _("移出已取消")
    LAPSED = "lapsed", _("逾期退回")


TRANSFER_FLOW = Flow(
    {
        ("transfer_in", TransferStatus.OUT): TransferStatus.IN,
        ("refuse_transfer", TransferStatus.OUT): TransferStatus.REFUSED,
        ("cancel_transfer", TransferStatus.OUT): TransferStatus.CANCELLED,
        ("lapse_transfer", TransferStatus.OUT): TransferStatus.LAPSED,
    },
    labels={
        "transfer_in": _("接收迁入"),
        "refuse_transfer": _("决定不予接收"),
        "cancel_transfer": _("取消移出"),
        "lapse_transfer": _("作逾期退回处理"),
    },
)


class ErasureGround(TextChoices):
    """Why personal information is erased (Personal Information Protection Law, article 47 paragraph 1)."""

    PURPOSE_ENDED = "purpose_ended", _("处理目的已实现或者不再必要")
    PERIOD_OVER = "period_over", _("停止服务或者保存期限已届满")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("个人撤回同意")
    UNLAWFUL = "unlawful", _("违反法律法规或者约定处理")


class ImportStatus(TextChoices):
    CHECKED = "checked", _("待确认")
    APPLYING = "applying", _("正在写入")
    APPLIED = "applied", _("已写入")
    DISCARDED = "discarded", _("已放弃")
    LAPSED = "lapsed", _("逾期清除")
    UNDOING = "undoing", _("正在撤销")
    UNDONE = "undone", _("导入已撤销")


IMPORT_FLOW = Flow(
    {
        ("confirm", ImportStatus.CHECKED): ImportStatus.APPLYING,
        ("finish", ImportStatus.APPLYING): ImportStatus.APPLIED,
        ("discard", ImportStatus.CHECKED): ImportStatus.DISCARDED,
        ("lapse", ImportStatus.CHECKED): ImportStatus.LAPSED,
        ("undo", ImportStatus.APPLIED): ImportStatus.UNDOING,
        ("finish_undo", ImportStatus.UNDOING): ImportStatus.UNDONE,
    },
    labels={
        "confirm": _("确认导入"),
        "finish": _("写入完成"),
        "discard": _("放弃导入"),
        "lapse": _("逾期未确认，已清除"),
        "undo": _("撤销导入"),
        "finish_undo": _("撤销完成"),
    },
)


class ImportRowState(TextChoices):
    GOOD = "good", _("可以导入")
    BAD = "bad", _("有误")
    KNOWN = "known", _("此前已登记")
    REGISTERED = "registered", _("已导入")
    UNDONE = "undone", _("已撤销导入")
    KEPT = "kept", _("有变动，保留")


class Relation(TextChoices):
    """What the person who signs in is to the resident."""

    SELF = "self", _("本人")
    SPOUSE = "spouse", _("配偶")
    CHILD = "child", _("子女")
    GRANDCHILD = "grandchild", _("孙子女、外孙子女")
    SIBLING = "sibling", _("兄弟姐妹")
    RELATIVE = "relative", _("其他亲属")
    GUARDIAN = "guardian", _("监护人")


class Proof(TextChoices):
    IDENTITY_CARD = "identity_card", _("居民身份证")
    HOUSEHOLD_REGISTER = "household_register", _("户口簿")
    MARRIAGE_CERTIFICATE = "marriage_certificate", _("结婚证")
    BIRTH_CERTIFICATE = "birth_certificate", _("出生医学证明")
    APPOINTMENT = "appointment", _("指定监护人的文件")
    AGREEMENT = "agreement", _("意定监护协议")
    COURT_DECISION = "court_decision", _("法院判决或裁定")
    NOTARIAL_DEED = "notarial_deed", _("公证书")


_OF_KINSHIP = frozenset(Proof) - {Proof.APPOINTMENT, Proof.AGREEMENT}
# What proves a relation: being somebody's child makes nobody her guardian.
PROVEN_BY: dict[Relation, frozenset[Proof]] = {
    **dict.fromkeys(Relation, _OF_KINSHIP),
    Relation.SELF: frozenset({Proof.IDENTITY_CARD}),
    Relation.GUARDIAN: frozenset(
        {Proof.APPOINTMENT, Proof.AGREEMENT, Proof.COURT_DECISION, Proof.NOTARIAL_DEED}
    ),
}
# The links that open a resident's data, with ground and article; kinship alone opens nothing.
OPENED_BY: dict[Relation, tuple[Ground, str]] = {
    Relation.SELF: (Ground.STATUTORY_DUTY, "《中华人民共和国个人信息保护法》第四十五条第一款"),
    Relation.GUARDIAN: (Ground.STATUTORY_DUTY, "《中华人民共和国民法典》第三十四条第一款"),
}


class LinkStatus(TextChoices):
    CONFIRMED = "confirmed", _("关系已确认")
    ENDED = "ended", _("关系已终止")


LINK_FLOW = Flow({("end", LinkStatus.CONFIRMED): LinkStatus.ENDED}, labels={"end": _("终止亲属关系")})


class LinkEnd(TextChoices):
    """Why a link ends before its day."""

    NO_LONGER_SO = "no_longer_so", _("关系已不存在")
    MISTAKEN = "mistaken", _("登记有误")
    ASKED_BY_USER = "asked_by_user", _("当事人自己终止")


class RequestStatus(TextChoices):
    """The life of what a family asks of the bureau."""

    WAITING = "waiting", _("等待核实")
    GRANTED = "granted", _("核实通过")
    REFUSED = "refused", _("没有通过")
    WITHDRAWN = "withdrawn", _("申请已撤回")


REQUEST_FLOW = Flow(
    {
        ("grant", RequestStatus.WAITING): RequestStatus.GRANTED,
        ("refuse", RequestStatus.WAITING): RequestStatus.REFUSED,
        ("withdraw", RequestStatus.WAITING): RequestStatus.WITHDRAWN,
    },
    labels={"grant": _("核实通过申请"), "refuse": _("不通过申请"), "withdraw": _("撤回申请")},
)


class LinkRefusal(TextChoices):
    """Why a link is not confirmed. That nobody has the number, and that something differs, are told alike."""

    NOT_MATCHING = "not_matching", _("所填信息核对不上")
    PROOF_INSUFFICIENT = "proof_insufficient", _("证明材料不足")
    NOT_A_RELATION = "not_a_relation", _("不属于可以登记的关系")


# What may be asked to be put right; birth and sex only where no identity number says them.
CORRECTABLE = [*PrivateField.choices, *ReadableField.choices, *SensitiveField.choices]
TOLD_BY_IDENTITY = (PrivateField.BIRTH_ON.value, ReadableField.SEX.value)
# Of these it may be asked that nothing be registered.
MAY_BE_UNREPORTED = frozenset({ReadableField.DIALECT.value, *SensitiveField.values})


class CorrectionRefusal(TextChoices):
    """Why what is registered stays as it is."""

    ALREADY_RIGHT = "already_right", _("登记的信息没有错")
    NOT_PROVEN = "not_proven", _("没有材料证明应当更正")
    IS_A_MOVE = "is_a_move", _("户口是后来迁走的，请办理户籍迁移")
