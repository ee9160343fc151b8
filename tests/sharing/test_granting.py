"""Facts that are shared on conditions: asked for, decided by a second person, granted for a time."""

from contextvars import copy_context
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from sojourn.core.actors import Role
from sojourn.core.clock import frozen
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import NotVisible, WrongStatus
from sojourn.desk.models import WorkItem
from sojourn.sharing import catalogue, errors
from sojourn.sharing.models import DataApplication, Feed, Grant
from sojourn.sharing.services import granting
from sojourn.sharing.services.granting import (
    Asked,
    apply_for_data,
    expire_grants,
    grant_application,
    granted_fields,
    refuse_application,
    revoke_grant,
)
from sojourn.sharing.states import ApplicationStatus, GrantStatus, Purpose
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture
from tests.sharing.rows import officer
from tests.sharing.sample_resource import NODES, SAMPLES

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 30)
ASKED = Asked(
    applicant="500000",
    owner="440000",
    resource="sample_asked",
    purpose=Purpose.STATISTICS,
    fields=("beaten_at", "owner"),
    ground="样例协议第三条",
    expires_on=date(2026, 12, 31),
    reason="统计旅居人数",
)


@pytest.fixture(autouse=True)
def autumn(monkeypatch, settings):
    settings.HOSTED_PROVINCES = list(NODES["44"])
    for name, resource in SAMPLES.items():
        monkeypatch.setitem(catalogue._resources, name, resource)
    with frozen(TODAY):
        yield


def submitted(**terms) -> DataApplication:
    return apply_for_data(asked=replace(ASKED, **terms), actor=officer())


def granted(**terms) -> Grant:
    return grant_application(application_id=submitted(**terms).pk, actor=officer())


def open_fields(purpose: str = Purpose.STATISTICS, to: str = "500000") -> frozenset[str]:
    return granted_fields(owner="440000", to=to, resource="sample_asked", purpose=purpose)


# --- applying -------------------------------------------------------------------------------------
def test_an_application_waits_at_the_owners_desk_for_ten_working_days():
    application = submitted()

    item = WorkItem.objects.get(queue="data_applications", subject_id=str(application.pk))
    # 国庆节 takes seven days off; 10 October is worked.
    assert (application.status, application.due_on) == (ApplicationStatus.SUBMITTED, date(2026, 10, 20))
    assert (item.division_code, item.due_on) == ("440000", application.due_on)
    assert application.fields == ["owner", "beaten_at"]


def test_an_application_for_what_everybody_may_have_is_answered_within_a_day():
    assert submitted(resource="sample_open").due_on == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"resource": "nothing"}, errors.NoSuchResource),
        ({"resource": "sample_closed"}, errors.ResourceNotShared),
        ({"owner": "500000", "applicant": "440000"}, errors.OwnerElsewhere),
        ({"applicant": "440000"}, errors.OwnFacts),
        ({"fields": ()}, errors.UnknownFields),
        ({"fields": ("beaten_at", "name")}, errors.UnknownFields),
        ({"purpose": "curiosity"}, errors.UnknownFields),
        ({"ground": " "}, errors.WhyMissing),
        ({"reason": ""}, errors.WhyMissing),
        ({"expires_on": TODAY}, errors.ExpiryWrong),
        ({"expires_on": date(2031, 1, 1)}, errors.ExpiryWrong),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_waits(terms, refusal):
    with pytest.raises(refusal):
        submitted(**terms)

    assert not DataApplication.objects.exists()
    assert not WorkItem.objects.exists()


@pytest.mark.parametrize(
    ("division", "role"), [("440100", Role.OFFICER), ("430000", Role.OFFICER), ("440000", Role.AUDITOR)]
)
def test_only_officers_of_one_of_the_two_provinces_apply(division, role):
    with pytest.raises(errors.NotYourApplication):
        apply_for_data(asked=ASKED, actor=officer(division, role))

    assert not DataApplication.objects.exists()


def test_the_same_is_asked_for_once_at_a_time():
    submitted()

    with pytest.raises(errors.AlreadyApplied):
        submitted(fields=("owner",))

    assert submitted(purpose=Purpose.SUPERVISION).status == ApplicationStatus.SUBMITTED


# --- deciding -------------------------------------------------------------------------------------
def test_a_grant_opens_what_was_asked_for_to_that_end_until_that_day_and_closes_the_matter():
    grant = granted(fields=("beaten_at",))

    item = WorkItem.objects.get(subject_id=str(grant.application_id))
    assert (item.status, item.outcome) == ("closed", "granted")
    assert (grant.valid_from, grant.valid_to) == (TODAY, date(2026, 12, 31))
    assert open_fields() == {"beaten_at"}
    assert open_fields(Purpose.SUPERVISION) == open_fields(to="610000") == frozenset()
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"application.submitted", "application.granted", "grant.made"} <= actions


def test_who_handed_it_in_does_not_decide():
    actor = officer()
    application = apply_for_data(asked=ASKED, actor=actor)

    with pytest.raises(errors.OwnApplication):
        grant_application(application_id=application.pk, actor=actor)

    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    ("division", "role", "refusal"),
    [
        ("450000", Role.OFFICER, errors.NotYourAccess),
        ("440000", Role.ADMIN, errors.NotYourAccess),
        ("440100", Role.OFFICER, NotVisible),
    ],
)
def test_only_the_owners_province_decides(division, role, refusal):
    application = submitted()

    for decide in (
        lambda actor: grant_application(application_id=application.pk, actor=actor),
        lambda actor: refuse_application(application_id=application.pk, note="不符合", actor=actor),
    ):
        with pytest.raises(refusal):
            decide(officer(division, role))

    application.refresh_from_db()
    assert application.status == ApplicationStatus.SUBMITTED
    assert not Grant.objects.exists()


def test_a_refusal_says_why_and_opens_nothing():
    application = submitted()
    with pytest.raises(errors.WhyMissing):
        refuse_application(application_id=application.pk, note=" ", actor=officer())

    refuse_application(application_id=application.pk, note="目的不明", actor=officer())

    application.refresh_from_db()
    assert (application.status, application.note) == (ApplicationStatus.REFUSED, "目的不明")
    assert WorkItem.objects.get().outcome == "refused"
    assert open_fields() == frozenset()


def test_what_is_decided_is_not_decided_again():
    application = granted().application

    with pytest.raises(WrongStatus):
        refuse_application(application_id=application.pk, note="不符合", actor=officer())

    assert open_fields()


def test_a_second_live_grant_of_the_same_is_refused():
    granted()
    again = submitted()

    with pytest.raises(errors.AlreadyGranted):
        grant_application(application_id=again.pk, actor=officer())

    again.refresh_from_db()
    assert again.status == ApplicationStatus.SUBMITTED
    assert Grant.objects.count() == 1


def test_an_application_whose_time_is_over_is_not_granted():
    application = submitted(expires_on=date(2026, 10, 1))

    with frozen(date(2026, 10, 1)), pytest.raises(errors.ExpiryWrong):
        grant_application(application_id=application.pk, actor=officer())


# --- ending ---------------------------------------------------------------------------------------
def test_a_grant_that_is_revoked_opens_nothing_from_then_on():
    grant = granted()

    revoke_grant(grant_id=grant.pk, reason="用途改变", actor=officer())

    grant.refresh_from_db()
    assert (grant.status, grant.end_reason) == (GrantStatus.REVOKED, "用途改变")
    assert open_fields() == frozenset()


def test_a_grant_is_revoked_by_the_owner_only_and_with_a_reason():
    grant = granted()

    with pytest.raises(errors.NotYourAccess):
        revoke_grant(grant_id=grant.pk, reason="用途改变", actor=officer("450000"))
    with pytest.raises(errors.WhyMissing):
        revoke_grant(grant_id=grant.pk, reason="", actor=officer())

    assert open_fields()


def test_a_grant_opens_nothing_on_its_last_day_even_before_the_sweep_says_so():
    grant = granted()

    with frozen(date(2026, 12, 30)):
        assert open_fields()
        assert expire_grants() == 0
    with frozen(date(2026, 12, 31)):
        assert open_fields() == frozenset()
        assert expire_grants() == 1
        assert expire_grants() == 0

    grant.refresh_from_db()
    assert grant.status == GrantStatus.EXPIRED


def test_a_grant_that_ran_out_does_not_stand_in_the_way_of_the_next():
    past = granted()

    with frozen(date(2027, 1, 4)):
        granted(expires_on=date(2027, 3, 1))

        assert open_fields()

    past.refresh_from_db()
    assert past.status == GrantStatus.EXPIRED


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slow_before_commit")
def test_two_officers_who_grant_at_once_make_one_grant():
    application, first, second = submitted(), officer(), officer()

    outcomes = race(
        partial(copy_context().run, grant_application, application_id=application.pk, actor=first),
        partial(copy_context().run, grant_application, application_id=application.pk, actor=second),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Grant", "WrongStatus"]


# --- what is sealed once more ---------------------------------------------------------------------
@pytest.fixture
def marked(monkeypatch) -> list[str]:
    """The feeds that were marked anew, of those for one member alone."""
    found: list[str] = []
    monkeypatch.setattr(granting, "mark_anew", lambda feed, _resource: found.append(str(feed)))
    Feed.objects.create(owner="440000", resource="sample_for_one", audience="member.500000", is_own=True)
    return found


def for_one(**terms) -> Grant:
    return granted(resource="sample_for_one", **terms)


def revoke(grant: Grant) -> None:
    revoke_grant(grant_id=grant.pk, reason="用途改变", actor=officer())


def test_the_first_grant_and_the_end_of_the_last_have_the_feed_sealed_once_more(marked):
    first = for_one()
    assert len(marked) == 1
    second = for_one(purpose=Purpose.SUPERVISION)
    revoke(first)
    assert len(marked) == 1

    revoke(second)

    assert marked == ["440000/sample_for_one/member.500000"] * 2


def test_a_grant_of_fewer_facts_and_one_between_members_of_a_node_seal_nothing_once_more(marked):
    for terms in ({"fields": ("owner",)}, {"applicant": "450000"}):
        revoke(for_one(**terms))

    assert marked == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slow_before_commit")
def test_of_two_grants_that_end_at_once_one_closes_the_feed(marked):
    grants = [for_one(), for_one(purpose=Purpose.SUPERVISION)]
    marked.clear()

    race(*(partial(copy_context().run, revoke, grant) for grant in grants))

    assert len(marked) == 1
