"""What a person is to a resident, what proves it, and the life of a link and of what families ask."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from residents.registry.states import Ground, PrivateField
from sojourn.core.flow import Flow


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


# What a family may ask to have put right: what is typed; birth and sex follow from the identity number.
CORRECTABLE = [pair for pair in PrivateField.choices if pair[0] != PrivateField.BIRTH_ON]


class CorrectionRefusal(TextChoices):
    """Why what is registered stays as it is."""

    ALREADY_RIGHT = "already_right", _("登记的信息没有错")
    NOT_PROVEN = "not_proven", _("没有材料证明应当更正")
