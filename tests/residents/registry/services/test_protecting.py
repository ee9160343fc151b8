"""Protected whereabouts: set and lifted with a reason that stands in the trail."""

from contextlib import nullcontext

import pytest

from residents.registry.errors import (
    AskedAlready,
    MergedAway,
    NoSuchResident,
    NotYourResident,
    ProtectedAlready,
    ReasonMissing,
)
from residents.registry.models import Resident
from residents.registry.services import (
    answer_whereabouts,
    erase_resident,
    protect_whereabouts,
    unprotect_whereabouts,
)
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.plain_words import NamesSomebody
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import entries_about
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.actors import staff
from tests.residents.merging import merged
from tests.residents.registry.families import family_member, linked

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("answer", [True, False])
def test_what_she_answered_first_is_written_down_once(answer):
    resident, officer = ResidentFactory(whereabouts_protected=None), staff("440106")
    assert resident.is_protected

    answer_whereabouts(resident_id=resident.pk, protected=answer, actor=officer)

    kept = Resident.objects.get(pk=resident.pk)
    assert (kept.whereabouts_protected, kept.is_protected) == (answer, answer)
    assert not Resident.objects.never_asked().exists()
    [entry] = entries_about(resident).filter(action="resident.asked")
    assert entry.facts == {"protected": answer}
    with pytest.raises(AskedAlready):
        answer_whereabouts(resident_id=resident.pk, protected=not answer, actor=officer)
    assert protected(resident) == answer


@pytest.mark.parametrize(
    ("relation", "answer", "holds"),
    [("self", True, True), ("self", False, True), ("guardian", True, True), ("guardian", False, False)],
)
def test_she_says_it_herself_and_her_guardian_does_not_do_without_it(relation, answer, holds):
    resident, reader = ResidentFactory(whereabouts_protected=None), family_member()
    linked(reader, resident, relation)

    told = nullcontext() if holds else pytest.raises(NotYourResident)
    with told:
        answer_whereabouts(resident_id=resident.pk, protected=answer, actor=reader)

    assert Resident.objects.get(pk=resident.pk).whereabouts_protected == (answer if holds else None)


def test_a_daughter_and_a_stranger_answer_nothing_for_her():
    resident, daughter = ResidentFactory(whereabouts_protected=None), family_member()
    AccessFactory(resident=resident, to_user=True, holder_id=daughter.user_id)

    for actor, refusal in (
        (daughter, NotYourResident),
        (family_member(), NoSuchResident),
        (staff("440106", second_factor=False), SecondFactorNeeded),
        (staff("44", role=Role.AUDITOR), NotYourResident),
    ):
        with pytest.raises(refusal):
            answer_whereabouts(resident_id=resident.pk, protected=True, actor=actor)

    assert Resident.objects.never_asked().get() == resident


def test_of_who_was_erased_there_is_no_whereabouts_to_protect(resident):
    erase_resident(resident_id=resident.pk, ground="period_over", actor=SYSTEM)

    with pytest.raises(NoSuchResident):
        protect_whereabouts(resident_id=resident.pk, reason="保护令", actor=SYSTEM)


def test_of_who_went_into_another_registration_nothing_is_protected_there(resident):
    merged(resident, ResidentFactory())

    for asked in (protect_whereabouts, unprotect_whereabouts):
        with pytest.raises(MergedAway):
            asked(resident_id=resident.pk, reason="保护令", actor=SYSTEM)
