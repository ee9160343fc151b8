from datetime import date

import pytest
from django.db import connection

from residents.registry.errors import (
    AlreadyRegistered,
    FactsInvalid,
    NotYourDivision,
    TooYoung,
)
from residents.registry.models import Resident, ResidentKey
from residents.registry.services import (
    NewResident,
    find_by_identity,
    register_resident,
    register_residents,
)
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen
from sojourn.core.identifiers import (
    BirthDateImpossible,
    BirthDateOutOfRange,
    IdentityCharactersWrong,
    IdentityCheckWrong,
    IdentityLengthWrong,
    sample_identity,
)
from sojourn.core.models import AuditEntry
from sojourn.core.trail import entries_about
from tests.factories.residents import BORN, ResidentFactory
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture
from tests.residents.actors import staff

WOMAN = sample_identity(2, BORN)
NEW = {"name": "库尔班·尼亚孜", "identity_number": WOMAN, "phone": "+86 10 0000-0001"}


def register(actor=SYSTEM, division="440106", **facts) -> Resident:
    return register_resident(home_division_code=division, facts=NEW | facts, actor=actor)


@pytest.mark.django_db
def test_a_person_is_registered_in_her_home_province_with_what_her_number_tells():
    officer = staff("440106")

    resident = register(officer, diets=["low_salt", "halal"], mobility="walks_with_aid")

    resident = Resident.objects.get(pk=resident.pk)
    assert (resident.owner, resident.home_division_id, resident.status) == ("440000", "440106", "registered")
    assert resident.number.startswith("RS44-")
    assert (resident.birth_on, resident.sex) == (BORN, "female")
    assert (resident.diets, resident.mobility) == (["low_salt", "halal"], "walks_with_aid")
    assert (resident.benefit_category, resident.contact_name_cipher) == (None, None)
    entry = entries_about(resident).get()
    assert (entry.action, entry.actor_user_id) == ("resident.registered", officer.user_id)
    assert entry.facts == {"number": resident.number}


@pytest.mark.django_db
def test_what_is_private_stands_under_a_key_of_her_own_that_no_history_holds():
    first, second = register(), register(identity_number=sample_identity(4, BORN))

    assert first.phone_cipher != second.phone_cipher
    assert first.phone_indexes == second.phone_indexes
    assert ResidentKey.objects.count() == 2
    assert ResidentKey.objects.get(pk=first.pk).wrapped.split(".")[1] == "440000-1"
    assert not [table for table in connection.introspection.table_names() if "residentkeyevent" in table]


@pytest.mark.django_db
def test_a_number_of_15_digits_is_the_same_person_as_that_of_18():
    old = WOMAN[:6] + WOMAN[8:17]
    resident = register(identity_number=old)

    with pytest.raises(AlreadyRegistered):
        register(identity_number=WOMAN)

    assert resident.birth_on == BORN


@pytest.mark.django_db
def test_without_a_number_birth_and_sex_are_said():
    resident = register(identity_number="", birth_on=date(1950, 1, 2), sex="male")

    assert (resident.birth_on, resident.sex, resident.identity_index) == (date(1950, 1, 2), "male", None)


IMPOSSIBLE = WOMAN[:6] + "19480230" + WOMAN[14:]
FUTURE = WOMAN[:6] + "29480309" + WOMAN[14:]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"identity_number": WOMAN[:-1] + ("0" if WOMAN[-1] != "0" else "1")}, IdentityCheckWrong),
        ({"identity_number": IMPOSSIBLE}, BirthDateImpossible),
        ({"identity_number": FUTURE}, BirthDateOutOfRange),
        ({"identity_number": WOMAN[:-1]}, IdentityLengthWrong),
        ({"identity_number": "A" + WOMAN[1:]}, IdentityCharactersWrong),
        ({"identity_number": sample_identity(2, date(2009, 1, 1))}, TooYoung),
        ({"identity_number": None, "birth_on": date(2008, 11, 23), "sex": "male"}, TooYoung),
        ({"identity_number": None, "birth_on": date(2026, 11, 23), "sex": "male"}, FactsInvalid),
        ({"identity_number": None, "birth_on": date(1879, 12, 31), "sex": "male"}, FactsInvalid),
        ({"identity_number": None}, FactsInvalid),
        ({"identity_number": None, "birth_on": BORN}, FactsInvalid),
        ({"sex": "male"}, FactsInvalid),
        ({"birth_on": date(1948, 3, 8)}, FactsInvalid),
        ({"name": ""}, FactsInvalid),
        ({"name": "张三1"}, FactsInvalid),
        ({"phone": "12345"}, FactsInvalid),
        ({"contact_phone": "一二三"}, FactsInvalid),
        ({"dialect": "klingon"}, FactsInvalid),
        ({"diets": ["stones"]}, FactsInvalid),
        ({"mobility": "flies"}, FactsInvalid),
        ({"benefit_category": 3}, FactsInvalid),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_registered(facts, refusal):
    with frozen(date(2026, 11, 22)), pytest.raises(refusal) as refused:
        register(**facts)

    assert not Resident.objects.exists()
    assert not AuditEntry.objects.filter(action="resident.registered").exists()
    said = f"{refused.value} {refused.value.detail} {refused.value.errors} {refused.value.facts}"
    assert not [value for value in facts.values() if isinstance(value, str) and value and value in said]


@pytest.mark.django_db
def test_she_may_be_registered_on_the_day_she_turns_18():
    with frozen(date(2026, 11, 22)):
        resident = register(identity_number=None, birth_on=date(2008, 11, 22), sex="female")

    assert resident.status == "registered"


@pytest.mark.django_db
def test_every_field_that_is_wrong_is_named_at_once():
    with pytest.raises(FactsInvalid) as refused:
        register(phone="1", contact_phone="2", name="3", mobility="4")

    assert {error["field"] for error in refused.value.errors} == {
        "phone",
        "contact_phone",
        "name",
        "mobility",
    }


@pytest.mark.django_db
def test_an_officer_registers_only_in_her_own_divisions():
    for actor in (staff("4403"), staff("4401", role=Role.AUDITOR), staff("44", role=Role.ADMIN), staff()):
        with pytest.raises(NotYourDivision):
            register(actor)

    assert not Resident.objects.exists()


@pytest.mark.django_db
def test_a_division_that_does_not_exist_is_refused():
    with pytest.raises(FactsInvalid):
        register(division="449999")


@pytest.mark.django_db
def test_a_known_person_is_refused_and_her_number_told_to_whom_may_see_her():
    known = ResidentFactory(identity_number=WOMAN)

    with pytest.raises(AlreadyRegistered) as seen:
        register(staff("4401"))
    with pytest.raises(AlreadyRegistered) as unseen:
        register(staff("230103"), division="230103")

    assert seen.value.detail == known.number
    assert unseen.value.detail == ""
    assert known.number not in f"{unseen.value} {unseen.value.facts} {unseen.value.errors}"
    assert Resident.objects.get() == known


@pytest.mark.usefixtures("slow_before_commit")
@pytest.mark.django_db(transaction=True)
def test_of_two_who_register_one_person_at_once_one_is_told_so():
    outcomes = race(lambda: register(), lambda: register())

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyRegistered", "Resident"]
    assert Resident.objects.count() == ResidentKey.objects.count() == 1


def many(*seeds: int) -> list[NewResident]:
    return [
        NewResident("440106", {"name": "安一", "identity_number": sample_identity(seed, BORN)})
        for seed in seeds
    ]


@pytest.mark.django_db
def test_many_are_registered_at_once_in_their_order():
    officer = staff("440106")

    ids = register_residents(rows=many(12, 14, 16), actor=officer)

    rows = Resident.objects.in_bulk(ids)
    assert [rows[pk].number for pk in ids] == sorted(row.number for row in rows.values())
    assert find_by_identity(identity_number=sample_identity(14, BORN), actor=officer).pk == ids[1]
    assert ResidentKey.objects.filter(pk__in=ids).count() == 3
    entries = AuditEntry.objects.filter(action="resident.registered")
    assert {entry.subject_id for entry in entries} == {str(pk) for pk in ids}
    assert [row.version for row in rows.values()] == [1, 1, 1]


@pytest.mark.parametrize("seeds", [(18, 20, 18), (22, 2)])
@pytest.mark.django_db
def test_one_who_is_known_keeps_all_of_them_off_the_register(seeds):
    register()

    with pytest.raises(AlreadyRegistered):
        register_residents(rows=many(*seeds), actor=SYSTEM)

    assert Resident.objects.count() == ResidentKey.objects.count() == 1


@pytest.mark.django_db
def test_what_is_registered_prints_nothing_of_a_person():
    [row] = many(12)

    assert "安一" not in repr(row)
    assert sample_identity(12, BORN) not in repr(row)
