from datetime import timedelta

import pytest
from django.db import connection, transaction

from sojourn.accounts.models import User
from sojourn.core import trace
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import frozen, today
from sojourn.core.models import AuditEntry, TrailSeal
from sojourn.core.services import broken_seals, seal_trail
from sojourn.core.trail import entries_about, record, record_many, record_rows
from tests.factories.accounts import UserFactory

OFFICER = Actor(role=Role.OFFICER, divisions=("440106",))


def entry_on(day, user, action="user.created"):
    """One line of the trail as if written at noon of a past day."""
    entry = record(action=action, actor=SYSTEM, subject=user)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE core_auditentry SET at = %s WHERE id = %s", [f"{day} 12:00+08", entry.pk])
        cursor.execute("ALTER TABLE core_auditentry ENABLE TRIGGER USER")
    return entry


@pytest.mark.django_db
def test_a_line_of_the_trail_says_who_did_what_to_which_row():
    user = UserFactory()
    trace.begin()

    record(action="user.renamed", actor=OFFICER, subject=user, old="a", new="b")

    entry = entries_about(user).first()
    assert (entry.action, entry.subject_kind, entry.subject_id) == (
        "user.renamed",
        "accounts.user",
        str(user.pk),
    )
    assert (entry.actor_role, entry.actor_divisions, entry.facts) == (
        "officer",
        "440106",
        {"old": "a", "new": "b"},
    )
    assert entry.trace_id == trace.current()


def _by_row(users):
    record_many(action="user.renamed", actor=OFFICER, lines=[(user, {"new": "乙\t\\"}) for user in users])


def _by_key(users):
    lines = [(user.pk, {"new": "乙\t\\"}) for user in users]
    record_rows(action="user.renamed", actor=OFFICER, model=User, lines=lines)


@pytest.mark.django_db
@pytest.mark.parametrize("record_them", [_by_row, _by_key])
def test_lines_for_many_are_as_lines_for_one(record_them):
    users = UserFactory.create_batch(2)
    trace.begin()

    record_them(users)

    record(action="user.renamed", actor=OFFICER, subject=users[0], new="乙\t\\")
    single, many = entries_about(users[0])
    kept = ("action", "subject_kind", "subject_id", "facts", "actor_role", "actor_user_id", "actor_divisions")
    for name in (*kept, "on_behalf_of", "trace_id"):
        assert getattr(many, name) == getattr(single, name)
    assert many.at is not None
    assert entries_about(users[1]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_lines_for_many_refuse_it_too():
    with pytest.raises(RuntimeError):
        record_many(action="user.renamed", actor=SYSTEM, lines=[(UserFactory(), {})])


@pytest.mark.django_db(transaction=True)
def test_the_trail_refuses_to_stand_outside_the_transaction_of_its_change():
    user = UserFactory()

    with pytest.raises(RuntimeError):
        record(action="user.renamed", actor=SYSTEM, subject=user)

    assert not AuditEntry.objects.filter(action="user.renamed").exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_takes_its_line_with_it():
    user = UserFactory()

    @transaction.atomic
    def rename_and_fail():
        record(action="user.renamed", actor=SYSTEM, subject=user)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rename_and_fail()

    assert not AuditEntry.objects.filter(action="user.renamed").exists()


@pytest.fixture
def two_sealed_days():
    """The trail with an entry on each of two days long past, sealed through the second."""
    first, second = today() - timedelta(days=400), today() - timedelta(days=399)
    user = UserFactory()
    entries = [entry_on(first, user), entry_on(second, user)]
    with frozen(second + timedelta(days=1)):
        seal_trail()
    return entries


@pytest.mark.django_db
def test_each_past_day_is_sealed_once_and_the_seals_form_a_chain(two_sealed_days):
    first, second = TrailSeal.objects.order_by("day")

    assert (first.entries, second.entries) == (1, 1)
    assert (first.previous, second.previous) == ("", first.digest)
    assert broken_seals() == []


@pytest.mark.django_db
def test_today_is_never_sealed(two_sealed_days):
    seal_trail(through=today())

    assert TrailSeal.objects.order_by("-day").first().day == today() - timedelta(days=1)


TAMPERING = [
    ("digest", "UPDATE core_auditentry SET facts = '{\"new\": 1}' WHERE id = %s"),
    ("entries", "DELETE FROM core_auditentry WHERE id = %s"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("reason", "statement"), TAMPERING)
def test_the_owners_own_tampering_shows(two_sealed_days, reason, statement):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")
        cursor.execute(statement, [two_sealed_days[0].pk])

    assert [broken.reason for broken in broken_seals()] == [reason]


@pytest.mark.django_db
def test_a_seal_made_anew_breaks_the_chain(two_sealed_days):
    first = TrailSeal.objects.order_by("day").first()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_trailseal DISABLE TRIGGER USER")
        cursor.execute("UPDATE core_trailseal SET digest = repeat('0', 64) WHERE day = %s", [first.day])

    assert {broken.reason for broken in broken_seals()} == {"digest", "chain"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("division", "seen"), [("44", True), ("45", True), ("4501", True), ("4502", False), ("23", False)]
)
def test_an_auditor_reads_what_an_officer_of_several_divisions_did_within_hers(division, seen):
    officer = Actor(role=Role.OFFICER, divisions=("4401", "450103"))
    entry = record(action="user.renamed", actor=officer, subject=UserFactory())
    auditor = Actor(role=Role.AUDITOR, divisions=(division,))

    listed = AuditEntry.objects.managed_by(auditor).filter(pk=entry.pk).exists()

    assert listed is seen
