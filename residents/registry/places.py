"""Where officers find what the desk speaks of."""

from django.urls import reverse
from django.utils.translation import gettext

from residents.registry.states import CORRECTABLE, Relation
from sojourn.core.actors import Role
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
    """What is to be put right and who asks: a facility by its name, a person by her role alone."""
    field, role = dict(CORRECTABLE).get(item.facts.get("field"), ""), item.facts.get("asked_by")
    if role not in Role:
        return gettext("申请更正：{field}").format(field=field)
    who = item.facts.get("facility", "") + str(Role(role).label)
    return gettext("{who}申请更正：{field}").format(who=who, field=field)
