"""What this room refuses; no refusal holds anything of the person it is about."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid, NotPermitted, NotVisible, Refusal


class NoSuchResident(NotVisible):
    title = _("没有找到这位老年人")


class NotYourResident(NotPermitted):
    code = "not_your_resident"
    title = _("您不能办理这位老年人的这项事务")


class NotYourDivision(NotPermitted):
    code = "not_your_division"
    title = _("所选地区不在您的管辖范围内")


class FactsInvalid(Invalid):
    code = "facts_invalid"
    title = _("所填内容有误，请逐项核对")


class TooYoung(Invalid):
    code = "too_young"
    title = _("未满18周岁，不能登记")


class AlreadyRegistered(Refusal):
    """The number of the registration stands in ``detail`` only for who may see that resident."""

    code, status = "already_registered", 409
    title = _("这个身份证号码已经登记")


class PurposeMissing(Invalid):
    code = "purpose_missing"
    title = _("请选择用途")


class CaseMissing(Invalid):
    code = "case_missing"
    title = _("请填写事由编号")


class FieldsUnknown(Invalid):
    code = "fields_unknown"
    title = _("请选择要查看的项目")


class FieldsNotOpen(NotPermitted):
    code = "fields_not_open"
    title = _("所选项目没有向您开放")


class DisclosuresSpent(Refusal):
    code, status = "disclosures_spent", 429
    title = _("一小时内最多查看{limit}次，请稍后再试")


class LookUpsSpent(Refusal):
    code, status = "look_ups_spent", 429
    title = _("一小时内最多查找{limit}次，请于{again}以后再试")


class OneNumberNeeded(Invalid):
    code = "one_number_needed"
    title = _("请填写身份证号码或电话，只填一项")


class GroundMissing(Invalid):
    code = "ground_missing"
    title = _("请选择依据")


class ReasonMissing(Invalid):
    code = "reason_missing"
    title = _("请写明理由，不超过200个字")


class HoldGroundMissing(Invalid):
    code = "hold_ground_missing"
    title = _("请选择留存依据")


class NoSuchHold(NotVisible):
    title = _("没有找到这项依法留存")


class HoldLifted(Refusal):
    code, status = "hold_lifted", 409
    title = _("这项依法留存已经解除")


class OnHold(Refusal):
    code, status = "on_hold", 409
    title = _("这位老年人的信息依法留存，不能删除")


class NoSuchReport(NotVisible):
    title = _("没有找到这份清除报告")


class NothingDue(Refusal):
    code, status = "nothing_due", 409
    title = _("没有保存期满的信息")


class HeadingsWrong(Invalid):
    code = "headings_wrong"
    title = _("表头与模板不一致，请下载模板对照")


class ImportKindUnknown(Invalid):
    code = "import_kind_unknown"
    title = _("请选择导入内容")


class NoSuchImport(NotVisible):
    title = _("没有找到这次导入")


class NotYourImport(NotPermitted):
    code = "not_your_import"
    title = _("您不能办理这次导入")


class NothingToImport(Refusal):
    code, status = "nothing_to_import", 409
    title = _("没有可以导入的行")


class NothingToExport(Refusal):
    code, status = "nothing_to_export", 409
    title = _("没有可以导出的老年人")


class ExportTooLarge(Refusal):
    code, status = "export_too_large", 409
    title = _("一次最多导出{most}人，请先用过滤器缩小范围")


class PlainExportSpent(Refusal):
    code, status = "plain_export_spent", 429
    title = _("导出完整内容等同于逐人查看：一小时内还可以查看{left}人，请缩小范围或导出遮盖后的内容")


class MergedAway(Refusal):
    code, status = "merged_away", 409
    title = _("这份登记已经并入另一份，请办理保留的那份")


class MovedAway(Refusal):
    code, status = "moved_away", 409
    title = _("这位老年人已迁往其他节点的省份，登记由迁入地管理")


class NotOneOwner(Refusal):
    code, status = "not_one_owner", 409
    title = _("两份登记属于不同省份，须先办理户籍迁移")


class NoSuchDuplicate(NotVisible):
    title = _("没有找到这组疑似重复登记")


class NoSuchMerge(NotVisible):
    title = _("没有找到这项登记合并")


class NoSuchTransfer(NotVisible):
    title = _("没有找到这项户籍迁移")


class AlreadyMoving(Refusal):
    code, status = "already_moving", 409
    title = _("这位老年人的户籍迁移正在办理")


class DivisionUnknown(Invalid):
    code = "division_unknown"
    title = _("请填写迁入地的6位地区代码，不能与现户籍地相同")


class HomeElsewhere(Invalid):
    code = "home_elsewhere"
    title = _("这里只更正本省内登记错的地区；户口迁往外省的，请办理户籍迁移")


class ToldByIdentity(Invalid):
    code = "told_by_identity"
    title = _("出生日期和性别由身份证号码得出；号码不对的，请申请更正身份证号码")


class MovesElsewhere(Refusal):
    code, status = "moves_elsewhere", 409
    title = _("这项户籍迁移不能在本节点办理")


class ProtectedAlready(Refusal):
    code, status = "protected_already", 409
    title = _("行踪保护已是所选状态")


class AskedAlready(Refusal):
    code, status = "asked_already", 409
    title = _("行踪保护已有回答，要更改请由户籍地经办人设定或解除")


def field_error(field: str, code: str, detail) -> dict:
    """What is wrong with one field, as a refusal lists it."""
    return {"field": field, "code": code, "detail": str(detail)}


class NoSuchLink(NotVisible):
    title = _("没有找到这项亲属关系")


class NoSuchRequest(NotVisible):
    title = _("没有找到这件申请")


class FamiliesOnly(NotPermitted):
    code = "families_only"
    title = _("这项申请由老年人或家属本人登录后提出")


class AskersOnly(NotPermitted):
    code = "askers_only"
    title = _("更正由老年人、家属，或者这一项向其开放的养老机构申请")


class MayNotSpeak(NotPermitted):
    code = "may_not_speak"
    title = _("由本人、监护人，或受托代为同意的人申请更正")


class NotYourLink(NotPermitted):
    code = "not_your_link"
    title = _("您不能办理这项亲属关系")


class OwnLink(NotPermitted):
    code = "own_link"
    title = _("与自己有关的亲属关系须由他人办理")


class RequestHeld(Refusal):
    code, status = "request_held", 409
    title = _("您已经为这位老人提交过申请，正在核实")


class TooManyRequests(Refusal):
    code, status = "too_many_requests", 409
    title = _("最多同时有{limit}件申请等待核实，请等办完再提")


class ProofUnfit(Invalid):
    code = "proof_unfit"
    title = _("这种材料不能证明所选的关系")


class PersonDiffers(Refusal):
    """Said to officers only."""

    code, status = "person_differs", 409
    title = _("辖区内没有身份证号码和姓名都一致的老年人登记")


class AlreadyLinked(Refusal):
    code, status = "already_linked", 409
    title = _("这位老年人已登记过同样的关系")


class EndOutOfRange(Invalid):
    code = "end_out_of_range"
    title = _("截止日期应在今天以后，最长{years}年")
