"""The scan of a mandate or consent goes three years after it ended; who acted for whom, and what was open, stays."""

from datetime import date

import pytest

from residents.consents import scans, services
from residents.consents.models import Consent, Mandate
from residents.registry.errors import NothingDue
from residents.registry.services import set_hold
from sojourn.core.clock import frozen
from sojourn.files.models import StoredFile
from tests.factories.consents import AT_COUNTER, a_consent, a_mandate
from tests.residents.actors import family, staff
from tests.residents.purging import due, prepared, purged

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(own_keyring) -> Mandate:
    with frozen(date(2026, 1, 12)):
        mandate = a_mandate(family())
    with frozen(date(2026, 3, 2)):
        return services.withdraw_mandate(mandate_id=mandate.pk, saying=AT_COUNTER, actor=staff("440106"))


def scans_kept() -> int:
    return StoredFile.objects.filter(owner_kind=scans.MANDATE).kept().count()


def test_its_scan_is_destroyed_when_the_period_is_over_and_the_mandate_stays_on_record(ended):
    with frozen(date(2026, 1, 12)):
        a_mandate(family())
    with frozen(date(2029, 3, 1)), pytest.raises(NothingDue):
        prepared()
    with frozen(date(2029, 3, 2)):
        with pytest.raises(NothingDue):
            prepared("230000")  # another member's
        report = purged()
        with pytest.raises(NothingDue):
            prepared()

    assert due(report) == {"mandate_paper": (1, 0)}
    assert scans_kept() == 1
    assert Mandate.objects.get(pk=ended.pk).proof == AT_COUNTER.proof


def test_the_scan_of_a_consent_is_destroyed_like_it(own_keyring):
    with frozen(date(2026, 1, 12)):
        consent = a_consent(saying=AT_COUNTER)
    with frozen(date(2026, 3, 2)):
        services.withdraw_consent(consent_id=consent.pk, saying=AT_COUNTER, actor=staff("440106"))

    with frozen(date(2029, 3, 2)):
        standing = a_consent(saying=AT_COUNTER)
        with pytest.raises(NothingDue):
            prepared("230000")  # another member's
        report = purged()

    assert due(report)["consent_paper"] == (1, 0)
    kept = StoredFile.objects.filter(owner_kind=scans.CONSENT).kept()
    assert list(kept.values_list("owner_id", flat=True)) == [standing.pk]
    assert Consent.objects.get(pk=consent.pk).proof == AT_COUNTER.proof


def test_a_hold_keeps_it(ended):
    set_hold(resident_id=ended.resident_id, ground="audit", case="审计1号", reason="专项", actor=staff("44"))

    with frozen(date(2029, 3, 2)), pytest.raises(NothingDue):
        prepared()

    assert scans_kept() == 1
