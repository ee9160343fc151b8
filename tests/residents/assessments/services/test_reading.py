from datetime import date

import pytest
from django.db import IntegrityError, transaction

from residents.assessments.errors import NoSuchAssessment, NotYourAssessment, ReadingsSpent
from residents.assessments.models import ItemReading
from residents.assessments.services import (
    findings_of,
    object_to_result,
    read_grounds,
    read_items,
    read_level,
    read_recognised_level,
    recognise_result,
)
from residents.registry.errors import CaseMissing, PurposeMissing
from residents.registry.services import disclosures_of
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen, now
from sojourn.core.plain_words import NamesSomebody
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.provinces.models import Rule
from tests.factories.assessments import actor_of, filled, final
from tests.residents.actors import staff
from tests.residents.assessments.answers import EXACTLY_MILD
from tests.residents.assessments.services.test_entering import AGREEMENT, crosswalk, original

pytestmark = pytest.mark.django_db


def read(assessment, actor, **changes):
    asked = {"purpose": "benefit_check", "case": "穗民2026-88"} | changes
    return read_items(assessment_id=assessment.pk, actor=actor, **asked)


def test_what_was_found_is_read_for_a_purpose_and_she_can_read_who_did():
    with frozen(date(2026, 5, 6)):
        assessment = final(answers=EXACTLY_MILD)

        found = read(assessment, staff("440106"))
        read(assessment, actor_of(assessment.first_assessor), purpose="assessment", case="复看")

        assert found.answers == EXACTLY_MILD
        assert disclosures_of(assessment.resident, SYSTEM) == [
            "评估人员于2026-05-06 12:00查看了能力评估各项内容，用途：能力评估，事由：复看",
            "广东省广州市天河区经办人于2026-05-06 12:00查看了能力评估各项内容，用途：补贴与待遇核对，事由：穗民2026-88",
        ]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"purpose": "curiosity"}, PurposeMissing),
        ({"case": " "}, CaseMissing),
        ({"case": "来电13800138000"}, NamesSomebody),
        ({"case": "x" * 81}, CaseMissing),
    ],
)
def test_without_a_purpose_and_a_case_nothing_is_shown(changes, refusal):
    assessment = final()

    with pytest.raises(refusal):
        read(assessment, staff("440106"), **changes)

    assert not ItemReading.objects.exists()


def test_who_may_not_is_shown_nothing():
    assessment = final()

    for actor, refusal in (
        (staff("440106", second_factor=False), SecondFactorNeeded),
        (staff("440106", role=Role.AUDITOR), NotYourAssessment),
        (staff("440105"), NoSuchAssessment),
        (staff("44", role=Role.ADMIN), NoSuchAssessment),
    ):
        with pytest.raises(refusal):
            read(assessment, actor)

    assert not ItemReading.objects.exists()


def test_an_hour_has_its_limit():
    assessment, officer = final(), staff("440106")
    Rule.objects.filter(key="disclosures_an_hour").update(value=2)
    read(assessment, officer)
    read(assessment, officer)

    with pytest.raises(ReadingsSpent):
        read(assessment, officer)

    assert ItemReading.objects.count() == 2


def test_while_it_is_made_only_the_two_see_what_is_filled_in():
    assessment = filled(answers=EXACTLY_MILD)

    assert findings_of(assessment, actor_of(assessment.second_assessor)).answers == EXACTLY_MILD
    for actor in (staff("440106"), actor_of(assessment.second_assessor, second_factor=False)):
        assert findings_of(assessment, actor) is None
    done = final()
    assert findings_of(done, actor_of(done.first_assessor)) is None


# --- the level, and what was objected -------------------------------------------------------------
def test_who_opens_a_result_and_sees_its_level_stands_in_her_list_once_a_day():
    with frozen(date(2026, 5, 6)):
        assessment, officer = final(answers=EXACTLY_MILD), staff("440106")

        read_level(assessment_id=assessment.pk, actor=officer)
        read_level(assessment_id=assessment.pk, actor=officer)
        read_level(assessment_id=assessment.pk, actor=staff("44"))
    with frozen(date(2026, 5, 7)):
        read_level(assessment_id=assessment.pk, actor=officer)

    told = f"查看了能力评估等级，用途：信息核对与更正，事由：{assessment.number}"
    assert disclosures_of(assessment.resident, SYSTEM) == [
        f"广东省广州市天河区经办人于2026-05-07 12:00{told}",
        f"广东省经办人于2026-05-06 12:00{told}",
        f"广东省广州市天河区经办人于2026-05-06 12:00{told}",
    ]


def test_of_what_is_not_concluded_or_not_seen_no_look_is_written_down():
    draft, done = filled(answers=EXACTLY_MILD), final()

    read_level(assessment_id=draft.pk, actor=staff("440106"))
    read_level(assessment_id=done.pk, actor=staff("440105"))
    read_level(assessment_id=done.pk, actor=SYSTEM)

    assert not ItemReading.objects.exists()


def test_who_read_why_she_objected_stands_in_her_list_and_who_may_not_handle_it_reads_nothing():
    assessment = final()
    said = {"objector": "resident", "grounds": "评估那天正在发烧", "actor": staff("440106")}
    review = object_to_result(assessment_id=assessment.pk, **said)

    words = [
        read_grounds(review_id=review.pk, actor=actor)
        for actor in (staff("440106"), staff("440106", role=Role.AUDITOR))
    ]

    (sentence,) = disclosures_of(assessment.resident, SYSTEM)
    assert words == ["评估那天正在发烧", ""]
    assert sentence.startswith("广东省广州市天河区经办人于")
    assert sentence.endswith(f"查看了对能力评估结果的异议理由，用途：信息核对与更正，事由：{review.number}")


def test_who_opens_what_another_members_result_counts_for_stands_in_her_list_once_a_day():
    with frozen(date(2026, 5, 6)):
        crosswalk()
        assessment, officer = final(answers=EXACTLY_MILD), staff("440106")
        asked = {"original": original(), "agreement_code": AGREEMENT, "actor": officer}
        row = recognise_result(resident_id=assessment.resident_id, **asked)
        for reader in (officer, officer, staff("44", role=Role.AUDITOR), staff("440105"), SYSTEM):
            read_recognised_level(recognition_id=row.pk, actor=reader)
    with frozen(date(2026, 5, 7)):
        read_level(assessment_id=assessment.pk, actor=officer)

    told = f"查看了外省评估结果及其互认等级，用途：信息核对与更正，事由：{row.number}"
    latest, *rest = disclosures_of(assessment.resident, SYSTEM)
    assert "2026-05-07" in latest
    assert rest == [
        f"广东省审计人员于2026-05-06 12:00{told}",
        f"广东省广州市天河区经办人于2026-05-06 12:00{told}",
    ]


def test_a_look_is_at_one_result_ours_or_another_members():
    crosswalk()
    assessment = final()
    asked = {"original": original(), "agreement_code": AGREEMENT, "actor": SYSTEM}
    row = recognise_result(resident_id=assessment.resident_id, **asked)
    said = {"at": now(), "purpose": "assessment", "case": "样例", **staff("44").as_columns()}

    for wrong in (
        {"part": "level", "recognition": row},
        {"part": "recognised", "assessment": assessment},
        {"part": "recognised", "assessment": assessment, "recognition": row},
        {"part": "level"},
    ):
        with pytest.raises(IntegrityError, match="of_one_result"), transaction.atomic():
            ItemReading.objects.create(**said, **wrong)


def test_looks_at_levels_use_up_none_of_the_hour_for_items():
    assessment, officer = final(), staff("440106")
    Rule.objects.filter(key="disclosures_an_hour").update(value=1)

    read_level(assessment_id=assessment.pk, actor=officer)
    read(assessment, officer)

    assert sorted(ItemReading.objects.values_list("part", flat=True)) == ["items", "level"]
