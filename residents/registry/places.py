"""Where officers find what the desk speaks of."""

from django.urls import reverse

from sojourn.desk.models import Proposal, WorkItem


def report_page(row: Proposal) -> str:
    return reverse("admin:registry_purgereport_change", args=[row.subject_id])


def transfer_page(row: WorkItem) -> str:
    return reverse("admin:registry_transfer_change", args=[row.subject_id])


def resident_page(row: Proposal | WorkItem) -> str:
    return reverse("admin:registry_resident_change", args=[row.subject_id])
