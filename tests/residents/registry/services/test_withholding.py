"""Legal holds: who sets and lifts them, and that nobody rewrites them."""

import psycopg
import pytest

from residents.registry.errors import (
    CaseMissing,
    HoldGroundMissing,
    HoldLifted,
    NoSuchHold,
    NoSuchResident,
    NotYourResident,
    ReasonMissing,
)
from residents.registry.models.life import LegalHold
from residents.registry.services import erase_resident, lift_hold, set_hold
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.plain_words import NamesSomebody
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import entries_about
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff

SAID = {"ground": "litigation", "case": "（2026）粤01民初1号", "reason": "赡养纠纷"}


@pytest.fixture
def resident(db):
    return ResidentFactory()


def test_a_hold_tells_who_set_it_for_which_case_and_who_lifted_it(resident):
    first, second = staff("440106"), staff("44")

    hold = set_hold(resident_id=resident.pk, **SAID, actor=first)
    lift_hold(hold_id=hold.pk, reason="已经结案", actor=second)

    hold.refresh_from_db()
    assert (hold.set_by_id, hold.lifted_by_id, hold.lift_reason) == (
        first.user_id,
        second.user_id,
        "已经结案",
    )
    assert [entry.action for entry in entries_about(resident)][:2] == ["resident.released", "resident.held"]
    with pytest.raises(HoldLifted):
        lift_hold(hold_id=hold.pk, reason="再次", actor=second)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"ground": "curiosity"}, HoldGroundMissing),
        ({"case": " "}, CaseMissing),
        ({"case": "来电13800138000"}, NamesSomebody),
        ({"reason": "来电13800138000"}, NamesSomebody),
        ({"reason": ""}, ReasonMissing),
        ({"reason": "长" * 201}, ReasonMissing),
    ],
)
def test_a_hold_without_its_ground_case_and_reason_is_refused(resident, said, refusal):
    with pytest.raises(refusal):
        set_hold(resident_id=resident.pk, **SAID | said, actor=staff("44"))

    assert not LegalHold.objects.exists()


def test_only_officers_of_her_home_with_both_factors_hold_and_lift(resident):
    hold = set_hold(resident_id=resident.pk, **SAID, actor=staff("44"))

    for actor, refusal in (
        (staff("44", second_factor=False), SecondFactorNeeded),
        (staff("44", role=Role.AUDITOR), NotYourResident),
    ):
        with pytest.raises(refusal):
            set_hold(resident_id=resident.pk, **SAID, actor=actor)
        with pytest.raises(refusal):
            lift_hold(hold_id=hold.pk, reason="结案", actor=actor)
    with pytest.raises(NoSuchResident):
        set_hold(resident_id=resident.pk, **SAID, actor=staff("23"))
    with pytest.raises(NoSuchHold):
        lift_hold(hold_id=hold.pk, reason="结案", actor=staff("23"))

    assert LegalHold.objects.live().count() == 1


def test_of_who_was_erased_nothing_is_left_to_hold(resident):
    erase_resident(resident_id=resident.pk, ground="period_over", actor=SYSTEM)

    with pytest.raises(NoSuchHold):
        set_hold(resident_id=resident.pk, **SAID, actor=SYSTEM)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE registry_legalhold SET reason = 'x'",
        "UPDATE registry_legalhold SET set_by_id = lifted_by_id",
        "UPDATE registry_legalhold SET lifted_at = NULL, lifted_by_id = NULL, lift_reason = ''",
        "DELETE FROM registry_legalhold",
        "TRUNCATE registry_legalhold",
        "UPDATE registry_legalholdevent SET reason = 'x'",
        "DELETE FROM registry_legalholdevent",
        "ALTER TABLE registry_legalhold DISABLE TRIGGER ALL",
    ],
)
def test_as_the_app_role_nobody_rewrites_a_hold_that_was_lifted(as_app, tampering):
    resident, officer = ResidentFactory(), staff("44")
    hold = set_hold(resident_id=resident.pk, **SAID, actor=officer)
    lift_hold(hold_id=hold.pk, reason="已经结案", actor=staff("44"))

    with pytest.raises(psycopg.Error):
        as_app.execute(tampering)

    hold.refresh_from_db()
    assert (hold.reason, hold.lift_reason) == ("赡养纠纷", "已经结案")
