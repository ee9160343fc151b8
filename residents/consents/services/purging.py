"""Scans of mandates and consents are not kept for ever: until when, and what purging one means."""

from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from residents.consents import scans
from residents.consents.models import Consent, Mandate
from residents.registry.services.purging import day_of, has_files, held_by_law
from sojourn.core.actors import SYSTEM
from sojourn.core.trail import record
from sojourn.files.services import erase_files_of


def ended_mandates(owner: str, by: date) -> QuerySet:
    """Mandates that ended, of which the scan is still there."""
    return _ended(Mandate.objects.filter(owner=owner), scans.MANDATE, by)


def ended_consents(owner: str, by: date) -> QuerySet:
    """Consents that ended, of which the scan is still there."""
    return _ended(Consent.objects.filter(owner=owner), scans.CONSENT, by)


def purge_mandate_paper(mandate_id: UUID) -> bool:
    """The scan is destroyed; who acted for whom, how far and by which paper's number stays on record."""
    return _without_scan(Mandate.objects.locked().get(pk=mandate_id), "mandate.paper_purged")


def purge_consent_paper(consent_id: UUID) -> bool:
    """The scan is destroyed; what was opened to whom and by which paper's number stays on record."""
    return _without_scan(Consent.objects.locked().get(pk=consent_id), "consent.paper_purged")


def _ended(rows: QuerySet, kind: str, by: date) -> QuerySet:
    """Those that ended by then; one that stands has no day on which it ended."""
    ended = rows.filter(has_files(kind)).annotate(
        since=day_of("ended_at"), about=F("resident_id"), is_held=held_by_law()
    )
    return ended.filter(since__lte=by)


def _without_scan(row: Mandate | Consent, action: str) -> bool:
    erase_files_of(owner=scans.paper_of(row), actor=SYSTEM)
    record(action=action, actor=SYSTEM, subject=row)
    return True
