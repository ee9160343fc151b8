from datetime import date

import pytest
from django.apps import apps

from residents.registry.errors import (
    AlreadyRegistered,
    FactsInvalid,
    NoSuchResident,
    NotYourResident,
    TooYoung,
)
from residents.registry.models import Resident
from residents.registry.services import (
    correct_resident,
    disclose,
    erase_resident,
    find_by_phone,
    record_death,
)
from residents.registry.states import RESIDENT_FLOW, ResidentStatus
from sojourn.core.actors import Role
from sojourn.core.clock import frozen
from sojourn.core.identifiers import sample_identity
from sojourn.core.refusals import LostUpdate, WrongStatus
from sojourn.core.trail import entries_about
from tests.factories.residents import BORN, AccessFactory, ResidentFactory
from tests.residents.actors import account_of, staff

ResidentEvent = apps.get_model("registry", "ResidentEvent")
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return staff("440106")


def states(resident: Resident) -> list:
    return list(ResidentEvent.objects.filter(pgh_obj_id=resident.pk).order_by("pgh_id"))


def test_what_is_named_is_corrected_and_what_it_said_before_stays_in_the_history(officer):
    resident = ResidentFactory(phone="0000-0000001", name="单雪燕", mobility="walks")

    correct_resident(
        resident_id=resident.pk,
        facts={"name": "单雪雁", "phone": "0000-0000002"},
        seen_version=1,
        actor=officer,
    )

    corrected = Resident.objects.get(pk=resident.pk)
    assert (corrected.name, corrected.pinyin, corrected.mobility, corrected.version) == (
        "单雪雁",
        "shanxueyan danxueyan",
        "walks",
        2,
    )
    assert [state.name for state in states(corrected)] == ["单雪燕", "单雪雁"]
    assert states(corrected)[0].phone_cipher == resident.phone_cipher != corrected.phone_cipher
    assert find_by_phone(phone="00000000002", actor=officer) == [corrected]
    assert find_by_phone(phone="00000000001", actor=officer) == []
    entry = entries_about(resident).filter(action="resident.corrected").get()
    assert entry.facts == {"corrected": ["name", "phone"]}


def test_another_identity_number_brings_its_birth_and_sex(officer):
    resident = ResidentFactory()
    number = sample_identity(41, date(1950, 5, 5))

    correct_resident(resident_id=resident.pk, facts={"identity_number": number}, actor=officer)

    corrected = Resident.objects.get(pk=resident.pk)
    assert (corrected.birth_on, corrected.sex) == (date(1950, 5, 5), "male")
    shown = disclose(
        resident_id=resident.pk,
        fields=["identity_number"],
        purpose="verification",
        case="1",
        actor=officer,
    )
    assert shown == {"identity_number": number}


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"birth_on": date(1950, 5, 5)}, FactsInvalid),
        ({"sex": "male"}, FactsInvalid),
        ({"sex": None}, FactsInvalid),
        ({"name": " "}, FactsInvalid),
        ({"identity_number": sample_identity(2, date(2015, 1, 1))}, TooYoung),
        ({"phone": "x"}, FactsInvalid),
    ],
)
def test_what_cannot_be_corrected_so_stays(officer, facts, refusal):
    resident = ResidentFactory()

    with pytest.raises(refusal):
        correct_resident(resident_id=resident.pk, facts=facts, actor=officer)

    assert Resident.objects.get(pk=resident.pk).version == 1


def test_a_correction_of_what_has_changed_since_is_refused(officer):
    resident = ResidentFactory()
    correct_resident(resident_id=resident.pk, facts={"mobility": "wheelchair"}, actor=officer)

    with pytest.raises(LostUpdate):
        correct_resident(resident_id=resident.pk, facts={"mobility": "walks"}, seen_version=1, actor=officer)

    assert Resident.objects.get(pk=resident.pk).mobility == "wheelchair"


def test_the_number_of_another_resident_is_refused_and_her_own_is_not(officer):
    number = sample_identity(42, BORN)
    resident, other = ResidentFactory(identity_number=number), ResidentFactory()

    with pytest.raises(AlreadyRegistered):
        correct_resident(resident_id=other.pk, facts={"identity_number": number}, actor=officer)
    correct_resident(resident_id=resident.pk, facts={"identity_number": number}, actor=officer)

    assert Resident.objects.get(pk=other.pk).version == 1


def test_who_may_not_correct_her_changes_nothing():
    resident = ResidentFactory()
    access = AccessFactory(resident=resident)

    with pytest.raises(NoSuchResident):
        correct_resident(resident_id=resident.pk, facts={"mobility": "walks"}, actor=staff("4403"))
    for actor in (staff("44", role=Role.AUDITOR), account_of(access.holder_id)):
        with pytest.raises(NotYourResident):
            correct_resident(resident_id=resident.pk, facts={"mobility": "walks"}, actor=actor)
        with pytest.raises(NotYourResident):
            record_death(resident_id=resident.pk, died_on=date(2026, 1, 1), actor=actor)

    assert Resident.objects.get(pk=resident.pk).version == 1


def test_a_death_is_recorded_with_its_day(officer):
    resident = ResidentFactory()

    record_death(resident_id=resident.pk, died_on=date(2026, 11, 1), actor=officer)

    resident = Resident.objects.get(pk=resident.pk)
    assert (resident.status, resident.died_on) == ("died", date(2026, 11, 1))
    assert entries_about(resident).filter(action="resident.died").get().facts == {}


@pytest.mark.parametrize("died_on", [date(1948, 3, 8), date(2026, 11, 23)])
def test_nobody_dies_before_birth_or_after_today(officer, died_on):
    resident = ResidentFactory()

    with frozen(date(2026, 11, 22)), pytest.raises(FactsInvalid):
        record_death(resident_id=resident.pk, died_on=died_on, actor=officer)

    assert Resident.objects.get(pk=resident.pk).status == "registered"


@pytest.mark.parametrize("status", sorted(set(ResidentStatus) - RESIDENT_FLOW.sources("record_death")))
def test_death_is_recorded_of_somebody_registered_only(status):
    officer, resident = staff("44"), ResidentFactory()
    if status == ResidentStatus.DIED:
        record_death(resident_id=resident.pk, died_on=date(2026, 11, 1), actor=officer)
    else:
        erase_resident(resident_id=resident.pk, ground="purpose_ended", actor=officer)

    with pytest.raises(WrongStatus):
        record_death(resident_id=resident.pk, died_on=date(2026, 11, 2), actor=officer)

    assert Resident.objects.get(pk=resident.pk).died_on != date(2026, 11, 2)
