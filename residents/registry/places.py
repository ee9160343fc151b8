"""Where officers find what the desk speaks of."""

from django.urls import reverse
from django.utils.translation import gettext

from residents.registry.states import CORRECTABLE, Relation
from sojourn.desk.models import Proposal, WorkItem


def report_page(row: Proposal) -> str:
    return reverse("admin:registry_purgereport_change", args=[row.subject_id])


def transfer_page(row: WorkItem) -> str:
    return reverse("admin:registry_transfer_change", args=[row.subject_id])


def resident_page(row: Proposal | WorkItem) -> str:
    return reverse("admin:registry_resident_change", args=[row.subject_id])


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
