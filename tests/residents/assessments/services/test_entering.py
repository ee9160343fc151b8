from dataclasses import replace
from datetime import date, timedelta

import pytest

from residents.assessments.errors import (
    AnswersInvalid,
    AssessedInFuture,
    CrosswalkTaken,
    EnteredAlready,
    FactsInvalid,
    NoMedicalBackground,
    NotAgreed,
    NotYourAssessment,
    OriginalRunOut,
    ResidentNotAlive,
    SameAssessor,
)
from residents.assessments.models import Assessment, Recognition
from residents.assessments.services import (
    ElsewhereResult,
    add_crosswalk,
    differing,
    enter_result,
    enter_sample_results,
    recognise_result,
    standing_level,
)
from residents.assessments.services.entering import SampleResult
from residents.assessments.services.recognising import CrosswalkRow, OriginalResult
from residents.registry.errors import NotYourResident
from residents.registry.services import record_death
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import today
from tests.factories.assessments import final, pair_of
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.answers import BEST, EXACTLY_MILD, EXACTLY_SEVERE, NOTHING

pytestmark = pytest.mark.django_db
AGREEMENT = "six_provinces_2021"


def paper(**changes) -> ElsewhereResult:
    said = ElsewhereResult(
        source="样例市第一医院",
        paper_reference="评2026-0007",
        assessed_on=today() - timedelta(days=30),
        assessors=(("安一", "medical"), ("白二", "other_background")),
        answers=EXACTLY_MILD,
        circumstances=NOTHING,
    )
    return replace(said, **changes)


# --- results made elsewhere -----------------------------------------------------------------------
def test_a_paper_from_elsewhere_is_scored_by_us_and_marked():
    resident = ResidentFactory()

    entered = enter_result(resident_id=resident.pk, result=paper(), actor=staff("440106"))

    assert (entered.kind, entered.status, entered.level) == ("imported", "final", "mild")
    assert (entered.source, entered.paper_reference) == ("样例市第一医院", "评2026-0007")
    assert entered.first_assessor is None
    assert list(differing()) == []
    assert standing_level(resident_id=resident.pk, on=today(), actor=SYSTEM).assessment == entered


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"assessed_on": date(2999, 1, 1)}, AssessedInFuture),
        ({"answers": EXACTLY_MILD | {"B.1.1": 5}}, AnswersInvalid),
        ({"answers": dict(list(EXACTLY_MILD.items())[:25])}, AnswersInvalid),
        ({"assessors": (("安一", "medical"), ("安 一", "nursing"))}, SameAssessor),
        (
            {"assessors": (("安一", "other_background"), ("白二", "other_background"))},
            NoMedicalBackground,
        ),
        ({"assessors": (("安一", "medical"), (" ", "nursing"))}, FactsInvalid),
        ({"source": ""}, FactsInvalid),
        ({"paper_reference": " "}, FactsInvalid),
    ],
)
def test_a_paper_is_checked_as_our_own_results_are(changes, refusal):
    resident = ResidentFactory()

    with pytest.raises(refusal):
        enter_result(resident_id=resident.pk, result=paper(**changes), actor=staff("440106"))

    assert not Assessment.objects.exists()


def test_a_paper_is_entered_once_and_by_her_own_officers():
    resident = ResidentFactory()
    enter_result(resident_id=resident.pk, result=paper(), actor=staff("440106"))

    with pytest.raises(EnteredAlready):
        enter_result(resident_id=resident.pk, result=paper(), actor=staff("440106"))
    with pytest.raises(NotYourResident):
        enter_result(
            resident_id=resident.pk,
            result=paper(paper_reference="2"),
            actor=staff("44", role=Role.AUDITOR),
        )
    assert Assessment.objects.count() == 1


def test_nobody_dead_has_a_paper_entered():
    resident = ResidentFactory()
    record_death(resident_id=resident.pk, died_on=today(), actor=SYSTEM)

    with pytest.raises(ResidentNotAlive):
        enter_result(resident_id=resident.pk, result=paper(), actor=staff("440106"))


def test_sample_results_are_written_many_at_once_and_only_by_a_job(django_assert_max_num_queries):
    residents, (first, second) = ResidentFactory.create_batch(20), pair_of()
    results = [
        SampleResult(
            resident_id=one.pk,
            first_assessor_id=first.pk,
            second_assessor_id=second.pk,
            assessed_on=date(2026, 5, 4),
            answers=EXACTLY_SEVERE,
            circumstances=NOTHING,
        )
        for one in residents
    ]

    with django_assert_max_num_queries(12):
        rows = enter_sample_results(results=results, actor=SYSTEM)

    assert {(row.status, row.level) for row in rows} == {("final", "severe")}
    assert list(differing()) == []
    with pytest.raises(NotYourAssessment):
        enter_sample_results(results=results, actor=staff("44"))


# --- recognition ----------------------------------------------------------------------------------
def original(**changes) -> OriginalResult:
    said = OriginalResult(
        from_member="430000",
        from_scale="mzt039",
        from_edition="2013",
        from_level="2",
        from_label="中度失能",
        source="样例长沙评估中心",
        paper_reference="湘评2026-1",
        assessed_on=today() - timedelta(days=60),
        valid_until=today() + timedelta(days=300),
    )
    return replace(said, **changes)


def crosswalk(**changes):
    row = CrosswalkRow(
        from_scale="mzt039",
        from_edition="2013",
        from_level="2",
        from_label="中度失能",
        level="moderate",
        source="样例对照表",
    )
    return add_crosswalk(agreement_code=AGREEMENT, row=replace(row, **changes), actor=staff("44"))


def recognise(resident, said=None, agreement=AGREEMENT):
    return recognise_result(
        resident_id=resident.pk,
        original=said or original(),
        agreement_code=agreement,
        actor=staff("440106"),
    )


def test_a_level_counts_as_the_row_says_with_the_original_beside_it():
    row, resident = crosswalk(), ResidentFactory()

    recognition = recognise(resident)

    assert (recognition.status, recognition.level, recognition.crosswalk) == ("recognised", "moderate", row)
    assert (recognition.from_label, recognition.from_scale, recognition.paper_reference) == (
        "中度失能",
        "mzt039",
        "湘评2026-1",
    )
    found = standing_level(resident_id=resident.pk, on=today(), actor=SYSTEM)
    assert (found.level, found.recognition) == ("moderate", recognition)


@pytest.mark.parametrize(
    "changes",
    [
        {"from_level": "3", "from_label": "重度失能"},
        {"from_edition": "2012"},
        {"from_scale": "gbt42195", "from_edition": "2022", "from_level": "moderate"},
    ],
)
def test_what_no_row_maps_is_to_be_assessed_anew_and_never_guessed(changes):
    crosswalk()
    resident = ResidentFactory()

    recognition = recognise(resident, original(**changes))

    assert (recognition.status, recognition.level, recognition.crosswalk) == ("reassess", None, None)
    assert standing_level(resident_id=resident.pk, on=today(), actor=SYSTEM) is None


@pytest.mark.parametrize(
    "period",
    [
        {"valid_from": date(2999, 1, 1)},
        {"valid_to": date(2026, 1, 1)},
    ],
)
def test_a_row_counts_only_in_its_period(period):
    crosswalk(**period)

    assert recognise(ResidentFactory()).status == "reassess"


def test_two_rows_never_say_two_things_of_one_day():
    crosswalk()

    with pytest.raises(CrosswalkTaken):
        crosswalk(level="severe", valid_from=date(2026, 6, 1))


def test_without_an_agreement_of_both_nothing_is_recognised():
    crosswalk()
    resident = ResidentFactory()

    for said, agreement in (
        (original(), "qijiang_panzhihua"),
        (original(), "no_such_agreement"),
        (original(from_member="440000"), AGREEMENT),
        (original(from_member="520000"), "sichuan_chongqing_civil_affairs"),
    ):
        with pytest.raises(NotAgreed):
            recognise(resident, said, agreement)

    assert not Recognition.objects.exists()


def test_a_result_that_has_run_out_or_lies_in_the_future_is_not_recognised():
    crosswalk()

    with pytest.raises(OriginalRunOut):
        recognise(ResidentFactory(), original(valid_until=today() - timedelta(days=1)))
    with pytest.raises(AssessedInFuture):
        recognise(ResidentFactory(), original(assessed_on=today() + timedelta(days=1)))
    with pytest.raises(FactsInvalid):
        recognise(ResidentFactory(), original(paper_reference=""))

    assert not Recognition.objects.exists()


def test_only_officers_of_a_whole_party_say_what_counts_as_what():
    row = CrosswalkRow("a", "1", "x", "甲", "mild", "样例")

    for actor in (staff("440106"), staff("23"), staff("44", role=Role.AUDITOR)):
        with pytest.raises(NotYourAssessment):
            add_crosswalk(agreement_code=AGREEMENT, row=row, actor=actor)


def test_of_an_own_result_and_a_recognised_one_the_newer_counts():
    crosswalk()
    resident = ResidentFactory()
    recognise(resident)
    own = final(resident, answers=BEST)

    assert standing_level(resident_id=resident.pk, on=today(), actor=SYSTEM).assessment == own
