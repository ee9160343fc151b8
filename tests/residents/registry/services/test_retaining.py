"""Retention: a dry run that changes nothing, a second officer, and a job that goes on where it stopped."""

from datetime import date

import psycopg
import pytest

from residents.registry.errors import NoSuchReport, NothingDue, NotYourDivision
from residents.registry.models import Resident
from residents.registry.models.life import PurgeLine, PurgeReport
from residents.registry.services import (
    prepare_purge,
    propose_purge,
    purge,
    record_death,
    retaining,
    set_hold,
)
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen
from sojourn.core.refusals import SecondFactorNeeded, WrongStatus
from sojourn.desk import services as desk
from sojourn.desk.errors import SelfApproval
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff

TODAY = date(2026, 11, 22)


def dead(died_on: date, **facts) -> Resident:
    resident = ResidentFactory(**facts)
    return record_death(resident_id=resident.pk, died_on=died_on, actor=SYSTEM)


def held(resident: Resident) -> None:
    set_hold(
        resident_id=resident.pk, ground="audit", case="审计通知1号", reason="专项审计", actor=staff("44")
    )


@pytest.fixture
def day(db, own_keyring):
    with frozen(TODAY):
        yield TODAY


@pytest.fixture
def due(day) -> Resident:
    return dead(date(2021, 11, 22))


def approved(report: PurgeReport, first) -> None:
    proposal = propose_purge(report_id=report.pk, reason="保存期满", actor=first)
    with pytest.raises(SelfApproval):
        desk.approve(proposal_id=proposal.pk, actor=first)
    desk.approve(proposal_id=proposal.pk, actor=staff("44"))


def status_of(resident: Resident) -> str:
    return Resident.objects.get(pk=resident.pk).status


def test_who_moved_out_is_listed_when_the_years_of_that_class_are_over(day):
    gone, later = ResidentFactory(), ResidentFactory()
    for resident, moved_on in ((gone, date(2021, 11, 22)), (later, date(2021, 11, 23))):
        Resident.objects.filter(pk=resident.pk).update(status="moved_out", moved_out_on=moved_on)

    report = prepare_purge(owner="440000", actor=staff("44"))
    approved(report, staff("44"))
    purge()

    assert report.counts["moved_out"] == {"due": 1, "held": 0, "years": 5, "first": "2026-11-22"}
    assert (status_of(gone), status_of(later)) == ("erased", "moved_out")
    assert Resident.objects.get(pk=gone.pk).moved_out_on is None


def test_a_report_counts_by_class_and_lists_whom_and_changes_nobody(due):
    dead(date(2021, 11, 23))
    ResidentFactory()
    dead(date(2015, 1, 1), home_division_code="230103")
    held(dead(date(2019, 1, 1)))

    report = prepare_purge(owner="440000", actor=staff("44"))

    assert report.counts["died"] == {"due": 1, "held": 1, "years": 5, "first": "2026-11-22"}
    assert list(report.lines.values_list("resident_id", "kind", "due_on")) == [(due.pk, "died", TODAY)]
    assert purge() == 0
    assert status_of(due) == "died"


def test_what_a_second_officer_approves_is_purged_and_nobody_else(due):
    first, later = staff("44"), dead(date(2021, 11, 23))
    report = prepare_purge(owner="440000", actor=first)
    approved(report, first)

    assert purge() == 1

    report.refresh_from_db()
    line = PurgeLine.objects.get()
    assert (report.status, line.outcome, line.due_on) == ("finished", "purged", None)
    assert (status_of(due), status_of(later)) == ("erased", "died")
    assert purge() == 0


def test_a_hold_set_after_the_report_keeps_her(due):
    first = staff("44")
    report = prepare_purge(owner="440000", actor=first)
    approved(report, first)
    held(due)

    purge()

    report.refresh_from_db()
    assert (PurgeLine.objects.get().outcome, report.status) == ("kept", "finished")
    assert status_of(due) == "died"


def test_the_job_goes_on_where_it_stopped(due, monkeypatch):
    first = staff("44")
    for _ in range(2):
        dead(date(2020, 1, 1))
    report = prepare_purge(owner="440000", actor=first)
    approved(report, first)
    monkeypatch.setattr(retaining, "LINES_A_RUN", 2)

    assert purge() == 2
    report.refresh_from_db()
    assert (report.status, report.lines.filter(outcome="").count()) == ("approved", 1)

    assert purge() == 1
    report.refresh_from_db()
    assert (report.status, report.lines.filter(outcome="purged").count()) == ("finished", 3)


def test_a_new_report_takes_the_place_of_one_that_waits_and_its_proposal_leads_nowhere(due):
    first = staff("44")
    report = prepare_purge(owner="440000", actor=first)
    proposal = propose_purge(report_id=report.pk, reason="保存期满", actor=first)
    fresh = prepare_purge(owner="440000", actor=first)

    with pytest.raises(WrongStatus):
        desk.approve(proposal_id=proposal.pk, actor=staff("44"))

    report.refresh_from_db()
    assert (report.status, fresh.status) == ("dropped", "prepared")
    assert purge() == 0


def test_while_one_is_approved_no_other_is_prepared(due):
    first = staff("44")
    approved(prepare_purge(owner="440000", actor=first), first)

    with pytest.raises(WrongStatus):
        prepare_purge(owner="440000", actor=first)

    assert PurgeReport.objects.count() == 1


def test_where_nothing_is_due_there_is_no_report(day):
    dead(date(2021, 11, 23))

    with pytest.raises(NothingDue):
        prepare_purge(owner="440000", actor=staff("44"))

    assert not PurgeReport.objects.exists()


def test_only_officers_of_the_whole_province_with_both_factors_prepare_and_propose(due):
    for actor, refusal in (
        (staff("440106"), NotYourDivision),
        (staff("23"), NotYourDivision),
        (staff("44", role=Role.AUDITOR), NotYourDivision),
        (staff("44", second_factor=False), SecondFactorNeeded),
    ):
        with pytest.raises(refusal):
            prepare_purge(owner="440000", actor=actor)
    report = prepare_purge(owner="440000", actor=staff("44"))
    with pytest.raises(NoSuchReport):
        propose_purge(report_id=report.pk, reason="保存期满", actor=staff("23"))

    assert PurgeReport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE registry_purgereport SET counts = '{}'",
        "UPDATE registry_purgereport SET status = 'prepared', approved_by_id = NULL, approved_at = NULL",
        "DELETE FROM registry_purgereport",
        "UPDATE registry_purgeline SET kind = 'x'",
        "UPDATE registry_purgeline SET outcome = '', settled_at = NULL, due_on = '2020-01-01'",
        "DELETE FROM registry_purgeline",
        "TRUNCATE registry_purgeline",
    ],
)
def test_as_the_app_role_nobody_rewrites_what_was_purged(as_app, own_keyring, tampering):
    with frozen(TODAY):
        first = staff("44")
        dead(date(2021, 11, 22))
        report = prepare_purge(owner="440000", actor=first)
        approved(report, first)
        purge()

        with pytest.raises(psycopg.Error):
            as_app.execute(tampering)

    report.refresh_from_db()
    assert (report.status, PurgeLine.objects.get().outcome) == ("finished", "purged")


@pytest.mark.django_db(transaction=True)
def test_as_the_app_role_nobody_approves_her_own_report(as_app, own_keyring):
    with frozen(TODAY):
        dead(date(2021, 11, 22))
        prepare_purge(owner="440000", actor=staff("44"))

    with pytest.raises(psycopg.Error):
        as_app.execute(
            "UPDATE registry_purgereport SET status = 'approved', approved_by_id = prepared_by_id, approved_at = now()"
        )
