"""What the registry brings to the desk: its queues, and its decisions that take two people."""

from django.utils.translation import gettext_lazy as _

from sojourn.desk import decisions, queues
from sojourn.desk.decisions import DecisionKind
from sojourn.desk.queues import Queue

ROOM = "residents.registry"


def _decision(code: str, label, carry_out: str, page: str) -> DecisionKind:
    return DecisionKind(
        code=code,
        label=label,
        carry_out=f"{ROOM}.services.{carry_out}",
        may_propose=f"{ROOM}.policy.may_propose",
        may_approve=f"{ROOM}.policy.may_approve",
        where=f"{ROOM}.places.{page}",
    )


QUEUES: tuple[Queue, ...] = ()
KINDS = (
    _decision("erase_resident", _("删除个人信息"), "erasing.erase", "resident_page"),
    _decision("purge_residents", _("清除保存期满的登记信息"), "retaining.approve_purge", "report_page"),
)


def register() -> None:
    """The desk knows them."""
    for queue in QUEUES:
        queues.register(queue)
    for kind in KINDS:
        decisions.register(kind)
