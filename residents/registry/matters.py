"""What the registry brings to the desk: its queues, and its decisions that take two people."""

from django.utils.translation import gettext_lazy as _

from residents.registry import following, retention
from residents.registry.following import Following
from residents.registry.retention import Kept
from residents.registry.states import RetentionClass, TransferStatus
from sojourn.desk import decisions, queues
from sojourn.desk.decisions import DecisionKind
from sojourn.desk.queues import Queue
from sojourn.messages.topics import name_topics

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


OUTCOMES = {"granted": _("核实通过"), "refused": _("没有通过"), "withdrawn": _("申请已撤回")}
QUEUES = (
    Queue(
        code="link_requests",
        label=_("亲属关系申请"),
        outcomes=OUTCOMES,
        rule="link_request_days",
        where=f"{ROOM}.places.link_request_page",
        title=f"{ROOM}.places.link_request_title",
    ),
    Queue(
        code="correction_requests",
        label=_("更正申请"),
        outcomes=OUTCOMES,
        rule="correction_days",
        where=f"{ROOM}.places.correction_page",
        title=f"{ROOM}.places.correction_title",
    ),
    Queue(
        code="resident_transfers",
        label=_("户籍迁入接收"),
        outcomes={
            TransferStatus.IN: TransferStatus.IN.label,
            TransferStatus.REFUSED: TransferStatus.REFUSED.label,
            TransferStatus.CANCELLED: TransferStatus.CANCELLED.label,
            TransferStatus.LAPSED: TransferStatus.LAPSED.label,
        },
        rule="transfer_days",
        where=f"{ROOM}.places.transfer_page",
    ),
)
KINDS = (
    _decision("erase_resident", _("删除个人信息"), "erasing.erase", "resident_page"),
    _decision("purge_residents", _("清除保存期满的信息"), "retaining.approve_purge", "report_page"),
    _decision("merge_residents", _("合并登记"), "merging.merge_residents", "resident_page"),
    _decision("undo_merge", _("撤销登记合并"), "merging.undo_merge", "resident_page"),
)


MERGING = f"{ROOM}.services.merging"
FOLLOWING = (
    Following("registry.access", f"{MERGING}.move_accesses", f"{MERGING}.give_back_accesses"),
    Following("registry.hold", f"{MERGING}.move_holds", f"{MERGING}.give_back_holds"),
    Following("registry.home", f"{MERGING}.move_homes", f"{MERGING}.give_back_homes"),
    Following("registry.correction", f"{MERGING}.move_corrections", f"{MERGING}.give_back_corrections"),
    Following("registry.link", silence=f"{ROOM}.scans.erase"),
)

PURGING = f"{ROOM}.services.purging"


def _kept(of: RetentionClass, ended: str, purge: str, rule: str, *, are_people: bool = False) -> Kept:
    return Kept(
        of.value, of.label, f"retention_years_{rule}", f"{PURGING}.{ended}", f"{PURGING}.{purge}", are_people
    )


CLASSES = (
    _kept(RetentionClass.DIED, "died", "purge_person", "died", are_people=True),
    _kept(RetentionClass.MOVED_OUT, "moved_out", "purge_person", "moved_out", are_people=True),
    _kept(RetentionClass.LINK_PROOF, "ended_links", "purge_proof", "proofs"),
    _kept(RetentionClass.LINK_REQUEST, "decided_link_requests", "purge_link_request", "requests"),
    _kept(RetentionClass.CORRECTION_REQUEST, "decided_corrections", "purge_correction", "requests"),
    _kept(RetentionClass.IMPORT_BATCH, "finished_imports", "purge_import", "imports"),
)


def register() -> None:
    """The desk knows them, the outbox what its messages are about, and what follows a resident and what goes is known."""
    for queue in QUEUES:
        queues.register(queue)
    for kind in KINDS:
        decisions.register(kind)
    for own in FOLLOWING:
        following.register(own)
    for kept in CLASSES:
        retention.register(kept)
    name_topics(
        {
            "request_decided": _("申请结果通知"),
            "link_confirmed": _("告知本人：亲属关系已登记"),
            "link_ended": _("告知本人：亲属关系已终止"),
        }
    )
