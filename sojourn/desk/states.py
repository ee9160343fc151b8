"""The life of a work item, and that of a decision which needs a second person."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sojourn.core.flow import Flow


class ItemStatus(TextChoices):
    OPEN = "open", _("待办")
    TAKEN = "taken", _("办理中")
    CLOSED = "closed", _("已办结")


UNFINISHED = frozenset({ItemStatus.OPEN, ItemStatus.TAKEN})

ITEM_FLOW = Flow(
    {
        ("take", ItemStatus.OPEN): ItemStatus.TAKEN,
        ("release", ItemStatus.TAKEN): ItemStatus.OPEN,
        ("hand_over", ItemStatus.OPEN): ItemStatus.TAKEN,
        ("hand_over", ItemStatus.TAKEN): ItemStatus.TAKEN,
        ("close", ItemStatus.OPEN): ItemStatus.CLOSED,
        ("close", ItemStatus.TAKEN): ItemStatus.CLOSED,
        ("reopen", ItemStatus.CLOSED): ItemStatus.OPEN,
    },
    labels={
        "take": _("受理"),
        "release": _("放回"),
        "hand_over": _("转交"),
        "close": _("办结"),
        "reopen": _("重新办理"),
    },
)


class ProposalStatus(TextChoices):
    PROPOSED = "proposed", _("待复核")
    APPROVED = "approved", _("已同意")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("提议已收回")
    LAPSED = "lapsed", _("逾期未复核")


DECIDED = frozenset({ProposalStatus.APPROVED, ProposalStatus.REFUSED})

PROPOSAL_FLOW = Flow(
    {
        ("approve", ProposalStatus.PROPOSED): ProposalStatus.APPROVED,
        ("refuse", ProposalStatus.PROPOSED): ProposalStatus.REFUSED,
        ("withdraw", ProposalStatus.PROPOSED): ProposalStatus.WITHDRAWN,
        ("lapse", ProposalStatus.PROPOSED): ProposalStatus.LAPSED,
    },
    labels={
        "approve": _("同意"),
        "refuse": _("不同意"),
        "withdraw": _("收回提议"),
        "lapse": _("作逾期处理"),
    },
)
