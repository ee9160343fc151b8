"""Of a result from a paper she is told once; of what a spreadsheet brought, only what was not undone in time."""

from datetime import timedelta

import pytest

from residents.assessments.models import Assessment, EntryToTell
from residents.assessments.services import enter_result, tell_entries_due, telling
from residents.registry.services import record_death
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import frozen, today
from sojourn.core.models import AuditEntry
from sojourn.messages.models import Message
from sojourn.messages.sealing import BODY, opened
from sojourn.messages.topics import topic_label
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.services.test_entering import paper
from tests.residents.assessments.services.test_importing import applied, line, undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return staff("440106")


@pytest.fixture
def resident():
    return ResidentFactory(name="单雪雁", phone="10055500077")


def topics() -> list[str]:
    return list(Message.objects.order_by("put_at", "pk").values_list("topic", flat=True))


def days_later(days: int):
    return frozen(today() + timedelta(days=days))


def test_of_a_paper_that_an_officer_enters_she_is_told_at_once_and_nothing_of_what_it_says(resident, officer):
    enter_result(resident_id=resident.pk, result=paper(), actor=officer)
    tell_entries_due()

    (message,) = Message.objects.all()
    body = opened(message.body_cipher, message_id=message.pk, column=BODY)
    assert message.topic == "assessment_entered"
    assert topic_label(message.topic) == "告知本人：评估结果已补录"
    assert "请向出具报告的单位提出" in body
    assert not any(word in body for word in ("单雪雁", "失能", "能力", "样例市第一医院", "评2026-0007"))


def test_of_what_a_spreadsheet_brought_she_is_told_once_when_a_day_is_over(resident, officer):
    applied([line(resident.number)], officer)

    assert tell_entries_due() == 0
    with days_later(1):
        assert tell_entries_due() == 1
        assert tell_entries_due() == 0

    assert topics() == ["assessment_entered"]
    assert AuditEntry.objects.filter(action="resident.told").count() == 1
    assert not EntryToTell.objects.exists()


def test_of_what_is_undone_before_that_she_never_hears(resident, officer):
    batch = undone(applied([line(resident.number)], officer), officer)

    with days_later(1):
        assert tell_entries_due() == 0

    assert batch.status == "undone"
    assert Assessment.objects.get().status == "discarded"
    assert topics() == []


def test_whose_result_is_undone_after_she_was_told_is_told_of_that_too(resident, officer):
    unheard = ResidentFactory(phone="10055500078")
    batch = applied([line(resident.number), line(unheard.number, paper_reference="评2")], officer)
    EntryToTell.objects.filter(assessment__resident=unheard).update(tell_on=today() + timedelta(days=9))
    with days_later(1):
        tell_entries_due()

        undone(batch, officer)

    assert topics() == ["assessment_entered", "assessment_entry_undone"]
    assert set(Assessment.objects.values_list("status", flat=True)) == {"discarded"}


def test_of_the_dead_nobody_is_told_and_nothing_waits_on(resident, officer):
    applied([line(resident.number)], officer)
    record_death(resident_id=resident.pk, died_on=today(), actor=SYSTEM)

    with days_later(1):
        tell_entries_due()

    assert topics() == []
    assert not EntryToTell.objects.exists()


def test_more_than_one_step_tells_everybody_once(officer, monkeypatch):
    monkeypatch.setattr(telling, "TOLD_AT_ONCE", 2)
    residents = [ResidentFactory(phone=f"1005550008{n}") for n in range(5)]
    applied([line(each.number, paper_reference=f"评{each.number}") for each in residents], officer)

    with days_later(1):
        assert tell_entries_due() == 5

    assert topics() == ["assessment_entered"] * 5
