"""A resource shared on conditions, since no room has one yet, and a registry of four nodes to ask for it."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from sojourn.sharing.catalogue import Resource
from sojourn.sharing.models import Heartbeat
from sojourn.sharing.protocol.registry import Node, Registry
from sojourn.sharing.states import Sensitivity, ShareClass

NODES = {
    "44": ("440000", "450000", "360000"),
    "50": ("500000", "610000"),
    "23": ("230000",),
    "22": ("220000",),
}
REGISTRY = Registry(
    edition=1,
    issued_at=datetime(2026, 1, 1, tzinfo=UTC),
    expires_at=datetime(2036, 1, 1, tzinfo=UTC),
    nodes=tuple(Node(name, "https://node.example", members) for name, members in NODES.items()),
    keys=(),
)


def resource(name: str, share_class: ShareClass, **terms) -> Resource:
    return Resource(
        name=name,
        label=name,
        model=Heartbeat,
        facts=("owner", "beaten_at"),
        ground=_("样例依据"),
        reason=_("样例理由"),
        schedule=_("每小时"),
        sensitivity=Sensitivity.IMPERSONAL,
        share_class=share_class,
        **terms,
    )


SAMPLES = {
    "sample_open": resource("sample_open", ShareClass.UNCONDITIONAL),
    "sample_asked": resource("sample_asked", ShareClass.CONDITIONAL),
    "sample_for_one": resource("sample_for_one", ShareClass.CONDITIONAL, addressed_by="owner"),
    "sample_closed": resource("sample_closed", ShareClass.NOT_SHARED),
}
