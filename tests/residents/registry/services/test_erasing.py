import pytest
from django.apps import apps
from django.db import connection

from residents.registry.errors import GroundMissing, NoSuchResident, NotYourResident
from residents.registry.models import Resident, ResidentKey
from residents.registry.services import (
    correct_resident,
    disclose,
    disclosures_of,
    erase_resident,
    masked_facts_of,
    register_resident,
)
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.identifiers import sample_identity
from sojourn.core.refusals import WrongStatus
from sojourn.core.trail import entries_about
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.dumping import dump

ResidentEvent = apps.get_model("registry", "ResidentEvent")
NUMBER = sample_identity(50, BORN)
LEFT = {"owner", "number", "status", "is_sample", "home_division_id", "whereabouts_protected"}
KEPT_BY_DATABASE = {"id", "version", "changed_at", "epoch"}


def told_by(row) -> dict:
    """What a row still tells, beside who keeps it."""
    names = {field.attname for field in Resident._meta.concrete_fields} - KEPT_BY_DATABASE - LEFT
    return {name: getattr(row, name) for name in names if getattr(row, name) not in (None, "")}


def states(resident: Resident) -> list:
    return list(ResidentEvent.objects.filter(pgh_obj_id=resident.pk))


@pytest.fixture
def resident(db) -> Resident:
    resident = ResidentFactory(name="金丝雀雀", identity_number=NUMBER, diets=["soft"], mobility="walks")
    return correct_resident(resident_id=resident.pk, facts={"contact_name": "金丝甲"}, actor=SYSTEM)


def test_nothing_tells_any_more_who_she_was_here_or_in_her_history(resident):
    disclose(resident_id=resident.pk, fields=["name"], purpose="check_in", case="1", actor=staff("440106"))
    index = bytes(resident.identity_index).hex()

    erase_resident(resident_id=resident.pk, ground="consent_withdrawn", actor=staff("440106"))

    erased = Resident.objects.get(pk=resident.pk)
    assert (erased.status, erased.number, erased.home_division_id) == ("erased", resident.number, "440000")
    assert told_by(erased) == {}
    assert len(states(erased)) == 3
    assert [told_by(state) for state in states(erased)] == [{}, {}, {}]
    assert not ResidentKey.objects.filter(pk=resident.pk).exists()
    assert masked_facts_of(erased) == {}
    assert len(disclosures_of(erased, SYSTEM)) == 1
    entry = entries_about(erased).filter(action="resident.erased").get()
    assert entry.facts == {"ground": "consent_withdrawn"}
    everything = dump()
    assert "金丝雀雀" not in everything
    assert index not in everything


def test_nobody_is_shown_anything_of_her_and_she_may_be_registered_anew(resident):
    officer = staff("44")
    erase_resident(resident_id=resident.pk, ground="period_over", actor=officer)

    with pytest.raises(NoSuchResident):
        disclose(resident_id=resident.pk, fields=["name"], purpose="check_in", case="1", actor=officer)
    with pytest.raises(NoSuchResident):
        correct_resident(resident_id=resident.pk, facts={"mobility": "walks"}, actor=officer)
    with pytest.raises(WrongStatus):
        erase_resident(resident_id=resident.pk, ground="period_over", actor=officer)

    again = register_resident(
        home_division_code="440106", facts={"name": "金", "identity_number": NUMBER}, actor=officer
    )
    assert again.number != resident.number


def test_without_a_ground_or_the_right_nothing_is_erased(resident):
    with pytest.raises(GroundMissing):
        erase_resident(resident_id=resident.pk, ground="", actor=staff("44"))
    with pytest.raises(NotYourResident):
        erase_resident(resident_id=resident.pk, ground="period_over", actor=staff("44", role=Role.AUDITOR))
    with pytest.raises(NoSuchResident):
        erase_resident(resident_id=resident.pk, ground="period_over", actor=staff("23"))

    assert Resident.objects.get(pk=resident.pk).name == "金丝雀雀"
    assert ResidentKey.objects.filter(pk=resident.pk).exists()


def test_the_history_of_others_is_left_as_it_was(resident):
    other = ResidentFactory(name="安一")

    erase_resident(resident_id=resident.pk, ground="period_over", actor=staff("44"))

    assert [state.name for state in states(other)] == ["安一"]


@pytest.mark.django_db(transaction=True)
def test_the_app_role_silences_the_history_of_nobody_who_still_is_registered(as_app):
    resident = ResidentFactory(name="安一")

    silenced = as_app.execute("SELECT registry_silence_history(%s)", [resident.pk]).fetchone()

    assert silenced == (0,)
    assert [state.name for state in states(resident)] == ["安一"]


def test_after_an_erasure_the_history_is_as_protected_as_before(resident):
    erase_resident(resident_id=resident.pk, ground="period_over", actor=staff("44"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore')")

        assert cursor.fetchone() == ("{}",)
