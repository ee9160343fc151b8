"""Protected whereabouts: set and lifted with a reason that stands in the trail."""

import pytest

from residents.registry.errors import NoSuchResident, NotYourResident, ProtectedAlready, ReasonMissing
from residents.registry.models import Resident
from residents.registry.services import erase_resident, protect_whereabouts, unprotect_whereabouts
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.plain_words import NamesSomebody
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import entries_about
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff


@pytest.fixture
def resident(db) -> Resident:
    return ResidentFactory()


def protected(resident: Resident) -> bool:
    return Resident.objects.get(pk=resident.pk).whereabouts_protected


def test_it_is_set_and_lifted_with_a_reason(resident):
    officer = staff("440106")

    protect_whereabouts(resident_id=resident.pk, reason="人身安全保护令", actor=officer)
    assert protected(resident)
    with pytest.raises(ProtectedAlready):
        protect_whereabouts(resident_id=resident.pk, reason="再次", actor=officer)

    unprotect_whereabouts(resident_id=resident.pk, reason="保护令失效", actor=officer)
    assert not protected(resident)
    facts = [(entry.action, entry.facts) for entry in entries_about(resident)][:2]
    assert facts == [
        ("resident.unprotected", {"reason": "保护令失效"}),
        ("resident.protected", {"reason": "人身安全保护令"}),
    ]


def test_without_reason_right_or_second_factor_nothing_changes(resident):
    for actor, reason, refusal in (
        (staff("440106"), "", ReasonMissing),
        (staff("440106"), "来电13800138000", NamesSomebody),
        (staff("440106", second_factor=False), "保护令", SecondFactorNeeded),
        (staff("44", role=Role.AUDITOR), "保护令", NotYourResident),
        (staff("23"), "保护令", NoSuchResident),
    ):
        with pytest.raises(refusal):
            protect_whereabouts(resident_id=resident.pk, reason=reason, actor=actor)

    assert not protected(resident)
    assert not entries_about(resident).filter(action="resident.protected").exists()


def test_of_who_was_erased_there_is_no_whereabouts_to_protect(resident):
    erase_resident(resident_id=resident.pk, ground="period_over", actor=SYSTEM)

    with pytest.raises(NoSuchResident):
        protect_whereabouts(resident_id=resident.pk, reason="保护令", actor=SYSTEM)
