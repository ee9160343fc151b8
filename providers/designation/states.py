"""The life of a designation."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sojourn.core.flow import Flow


class BaseStatus(TextChoices):
    DESIGNATED = "designated", _("已认定")
    WITHDRAWN = "withdrawn", _("已撤销认定")
    EXPIRED = "expired", _("认定已到期")


BASE_FLOW = Flow(
    {
        ("withdraw", BaseStatus.DESIGNATED): BaseStatus.WITHDRAWN,
        ("expire", BaseStatus.DESIGNATED): BaseStatus.EXPIRED,
    },
    labels={"withdraw": _("撤销认定"), "expire": _("认定到期")},
)
