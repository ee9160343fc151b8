"""The closed lists of the room and the lives of a consent, of a sharing by law and of a mandate."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sojourn.core.flow import Flow


class ReceiverKind(TextChoices):
    """To whom something of a resident is opened."""

    MEMBER = "member", _("外省民政部门")
    FACILITY = "facility", _("养老机构")
    ACCOUNT = "account", _("个人账号")


class GivenBy(TextChoices):
    """Who said yes; kinship alone says nothing."""

    RESIDENT = "resident", _("老年人本人")
    GUARDIAN = "guardian", _("监护人代为")
    AGENT = "agent", _("代理人代为")


class Channel(TextChoices):
    """By which way it was said; taking it back is open by every one of them."""

    ONLINE = "online", _("网页办理")
    COUNTER = "counter", _("窗口办理")
    TELEPHONE = "telephone", _("电话办理")


class ConsentStatus(TextChoices):
    GIVEN = "given", _("同意有效")
    WITHDRAWN = "withdrawn", _("同意已撤回")
    EXPIRED = "expired", _("同意已到期")
    CLOSED = "closed", _("同意已终结")


CONSENT_FLOW = Flow(
    {
        ("withdraw", ConsentStatus.GIVEN): ConsentStatus.WITHDRAWN,
        ("expire", ConsentStatus.GIVEN): ConsentStatus.EXPIRED,
        ("close", ConsentStatus.GIVEN): ConsentStatus.CLOSED,
    },
    labels={"withdraw": _("撤回同意"), "expire": _("作同意到期处理"), "close": _("终结同意")},
)


class LegalShareStatus(TextChoices):
    """How a sharing that rests on a law stands."""

    LIVE = "live", _("依法共享中")
    ENDED = "ended", _("依法共享已停止")
    EXPIRED = "expired", _("依法共享已到期")
    CLOSED = "closed", _("依法共享已终结")


LEGAL_SHARE_FLOW = Flow(
    {
        ("end", LegalShareStatus.LIVE): LegalShareStatus.ENDED,
        ("expire", LegalShareStatus.LIVE): LegalShareStatus.EXPIRED,
        ("close", LegalShareStatus.LIVE): LegalShareStatus.CLOSED,
    },
    labels={"end": _("停止依法共享"), "expire": _("作依法共享到期处理"), "close": _("终结依法共享")},
)


class MandateStatus(TextChoices):
    VALID = "valid", _("委托书有效")
    WITHDRAWN = "withdrawn", _("委托书已撤销")
    EXPIRED = "expired", _("委托书已到期")
    CLOSED = "closed", _("委托书已终结")


MANDATE_FLOW = Flow(
    {
        ("withdraw", MandateStatus.VALID): MandateStatus.WITHDRAWN,
        ("expire", MandateStatus.VALID): MandateStatus.EXPIRED,
        ("close", MandateStatus.VALID): MandateStatus.CLOSED,
    },
    labels={"withdraw": _("撤销委托书"), "expire": _("作委托书到期处理"), "close": _("终结委托书")},
)


class AgentAct(TextChoices):
    """What an agent may do in her principal's name."""

    CONSENT = "consent", _("代为同意和撤回")
    READ_RECORDS = "read_records", _("代看查看记录")
    BOOK = "book", _("代为预订")
    COMPLAIN = "complain", _("代为投诉")


class ArrivalStatus(TextChoices):
    """What the new home says of a registration that a member of another node hands out to it."""

    WAITING = "waiting", _("迁入待办理")
    ACCEPTED = "accepted", _("同意接收，等待对方移出")
    REGISTERED = "registered", _("迁入已登记")
    REFUSED = "refused", _("不同意接收")
    LAPSED = "lapsed", _("对方收回或期限已过")


ARRIVAL_FLOW = Flow(
    {
        ("accept", ArrivalStatus.WAITING): ArrivalStatus.ACCEPTED,
        ("refuse", ArrivalStatus.WAITING): ArrivalStatus.REFUSED,
        ("register", ArrivalStatus.ACCEPTED): ArrivalStatus.REGISTERED,
        ("lapse", ArrivalStatus.WAITING): ArrivalStatus.LAPSED,
        ("lapse", ArrivalStatus.ACCEPTED): ArrivalStatus.LAPSED,
    },
    labels={
        "accept": _("同意接收迁入"),
        "refuse": _("决定不同意接收"),
        "register": _("办结迁入登记"),
        "lapse": _("作收回或逾期处理"),
    },
)


class Disposition(TextChoices):
    """What one member says of a match: who is meant on both sides."""

    OPEN = "open", _("待核实")
    SAME_PERSON = "same_person", _("核实为同一人")
    DIFFERENT = "different", _("核实为不同人")


# A word may be changed as long as the two members do not say the same.
MATCH_FLOW = Flow(
    {
        ("confirm", Disposition.OPEN): Disposition.SAME_PERSON,
        ("confirm", Disposition.DIFFERENT): Disposition.SAME_PERSON,
        ("dismiss", Disposition.OPEN): Disposition.DIFFERENT,
        ("dismiss", Disposition.SAME_PERSON): Disposition.DIFFERENT,
    },
    labels={"confirm": _("确认为同一人"), "dismiss": _("确认为不同人")},
)
