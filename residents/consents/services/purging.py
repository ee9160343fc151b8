"""Scans of mandates are not kept for ever: until when, and what purging one means."""

from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from residents.consents import scans
from residents.consents.models import Mandate
from residents.consents.states import MandateStatus
from residents.registry.services.purging import day_of, has_files, held_by_law
from sojourn.core.actors import SYSTEM
from sojourn.core.trail import record
from sojourn.files.services import erase_files_of


def ended_mandates(owner: str, by: date) -> QuerySet:
    """Mandates that ended, of which the scan is still there."""
    ended = Mandate.objects.filter(owner=owner).exclude(status=MandateStatus.VALID)
    rows = ended.filter(has_files(scans.MANDATE)).annotate(
        since=day_of("ended_at"), about=F("resident_id"), is_held=held_by_law()
    )
    return rows.filter(since__lte=by)


def purge_paper(mandate_id: UUID) -> bool:
    """The scan is destroyed; who acted for whom, how far and by which paper's number stays on record."""
    mandate = Mandate.objects.locked().get(pk=mandate_id)
    erase_files_of(owner=scans.paper_of(mandate), actor=SYSTEM)
    record(action="mandate.paper_purged", actor=SYSTEM, subject=mandate)
    return True
