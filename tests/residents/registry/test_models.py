"""What the database promises about residents, whoever writes."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from residents.registry.models import Access, Disclosure, Resident
from tests.factories.residents import AccessFactory, ResidentFactory

pytestmark = pytest.mark.django_db


def broken(write) -> str:
    """The name of the promise that the write would break."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
    return refusal.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    ("columns", "promise"),
    [
        ({"status": "lost"}, "resident_death_has_its_day"),
        ({"sex": "x"}, "resident_sex_is_known"),
        ({"mobility": "flies"}, "resident_mobility_is_known"),
        ({"benefit_category": "x"}, "resident_benefit_category_is_known"),
        ({"identity_index": None}, "resident_identity_is_whole"),
        ({"identity_cipher": None}, "resident_identity_is_whole"),
        ({"phone_indexes": None}, "resident_phone_is_whole"),
        ({"phone_indexes": []}, "resident_phones_are_few"),
        ({"phone_indexes": [b"x"] * 4}, "resident_phones_are_few"),
        ({"name": ""}, "resident_is_known_or_erased"),
        ({"birth_on": None}, "resident_is_known_or_erased"),
        ({"sex": None}, "resident_is_known_or_erased"),
        ({"status": "erased"}, "resident_is_known_or_erased"),
        ({"status": "died"}, "resident_death_has_its_day"),
        ({"died_on": date(2026, 1, 1)}, "resident_death_has_its_day"),
        ({"status": "died", "died_on": date(1900, 1, 1)}, "resident_death_has_its_day"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused(columns, promise):
    resident = ResidentFactory()

    # of several promises that one write breaks PostgreSQL names the first in alphabetical order
    assert broken(lambda: Resident.objects.filter(pk=resident.pk).update(**columns)) == promise


def test_an_identity_index_stands_once_and_a_phone_may_be_shared():
    first, second = ResidentFactory(), ResidentFactory()

    def share_identity():
        Resident.objects.filter(pk=second.pk).update(identity_index=first.identity_index)

    assert broken(share_identity) == "resident_one_identity_a_node"
    assert Resident.objects.filter(pk=second.pk).update(phone_indexes=first.phone_indexes) == 1


DAY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("columns", "promise"),
    [
        ({"holder_kind": "kin"}, "access_holder_kind_is_known"),
        ({"fields": ["health"]}, "access_fields_are_known"),
        ({"ground": "kinship"}, "access_has_its_ground"),
        ({"article": ""}, "access_has_its_ground"),
        ({"opens_at": DAY, "ends_at": DAY}, "access_ends_after_it_opens"),
    ],
)
def test_an_access_without_ground_or_end_is_refused(columns, promise):
    assert broken(lambda: AccessFactory(**columns)) == promise
    assert not Access.objects.exists()


@pytest.mark.parametrize(
    ("columns", "promise"),
    [
        ({"fields": []}, "disclosure_fields_are_known"),
        ({"fields": ["health"]}, "disclosure_fields_are_known"),
        ({"purpose": "curiosity"}, "disclosure_has_its_case"),
        ({"case": ""}, "disclosure_has_its_case"),
    ],
)
def test_a_disclosure_without_purpose_and_case_is_refused(columns, promise):
    resident = ResidentFactory()
    row = {
        "resident": resident,
        "at": DAY,
        "fields": ["phone"],
        "purpose": "check_in",
        "case": "1",
        "actor_role": "officer",
        "actor_user_id": resident.pk,
    }

    assert broken(lambda: Disclosure.objects.create(**row | columns)) == promise


def test_a_row_says_no_more_of_itself_than_its_number():
    resident = ResidentFactory()

    assert str(resident) == resident.number
    assert repr(resident) == f"<Resident: {resident.number}>"
