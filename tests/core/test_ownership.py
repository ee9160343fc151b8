"""A fact is written where its owner is hosted; elsewhere it stands as its owner gave it."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from providers.facilities.models import Facility, Operator
from sojourn.core.models import HostedMember, Versioned
from sojourn.core.ownership import APPLYING, NOT_OURS, refusal_of_copy
from sojourn.core.refusals import NotOurs
from tests.factories.facilities import FacilityFactory, OperatorFactory

GUARDED = [model for model in apps.get_models() if issubclass(model, Versioned)]


@pytest.fixture
def facility(db):
    return FacilityFactory(address="一")


@pytest.fixture
def copy(facility):
    """A facility whose owner's facts another node writes from now on."""
    HostedMember.objects.filter(pk=facility.owner).delete()
    return facility


def applying() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [APPLYING])


def raw(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def bulk_update(copy: Facility) -> None:
    copy.address = "二"
    Facility.objects.bulk_update([copy], ["address"])


WRITES = {
    "insert": lambda copy: OperatorFactory(owner=copy.owner),
    "update": lambda copy: Facility.objects.filter(pk=copy.pk).update(address="二"),
    "bulk update": bulk_update,
    "raw update": lambda copy: raw("UPDATE facilities_facility SET address = '二' WHERE id = %s", copy.pk),
    "delete": lambda copy: Facility.objects.filter(pk=copy.pk).delete(),
    "raw delete": lambda copy: raw("DELETE FROM facilities_facility WHERE id = %s", copy.pk),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_copy_is_not_written_here(copy, write):
    operators = Operator.objects.count()

    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        write(copy)

    assert refused.value.__cause__.sqlstate == NOT_OURS
    assert Facility.objects.get(pk=copy.pk).address == "一"
    assert Operator.objects.count() == operators


def test_the_refusal_names_the_owner(copy):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        copy.delete()

    refusal = refusal_of_copy(refused.value)

    assert (type(refusal), refusal.status, refusal.facts) == (NotOurs, 409, {"owner": copy.owner})


def test_any_other_broken_promise_is_no_refusal(facility):
    with pytest.raises(DatabaseError) as broken, transaction.atomic():
        Facility.objects.filter(pk=facility.pk).update(status="unheard of")

    assert refusal_of_copy(broken.value) is None


@pytest.mark.parametrize("given_away", [True, False], ids=["ours to another", "another's to us"])
def test_a_row_does_not_change_hands_by_an_update(facility, given_away):
    ours, another = facility.owner, "210000"
    HostedMember.objects.filter(pk=another if given_away else ours).delete()

    with pytest.raises(DatabaseError, match="is written by another node"), transaction.atomic():
        Facility.objects.filter(pk=facility.pk).update(owner=another)

    assert Facility.objects.get(pk=facility.pk).owner == ours


def test_a_write_that_changes_nothing_is_no_write(copy):
    before = Facility.objects.get(pk=copy.pk)

    before.save()

    after = Facility.objects.get(pk=copy.pk)
    assert (after.version, after.changed_at) == (before.version, before.changed_at)


@pytest.mark.django_db(transaction=True)
def test_the_app_role_is_held_to_it_too(as_app):
    facility = FacilityFactory()
    HostedMember.objects.filter(pk=facility.owner).delete()

    for statement in ("UPDATE facilities_facility SET address = '二'", "DELETE FROM facilities_facility"):
        with pytest.raises(psycopg.DatabaseError) as refused:
            as_app.execute(statement)
        assert refused.value.sqlstate == NOT_OURS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO core_hostedmember VALUES ('110000')", "DELETE FROM core_hostedmember"],
)
def test_the_app_role_does_not_say_whom_we_host(as_app, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_app.execute(statement)


def history(pk) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_label FROM facilities_facilityevent WHERE pgh_obj_id = %s ORDER BY pgh_id", [pk]
        )
        return [label for (label,) in cursor.fetchall()]


def test_what_is_applied_stands_as_given_and_leaves_no_history(copy):
    then = datetime(2025, 3, 1, tzinfo=UTC)
    before = history(copy.pk)
    applying()

    given = FacilityFactory(version=7, epoch=2, changed_at=then)
    Facility.objects.filter(pk=copy.pk).update(address="二", version=40, epoch=3, changed_at=then)

    for pk, expected in ((given.pk, (7, 2, then)), (copy.pk, (40, 3, then))):
        row = Facility.objects.get(pk=pk)
        assert (row.version, row.epoch, row.changed_at) == expected
    assert (history(given.pk), history(copy.pk)) == ([], before)
    Facility.objects.filter(pk=given.pk).delete()
    assert history(given.pk) == []


@pytest.mark.django_db
@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__)
def test_a_fact_with_an_owner_asks_one_trigger_a_write(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_manipulation FROM information_schema.triggers"
            " WHERE event_object_table = %s AND action_timing = 'BEFORE' ORDER BY 1",
            [model._meta.db_table],
        )
        assert [event for (event,) in cursor.fetchall()] == ["DELETE", "INSERT", "UPDATE"]
