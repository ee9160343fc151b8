"""She and her guardian read what was found of her and object to it; nobody else does by being kin or an agent."""

from datetime import date, timedelta

import pytest

from residents.assessments.errors import NoSuchAssessment, NothingToObjectTo, NotYourAssessment
from residents.assessments.models import Assessment, ItemReading, Review
from residents.assessments.services import (
    ElsewhereResult,
    decide_review,
    enter_result,
    object_to_result,
    read_grounds,
    read_results,
)
from residents.registry.models import Resident
from residents.registry.services import disclosures_of, end_link, erase_resident
from sojourn.accounts.models import User
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import frozen, today
from sojourn.core.models import AuditEntry
from sojourn.desk.models import WorkItem
from sojourn.messages.models import Message
from sojourn.web.templatetags.shown import written_day
from tests.accounts.telephone import last_message, words_of
from tests.factories.assessments import drafted, filled, final
from tests.factories.consents import a_mandate
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.answers import BEST, EXACTLY_MILD, EXACTLY_SEVERE, NOTHING
from tests.residents.assessments.services.test_reviewing import looked_at_again
from tests.residents.merging import merged
from tests.residents.registry.families import family_member, linked
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
PHONE = "10055500077"
GROUNDS = "评估那天正在发烧，平时自己能走"


@pytest.fixture
def resident() -> Resident:
    return ResidentFactory(phone=PHONE)


def signed_in(actor):
    return sign_in(User.objects.get(pk=actor.user_id), second_factor=False)


def results_page(resident) -> str:
    return f"/my/people/{resident.pk}/assessments/"


def objection_page(assessment) -> str:
    return f"/my/assessments/{assessment.pk}/object/"


def imported(resident) -> Assessment:
    paper = ElsewhereResult(
        source="样例医院",
        paper_reference="2026-1",
        assessed_on=today(),
        assessors=(("甲一", "medical"), ("乙二", "nursing")),
        answers=BEST,
        circumstances=NOTHING,
    )
    return enter_result(resident_id=resident.pk, result=paper, actor=SYSTEM)


# --- who they are --------------------------------------------------------------------------------
def herself(resident):
    actor = family_member()
    linked(actor, resident, "self")
    return actor


def guardian(resident):
    actor = family_member()
    linked(actor, resident)
    return actor


def daughter(resident):
    """Kin who may see her registration as well."""
    actor = family_member()
    linked(actor, resident, "child")
    AccessFactory(resident=resident, to_user=True, holder_id=actor.user_id)
    return actor


def agent(resident):
    actor = family_member()
    a_mandate(actor, resident)
    return actor


def guardian_no_more(resident):
    actor = agent(resident)
    link = linked(actor, resident)
    end_link(link_id=link.pk, reason="mistaken", actor=SYSTEM)
    return actor


def guardian_until_yesterday(resident):
    """Whose time is over, though she sees the resident by a mandate."""
    actor = agent(resident)
    linked(actor, resident, ends_on=today() + timedelta(days=29))
    return actor


# --- reading -------------------------------------------------------------------------------------
@pytest.mark.parametrize("voice", [herself, guardian])
def test_she_and_her_guardian_read_the_result_with_its_reasons_and_every_item(resident, voice):
    with frozen(date(2026, 3, 2)):
        made = final(resident, answers=EXACTLY_MILD)
        page = signed_in(voice(resident)).get(results_page(resident)).content.decode()

    assert "2026年3月2日</time> 的评估" in page
    assert "能力轻度受损（轻度失能）" in page
    assert "初步等级为“能力轻度受损（轻度失能）”" in page
    assert "这一等级排第 2" in page
    assert all(text in page for text in ("GB/T 42195-2022", made.number, made.body.name, "进食"))
    assert '<time datetime="2027-03-02">' in page
    assert '<time datetime="2026-04-01">' in page
    assert made.first_assessor.name not in page


@pytest.mark.parametrize(("voice", "shown"), [(herself, True), (guardian, False)])
@pytest.mark.parametrize("made_by_us", [True, False])
def test_who_made_a_result_is_for_herself_alone_while_she_is_protected(resident, voice, shown, made_by_us):
    made = final(resident) if made_by_us else imported(resident)
    Resident.objects.filter(pk=resident.pk).update(whereabouts_protected=True)

    page = signed_in(voice(resident)).get(results_page(resident)).content.decode()

    assert made.number in page
    assert ((made.body.name if made_by_us else "样例医院") in page) is shown
    assert ("只给老年人本人看" in page) is not shown


def test_a_result_made_elsewhere_says_so_and_nobody_objects_to_it_here(resident):
    client, made = signed_in(herself(resident)), imported(resident)

    page = client.get(results_page(resident)).content.decode()
    asked = client.get(objection_page(made)).content.decode()
    client.post(objection_page(made), {"grounds": GROUNDS})

    assert "别处出具" in page
    assert "样例医院 2026-1" in page
    assert objection_page(made) not in page
    assert "不能在这里提出异议" in asked
    assert not Review.objects.exists()
    assert not Message.objects.filter(topic="assessment_concluded").exists()


def test_what_is_not_concluded_is_not_told(resident):
    drafted(resident)

    page = signed_in(herself(resident)).get(results_page(resident)).content.decode()

    assert "还没有评估结果" in page


@pytest.mark.parametrize("other", [daughter, agent, guardian_no_more, guardian_until_yesterday])
def test_kin_and_agents_read_who_may_and_nothing_of_it(resident, other):
    made, actor = final(resident, answers=EXACTLY_MILD), other(resident)

    with frozen(today() + timedelta(days=29)):
        page = signed_in(actor).get(results_page(resident)).content.decode()
        with pytest.raises(NotYourAssessment):
            read_results(resident_id=resident.pk, actor=actor)

    assert "只给老年人本人和监护人看" in page
    assert "轻度" not in page
    assert made.number not in page
    assert not ItemReading.objects.exists()


def test_another_familys_results_do_not_exist(resident):
    made = final(ResidentFactory())
    client = signed_in(herself(resident))

    answers = [
        client.get(results_page(made.resident)),
        client.get(objection_page(made)),
        client.post(objection_page(made), {"grounds": GROUNDS}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert not Review.objects.exists()


def test_each_reading_is_written_down_once_a_day_and_told(resident):
    made, reader = final(resident), guardian(resident)

    with frozen(date(2030, 1, 7)):
        client = signed_in(reader)
        client.get(results_page(resident))
        client.get(results_page(resident))
    with frozen(date(2030, 1, 8)):
        signed_in(reader).get(results_page(resident))

    rows = ItemReading.objects.values_list("assessment", "actor_role", "purpose", "case")
    assert list(rows) == [(made.pk, "family", "verification", made.number)] * 2
    assert AuditEntry.objects.filter(action="assessment.items_read").count() == 2
    assert disclosures_of(resident, SYSTEM)[0] == (
        f"本人或家人于2030-01-08 12:00查看了能力评估各项内容，用途：信息核对与更正，事由：{made.number}"
    )


def test_results_of_a_registration_that_went_into_hers_are_hers(own_keyring, resident):
    gone = ResidentFactory(home_division_code="440106")
    made, actor = final(gone, answers=EXACTLY_MILD), herself(resident)
    merged(gone, resident)

    page = signed_in(actor).get(results_page(resident)).content.decode()
    review = object_to_result(assessment_id=made.pk, objector="resident", grounds=GROUNDS, actor=actor)

    assert made.number in page
    assert WorkItem.objects.get(subject_id=str(review.pk)).division_code == resident.home_division_id


def test_of_somebody_erased_nothing_is_told(own_keyring, resident):
    final(resident, answers=EXACTLY_MILD)
    client = signed_in(guardian(resident))
    erase_resident(resident_id=resident.pk, ground="unlawful", actor=SYSTEM)

    answer = client.get(results_page(resident))

    assert "轻度" not in answer.content.decode()
    assert not ItemReading.objects.exists()


# --- objecting -----------------------------------------------------------------------------------
@pytest.mark.parametrize(("voice", "objector"), [(herself, "resident"), (guardian, "guardian")])
def test_an_objection_in_two_steps_waits_at_the_desk_like_an_officers(resident, voice, objector):
    with frozen(date(2026, 3, 2)):
        made, actor = final(resident, answers=EXACTLY_SEVERE), voice(resident)

    with frozen(date(2026, 4, 1)):
        client = signed_in(actor)
        page = client.get(results_page(resident)).content.decode()
        asked = client.get(objection_page(made)).content.decode()
        told = client.post(objection_page(made), {"grounds": GROUNDS}, follow=True).content.decode()

    review, item = Review.objects.get(), WorkItem.objects.get(queue="assessment_objections")
    assert objection_page(made) in page
    assert "为什么不同意" in asked
    assert (review.objector, review.raised_on, review.status) == (objector, date(2026, 4, 1), "opened")
    assert read_grounds(review_id=review.pk, actor=staff("440106")) == GROUNDS
    assert (item.division_code, item.subject_id) == ("440106", str(review.pk))
    assert AuditEntry.objects.get(action="assessment.objected").actor_user_id == actor.user_id
    assert f"编号{review.number}。最迟{written_day(item.due_on)}有决定" in told
    assert f'最迟 <time datetime="{item.due_on:%Y-%m-%d}">' in told
    assert objection_page(made) not in told
    assert GROUNDS not in told


def test_a_second_objection_is_refused_while_the_first_waits(resident):
    made, client = final(resident), signed_in(herself(resident))
    client.post(objection_page(made), {"grounds": GROUNDS})

    asked = client.get(objection_page(made)).content.decode()
    again = client.post(objection_page(made), {"grounds": GROUNDS})

    assert "正在复核" in asked
    assert "不用再提" in asked
    assert again.status_code == 200
    assert Review.objects.count() == 1


def test_after_its_window_an_objection_is_refused_in_clear_words(resident):
    with frozen(date(2026, 3, 2)):
        made, actor = final(resident), herself(resident)

    with frozen(date(2026, 4, 2)):
        client = signed_in(actor)
        page = client.get(results_page(resident)).content.decode()
        asked = client.get(objection_page(made)).content.decode()
        answer = client.post(objection_page(made), {"grounds": GROUNDS}).content.decode()

    assert objection_page(made) not in page
    assert "提出异议的期限已经过了" in page
    assert '期限到 <time datetime="2026-04-01">' in asked
    assert "已经过了" in answer
    assert not Review.objects.exists()


def test_without_a_reason_there_is_none(resident):
    made, client = final(resident), signed_in(herself(resident))

    answer = client.post(objection_page(made), {"grounds": "  "})

    assert "还没有通过" in answer.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize("other", [daughter, agent, guardian_no_more])
def test_kin_and_agents_do_not_object_for_her(resident, other):
    made, actor = final(resident), other(resident)

    answer = signed_in(actor).post(objection_page(made), {"grounds": GROUNDS})
    with pytest.raises(NoSuchAssessment):
        object_to_result(assessment_id=made.pk, objector="agent", grounds=GROUNDS, actor=actor)

    assert answer.status_code == 404
    assert not Review.objects.exists()


@pytest.mark.parametrize("said", [{"objector": "resident"}, {"raised_on": date(2026, 3, 2)}])
def test_a_guardian_objects_in_her_own_name_and_today(resident, said):
    with frozen(date(2026, 3, 2)):
        made = final(resident)
    given = {"objector": "guardian", "grounds": GROUNDS, "actor": guardian(resident)} | said

    with frozen(date(2026, 3, 9)), pytest.raises(NotYourAssessment):
        object_to_result(assessment_id=made.pk, **given)

    assert not Review.objects.exists()


def test_nobody_objects_online_for_somebody_who_is_not_assessed_any_more(resident):
    made, client = final(resident), signed_in(guardian(resident))
    Resident.objects.filter(pk=resident.pk).update(status="died", died_on=today())

    page = client.get(results_page(resident)).content.decode()
    answer = client.post(objection_page(made), {"grounds": GROUNDS})

    assert made.number in page
    assert objection_page(made) not in page
    assert "不能在这里提出异议" in answer.content.decode()
    assert not Review.objects.exists()


# --- being told ----------------------------------------------------------------------------------
def test_she_is_told_of_a_result_once_both_signed_and_until_when_she_may_object(resident):
    with frozen(date(2026, 3, 2)):
        filled(resident)
        before = Message.objects.count()
        made = final(ResidentFactory(phone="10055500079"), answers=EXACTLY_SEVERE)

    message = last_message("10055500079")
    assert before == 0
    assert Message.objects.count() == 1
    assert message.topic == "assessment_concluded"
    assert "2026-04-01以前（含当日）可以提出异议" in words_of(message)
    assert not any(word in words_of(message) for word in ("能力", "重度", made.number))


@pytest.mark.parametrize(("answers", "outcome"), [(EXACTLY_SEVERE, "kept"), (EXACTLY_MILD, "replaced")])
def test_she_is_told_that_her_objection_is_decided_and_reads_how(resident, answers, outcome):
    made, actor = final(resident, answers=EXACTLY_SEVERE), herself(resident)
    review = object_to_result(assessment_id=made.pk, objector="resident", grounds=GROUNDS, actor=actor)
    looked_at_again(review, answers)
    topics = list(Message.objects.order_by("put_at", "pk").values_list("topic", flat=True))

    decide_review(review_id=review.pk, outcome=outcome, actor=staff("440106"))
    page = signed_in(actor).get(results_page(resident)).content.decode()

    assert topics == ["assessment_concluded", "link_confirmed"]
    message = last_message(PHONE)
    assert message.topic == "assessment_review_decided"
    assert "已有决定" in words_of(message)
    assert ("维持原结果" if outcome == "kept" else "以复核结果为准") in page
    assert ("不再作数" in page) == (outcome == "replaced")


def test_what_is_no_final_result_is_not_objected_to_here(resident):
    made, actor = final(resident, answers=EXACTLY_SEVERE), herself(resident)
    review = object_to_result(assessment_id=made.pk, objector="resident", grounds=GROUNDS, actor=actor)
    look = looked_at_again(review, EXACTLY_MILD)

    with pytest.raises(NothingToObjectTo):
        object_to_result(assessment_id=look.pk, objector="resident", grounds=GROUNDS, actor=actor)
