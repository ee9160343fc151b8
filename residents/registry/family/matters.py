"""What families bring to the desk, and where officers find it."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from residents.registry.family.states import CORRECTABLE, Relation
from sojourn.desk import queues
from sojourn.desk.models import WorkItem
from sojourn.desk.queues import Queue
from sojourn.messages.topics import name_topics

ROOM = "residents.registry.family.matters"
OUTCOMES = {"granted": _("核实通过"), "refused": _("没有通过"), "withdrawn": _("申请已撤回")}
QUEUES = (
    Queue(
        code="link_requests",
        label=_("亲属关系申请"),
        outcomes=OUTCOMES,
        rule="link_request_days",
        where=f"{ROOM}.link_request_page",
        title=f"{ROOM}.link_request_title",
    ),
    Queue(
        code="correction_requests",
        label=_("更正申请"),
        outcomes=OUTCOMES,
        rule="correction_days",
        where=f"{ROOM}.correction_page",
        title=f"{ROOM}.correction_title",
    ),
)


def register() -> None:
    """The desk knows the queues, and the outbox what its messages are about."""
    for queue in QUEUES:
        queues.register(queue)
    name_topics({"request_decided": _("申请结果通知")})


def link_request_page(item: WorkItem) -> str:
    return reverse("admin:registry_linkrequest_change", args=[item.subject_id])


def link_request_title(item: WorkItem) -> str:
    relation = dict(Relation.choices).get(item.facts.get("relation"), "")
    return gettext("申请登记关系：{relation}").format(relation=relation)


def correction_page(item: WorkItem) -> str:
    return reverse("admin:registry_correctionrequest_change", args=[item.subject_id])


def correction_title(item: WorkItem) -> str:
    field = dict(CORRECTABLE).get(item.facts.get("field"), "")
    return gettext("申请更正：{field}").format(field=field)
