import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from residents.assessments.models import (
    Assessment,
    AssessmentBody,
    Assessor,
    ItemReading,
    LevelCrosswalk,
    Recognition,
    Review,
)
from residents.assessments.services import findings_of, object_to_result, recognise_result, sign_assessment
from sojourn.accounts.models import User
from sojourn.core.actors import Role
from sojourn.core.clock import today
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.assessments import (
    AssessorFactory,
    BodyFactory,
    actor_of,
    drafted,
    filled,
    final,
    pair_of,
)
from tests.factories.facilities import FacilityFactory
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.answers import EXACTLY_MILD, NOTHING, SCALE
from tests.residents.assessments.services.test_entering import AGREEMENT, crosswalk, original
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


def officer(division: str = "440106", role: Role = Role.OFFICER) -> Client:
    user = UserFactory()
    MembershipFactory(user=user, role=role, division_code=division)
    return sign_in(user)


def signed_in(assessor: Assessor, *, second_factor: bool = True) -> Client:
    return sign_in(User.objects.get(pk=assessor.user_id), second_factor=second_factor)


def page(name: str, row=None, model: str = "assessment") -> str:
    return reverse(f"admin:assessments_{model}_{name}", args=[row.pk] if row is not None else [])


def text(answer) -> str:
    return answer.content.decode()


def typed(answers: dict, circumstances: dict | None = None, **others) -> dict:
    words = {True: "yes", False: "no"}
    said = {
        code: words[value] if isinstance(value, bool) else value
        for code, value in (circumstances or {}).items()
    }
    return {**answers, **said, "assessed_on": f"{today():%Y-%m-%d}", **others}


# --- assigning ------------------------------------------------------------------------------------
def test_whoever_assigns_is_offered_the_assessors_on_duty_by_name():
    first, second = pair_of()
    not_offered = [
        AssessorFactory(suspended=True),
        AssessorFactory(run_out=True),
        AssessorFactory(body=BodyFactory(status="suspended", suspended_for="样例：停业")),
        AssessorFactory(body__division_id="500103"),
    ]

    shown = text(officer().get(page("assign")))

    assert f'<option value="{first.number}">{first.name} 护理背景 {first.body.name}</option>' in shown
    assert shown.count(f'<option value="{second.number}">') == 2
    for one in not_offered:
        assert one.number not in shown


# --- filling in -----------------------------------------------------------------------------------
def test_an_assessor_finds_what_she_was_asked_to_make_masked_and_nothing_else():
    mine, other = drafted(ResidentFactory(name="单雪雁")), final()
    client = signed_in(mine.first_assessor)

    listed = text(client.get(page("changelist")))

    assert mine.number in listed
    assert other.number not in listed
    assert "单**" in listed
    assert "单雪雁" not in listed
    assert text(client.get(reverse("admin:registry_resident_changelist"))).count(mine.resident.number) == 0


def test_the_first_page_of_an_assessor_names_what_waits_for_her_with_the_way_to_it():
    mine = drafted(ResidentFactory(name="单雪雁"))
    half = filled(pair=(mine.first_assessor, mine.second_assessor))
    sign_assessment(assessment_id=half.pk, actor=actor_of(half.first_assessor))

    hers = text(signed_in(mine.first_assessor).get(reverse("admin:index")))
    his = text(signed_in(mine.second_assessor).get(reverse("admin:index")))

    assert page("fill", mine) in hers
    assert "单**" in hers
    assert half.number not in hers
    assert page("sign", half) in his


def test_an_assessor_for_whom_nothing_waits_is_told_so_and_an_officer_is_not():
    done = final()

    assert "现在没有等您填写或签字的评估" in text(signed_in(done.first_assessor).get(reverse("admin:index")))
    assert "填写或签字" not in text(officer().get(reverse("admin:index")))


def test_an_assessor_narrows_her_list_to_what_waits_for_her_and_nobody_else_is_offered_it():
    mine = drafted()
    done = final(pair=(mine.first_assessor, mine.second_assessor))
    client = signed_in(mine.first_assessor)

    listed = text(client.get(page("changelist"), {"waiting": "mine"}))

    assert mine.number in listed
    assert done.number not in listed
    assert "待我填写或签字" not in text(officer().get(page("changelist")))


def test_the_form_shows_every_item_by_dimension_with_its_choices():
    draft = drafted()

    body = text(signed_in(draft.first_assessor).get(page("fill", draft)))

    assert body.count('<fieldset class="scale-item" id="item-B.') == 26
    assert len(re.findall(r'type="radio" name="B\.', body)) == sum(
        len(item.options) for item in SCALE.items.values()
    )
    for label in ("自理能力", "基础运动能力", "自己吃，不呛", "昏迷", "/ 26"):
        assert label in body
    assert "<script>" not in body


def test_half_a_form_is_kept_and_found_again():
    draft = drafted()
    client = signed_in(draft.first_assessor)
    half = dict(list(EXACTLY_MILD.items())[:13])

    answer = client.post(page("fill", draft), typed(half, seen_version=draft.version, then="stayB.2"))

    assert (answer.status_code, answer["Location"]) == (302, f"{page('fill', draft)}#partB.2")
    kept = findings_of(Assessment.objects.get(pk=draft.pk), actor_of(draft.second_assessor))
    assert kept.answers == half
    again = text(client.get(page("fill", draft)))
    assert again.count("checked") == 13
    shown = text(client.get(page("change", draft)))
    assert "已填 13 / 26" in shown
    assert '<a href="../fill/#item-B.3.2">“空间定向”还没有评分</a>' in shown
    assert "“进食”还没有评分" not in shown


def test_what_is_refused_is_still_on_the_page():
    draft = drafted()
    client = signed_in(draft.first_assessor)
    wrong = typed(EXACTLY_MILD | {"B.1.1": 9}, NOTHING, seen_version=draft.version)

    refused = client.post(page("fill", draft), wrong)
    late = client.post(page("fill", draft), typed(EXACTLY_MILD, NOTHING, seen_version=draft.version + 7))
    future = client.post(
        page("fill", draft),
        typed(EXACTLY_MILD, NOTHING, seen_version=draft.version)
        | {"assessed_on": f"{today() + timedelta(days=1):%Y-%m-%d}"},
    )

    for answer, said, kept in (
        (refused, "进食", 25),
        (late, "这条记录已被他人修改", 26),
        (future, "评估日期晚于今天", 26),
    ):
        assert answer.status_code == 200
        assert said in text(answer)
        assert len(re.findall(r'name="B\.[^>]*checked', text(answer))) == kept
    assert Assessment.objects.get(pk=draft.pk).findings_cipher is None


@pytest.mark.parametrize("written", ["-3", "100", "几次"])
def test_a_number_of_events_that_is_none_is_told_what_would_be_one(written):
    draft = drafted()

    answer = signed_in(draft.first_assessor).post(
        page("fill", draft), typed({}, {"care_risk_events": written}, seen_version=draft.version)
    )

    assert text(answer).count("请填0到99的整数") == 2
    assert Assessment.objects.get(pk=draft.pk).findings_cipher is None


def test_the_page_of_an_assessment_leads_to_her_registration_whoever_may_open_it():
    made = final()
    hers = reverse("admin:registry_resident_change", args=[made.resident_id])

    assert f'href="{hers}"' in text(officer().get(page("change", made)))
    assert f'href="{hers}"' not in text(officer().get(page("changelist")))
    assert hers not in text(signed_in(made.first_assessor).get(page("change", made)))


def test_the_page_of_a_review_leads_to_her_registration():
    made = final()
    said = {"objector": "resident", "grounds": "样例：当天感冒", "actor": staff("440106")}
    review = object_to_result(assessment_id=made.pk, **said)
    hers = reverse("admin:registry_resident_change", args=[made.resident_id])

    assert f'href="{hers}"' in text(officer().get(page("change", review, "review")))


def test_the_same_sent_twice_is_kept_once():
    draft = drafted()
    client = signed_in(draft.first_assessor)
    sent = typed(EXACTLY_MILD, NOTHING, seen_version=draft.version, then="check")

    answers = [client.post(page("fill", draft), sent) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [page("change", draft)] * 2
    assert Assessment.objects.get(pk=draft.pk).version == draft.version + 1


def test_what_the_pages_own_script_sends_is_kept_quietly():
    draft = drafted()
    client = signed_in(draft.first_assessor)
    sent = typed({"B.1.1": 3}, seen_version=draft.version, then="quiet")

    kept = client.post(page("fill", draft), sent)
    late = client.post(page("fill", draft), sent | {"B.1.2": 1})

    assert (kept.status_code, kept.json()["seen_version"]) == (200, draft.version + 1)
    assert (late.status_code, list(late.json())) == (409, ["said"])
    assert "这条记录已被他人修改" in late.json()["said"]
    assert "草稿已保存" not in text(client.get(page("change", draft)))


def test_the_level_and_its_reasons_stand_above_the_signature():
    assessment = filled(answers=EXACTLY_MILD, circumstances=NOTHING | {"dementia": True})
    client = signed_in(assessment.first_assessor)

    shown = text(client.get(page("sign", assessment)))

    for words in ("能力中度受损（中度失能）", "总分66分（满分90分）", "由“能力轻度受损（轻度失能）”改为"):
        assert words in shown
    answer = client.post(page("sign", assessment), {"seen_version": assessment.version})
    assert answer.status_code == 302
    assert Assessment.objects.get(pk=assessment.pk).status == "signed_once"
    assert page("sign", assessment) not in text(client.get(page("change", assessment)))
    other = signed_in(assessment.second_assessor)
    assert "能力中度受损（中度失能）" in text(other.get(page("change", assessment)))
    version = Assessment.objects.get(pk=assessment.pk).version
    other.post(page("sign", assessment), {"seen_version": version})
    assert Assessment.objects.get(pk=assessment.pk).level == "moderate"


def test_a_form_with_gaps_is_not_signed_and_leads_to_them():
    draft = drafted()
    client = signed_in(draft.first_assessor)
    client.post(page("fill", draft), typed({"B.1.1": 4}, seen_version=draft.version))

    shown = client.get(page("sign", draft))
    refused = client.post(page("sign", draft), {"seen_version": draft.version + 1})

    assert "../fill/#item-B.1.2" in text(shown)
    assert "接着填写" in text(shown)
    assert '<button class="verb">' not in text(shown)
    assert refused.status_code == 200
    assert "评估内容不完整或有误" in text(refused)
    assert Assessment.objects.get(pk=draft.pk).status == "draft"


def test_without_the_second_factor_no_assessor_comes_in():
    assessment = filled()
    client = signed_in(assessment.first_assessor, second_factor=False)

    for name in ("change", "fill", "sign"):
        assert client.get(page(name, assessment)).status_code == 302
    assert client.post(page("sign", assessment), {"seen_version": 1}).status_code == 302
    assert Assessment.objects.get(pk=assessment.pk).status == "draft"


# --- officers -------------------------------------------------------------------------------------
def test_an_officer_assigns_by_numbers():
    resident, (first, second) = ResidentFactory(), pair_of()
    sent = {
        "resident": resident.number,
        "first_assessor": first.number,
        "second_assessor": second.number,
        "reason": "first",
        "facility": "",
    }

    answer = officer().post(page("assign"), sent)

    made = Assessment.objects.get()
    assert answer["Location"] == page("change", made)
    assert (made.resident, made.first_assessor, made.reason) == (resident, first, "first")


def test_an_officer_enters_a_paper():
    resident = ResidentFactory()
    sent = typed(EXACTLY_MILD, NOTHING) | {
        "resident": resident.number,
        "source": "样例医院",
        "paper_reference": "7",
        "assessor1": "甲一",
        "background1": "medical",
        "assessor2": "乙二",
        "background2": "other_background",
    }
    client = officer()

    refused = client.post(page("enter"), {**sent, "B.4.1": ""})
    assert "没有评分" in text(refused)
    assert len(re.findall(r'name="B\.[^>]*checked', text(refused))) == 25
    client.post(page("enter"), sent)

    assert Assessment.objects.get().level == "mild"


def test_the_officer_sees_the_level_once_it_is_final_and_items_only_by_reading():
    resident = ResidentFactory()
    open_one, client = filled(resident, answers=EXACTLY_MILD), officer()

    assert "轻度受损" not in text(client.get(page("change", open_one)))
    done = final(answers=EXACTLY_MILD)
    shown = text(client.get(page("change", done)))
    assert "能力轻度受损（轻度失能）" in shown
    assert "需提示" not in shown
    assert "v1." not in text(client.get(reverse("admin:assessments_assessment_history", args=[done.pk])))
    read = client.post(page("read", done), {"purpose": "assessment", "case": "样例1"})
    assert "需提示" in text(read)
    assert read["Cache-Control"].count("no-store") == 1
    assert list(ItemReading.objects.order_by("id").values_list("part", flat=True)) == ["level", "items"]


@pytest.mark.parametrize("way", ["change", "history"])
def test_no_list_tells_a_level_and_who_opens_one_result_is_written_down(way):
    done, client = final(answers=EXACTLY_MILD), officer()

    listed = text(client.get(reverse("admin:assessments_assessment_changelist")))
    assert "轻度失能" not in listed
    assert not ItemReading.objects.exists()
    client.get(page(way, done))

    (seen,) = ItemReading.objects.all()
    assert (seen.part, seen.case, seen.assessment_id) == ("level", done.number, done.pk)


def test_who_opens_an_objection_and_so_reads_why_is_written_down():
    done = final(answers=EXACTLY_MILD)
    said = {"objector": "resident", "grounds": "评估那天正在发烧", "actor": staff("44")}
    review = object_to_result(assessment_id=done.pk, **said)

    shown = text(officer().get(page("change", review, model="review")))

    assert "评估那天正在发烧" in shown
    found = ItemReading.objects.order_by("part").values_list("part", "case")
    assert list(found) == [("grounds", review.number), ("level", done.number)]


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_no_history_shows_ciphertext_or_a_level_that_one_of_the_two_stands_by(language):
    open_one, done = filled(answers=EXACTLY_MILD), final(answers=EXACTLY_MILD)
    sign_assessment(assessment_id=open_one.pk, actor=actor_of(open_one.first_assessor))
    client = officer()
    client.cookies["language"] = language

    pages = [text(client.get(page("history", row))) for row in (open_one, done)]

    assert not any("v1." in shown for shown in pages)
    assert ["轻度" in shown or "輕度" in shown or "Mild" in shown or "mild" in shown for shown in pages] == [
        False,
        True,
    ]


def test_an_auditor_sees_and_does_nothing():
    done = final()
    client = officer("440000", Role.AUDITOR)

    shown = text(client.get(page("change", done)))

    assert done.number in shown
    for name in ("read", "object", "discard", "fill", "sign"):
        assert page(name, done) not in shown
        assert client.get(page(name, done)).status_code == 403


def test_an_objection_goes_its_way_through_the_pages():
    done, client = final(answers=EXACTLY_MILD), officer()

    client.post(page("object", done), {"objector": "relative", "grounds": "样例理由一二三", "raised_on": ""})
    review = Review.objects.get()
    shown = text(client.get(page("change", review, "review")))
    first, second = pair_of()
    client.post(
        page("assign", review, "review"), {"first_assessor": first.number, "second_assessor": second.number}
    )

    assert "样例理由一二三" in shown
    assert "样例理由一二三" not in text(officer("440000", Role.AUDITOR).get(page("change", review, "review")))
    assert Review.objects.get().status == "assigned"
    assert str(review.number) in text(client.get("/admin/"))


def test_bodies_and_assessors_are_kept_by_verbs():
    client = officer()
    days = {"qualified_from": "2026-01-01", "qualified_until": "2027-12-31"}
    client.post(
        page("register", model="assessmentbody"), {"name": "样例评估中心", "division": "440106", **days}
    )
    body = AssessmentBody.objects.get()
    client.post(
        page("register-assessor", body, "assessmentbody"),
        {"name": "样例·林", "background": "nursing", **days},
    )
    assessor = Assessor.objects.get()
    UserFactory(username="lin")
    client.post(page("link-account", assessor, "assessor"), {"username": "lin"})
    client.post(page("suspend", assessor, "assessor"), {"reason": "样例：核查"})
    client.post(
        page("declare-interest", assessor, "assessor"),
        {"kind": "employed", "facility": FacilityFactory().number, "resident": "", "since": "2026-01-01"},
    )

    assessor.refresh_from_db()
    assert (assessor.status, assessor.suspended_for, assessor.user_id is not None) == (
        "suspended",
        "样例：核查",
        True,
    )
    assert assessor.interests.count() == 1
    assert "受雇于该养老机构" in text(client.get(page("change", assessor, "assessor")))
    assert "还没有抽查结果" in text(client.get(page("changelist", model="assessmentbody")))


def test_what_was_agreed_and_what_it_counts_for_is_entered_by_verbs():
    original = {
        "agreement": "six_provinces_2021",
        "from_scale": "mzt039",
        "from_edition": "2013",
        "from_level": "2",
        "from_label": "中度失能",
        "source": "样例",
    }
    officer("440000").post(
        page("agree", model="levelcrosswalk"),
        original | {"level": "moderate", "valid_from": "", "valid_to": "", "flag": "assumed"},
    )
    resident, client = ResidentFactory(), officer()

    client.post(
        page("recognise", model="recognition"),
        original
        | {
            "resident": resident.number,
            "from_member": "430000",
            "paper_reference": "湘1",
            "assessed_on": f"{today() - timedelta(days=9):%Y-%m-%d}",
            "valid_until": f"{today() + timedelta(days=9):%Y-%m-%d}",
        },
    )

    assert LevelCrosswalk.objects.get().level == "moderate"
    listed = text(client.get(page("changelist", model="recognition")))
    assert Recognition.objects.get(level="moderate").number in listed
    assert "中度失能" not in listed
    assert not ItemReading.objects.exists()
    assert client.get(page("agree", model="levelcrosswalk")).status_code in {403, 404}


@pytest.mark.parametrize("way", ["change", "history"])
def test_who_opens_what_another_members_result_counts_for_is_written_down(way):
    crosswalk()
    asked = {"original": original(), "agreement_code": AGREEMENT, "actor": staff("44")}
    row = recognise_result(resident_id=ResidentFactory().pk, **asked)

    shown = text(officer().get(page(way, row, model="recognition")))

    assert row.number in shown
    (seen,) = ItemReading.objects.all()
    assert (seen.part, seen.case, seen.recognition_id) == ("recognised", row.number, row.pk)


def test_every_list_costs_the_same_at_two_rows_and_at_twelve():
    client, pair = officer(), pair_of()
    [final(pair=pair) for _ in range(2)]
    object_to_result(
        assessment_id=Assessment.objects.first().pk, objector="agent", grounds="样例", actor=staff("44")
    )

    def cost() -> list[int]:
        counts = []
        for model in ("assessment", "review", "assessor", "assessmentbody"):
            with CaptureQueriesContext(connection) as seen:
                client.get(page("changelist", model=model))
            counts.append(len(seen))
        return counts

    cost()
    before = cost()
    for _ in range(10):
        done = final(pair=pair)
        object_to_result(assessment_id=done.pk, objector="agent", grounds="样例", actor=staff("44"))
    AssessorFactory.create_batch(10)

    assert cost() == before
