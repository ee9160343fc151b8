import pytest
from django.test import Client

from residents.assessments.models import Assessment, ItemReading
from residents.assessments.services import findings_of
from sojourn.accounts.models import User
from sojourn.core.actors import Role
from sojourn.core.clock import today
from sojourn.web.models import CarriedOut
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.assessments import actor_of, filled, final, pair_of
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.assessments.answers import EXACTLY_MILD, NOTHING
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
LIST = "/api/v1/assessments/"
JSON = "application/json"


def signed_in(assessor, **options) -> Client:
    return sign_in(User.objects.get(pk=assessor.user_id), **options)


def officer(division: str = "440106", role: Role = Role.OFFICER) -> Client:
    user = UserFactory()
    MembershipFactory(user=user, role=role, division_code=division)
    return sign_in(user)


def address(assessment: Assessment, verb: str = "") -> str:
    return f"{LIST}{assessment.pk}/{verb}{'/' if verb else ''}"


def numbers(answer) -> list[str]:
    return [row["number"] for row in answer.json()["results"]]


def assignment(resident=None, pair=None) -> dict:
    first, second = pair or pair_of()
    return {
        "resident": (resident or ResidentFactory()).number,
        "first_assessor": first.number,
        "second_assessor": second.number,
        "reason": "first",
    }


# --- reading --------------------------------------------------------------------------------------
def test_each_finds_what_is_in_her_reach():
    mine, other = final(), final(ResidentFactory(home_division_code="440105"))

    assert numbers(signed_in(mine.first_assessor).get(LIST)) == [mine.number]
    assert numbers(officer("440105").get(LIST)) == [other.number]
    assert numbers(officer("440000", Role.AUDITOR).get(LIST)) == [mine.number, other.number]
    assert numbers(signed_in(mine.first_assessor, second_factor=False).get(LIST)) == []
    assert officer("440105").get(address(mine)).status_code == 404
    assert Client().get(LIST).status_code == 401


def test_words_narrow_the_list():
    open_one, done = filled(), final()
    client = officer("440000")

    assert numbers(client.get(LIST, {"status": "final"})) == [done.number]
    assert numbers(client.get(LIST, {"resident": open_one.resident.number})) == [open_one.number]
    assert client.get(LIST, {"levle": "mild"}).status_code == 400


def test_what_is_filled_in_is_shown_to_the_two_who_fill_it_in():
    draft = filled(answers=EXACTLY_MILD)

    shown = signed_in(draft.second_assessor).get(address(draft)).json()
    withheld = officer().get(address(draft)).json()

    assert shown["findings"]["answers"] == EXACTLY_MILD
    assert (shown["findings"]["filled"], shown["findings"]["items"], shown["findings"]["level"]) == (
        26,
        26,
        "mild",
    )
    assert shown["level"] is None
    assert withheld["findings"] is None
    assert withheld["level"] is None


def test_a_level_is_told_once_both_have_signed_and_its_items_by_nobody_here():
    done = final(answers=EXACTLY_MILD)

    for client in (officer(), signed_in(done.first_assessor)):
        shown = client.get(address(done)).json()
        assert (shown["level"], shown["findings"]) == ("mild", None)
    assert [row.part for row in ItemReading.objects.all()] == ["level", "level"]


def test_a_list_tells_the_staff_no_level_and_writes_nothing_down():
    final(answers=EXACTLY_MILD)

    by_staff = officer().get(LIST).json()["results"]

    assert [row["level"] for row in by_staff] == [None]
    assert not ItemReading.objects.exists()


# --- writing --------------------------------------------------------------------------------------
def test_a_program_of_the_bureau_assigns_and_those_of_the_assessors_fill_in_and_sign():
    pair = pair_of()
    made = officer().post(LIST, assignment(pair=pair), content_type=JSON)
    assert made.status_code == 201
    place = made["Location"]
    first, second = (signed_in(one) for one in pair)
    half = {"answers": {"B.1.1": 4}, "circumstances": {"coma": False}}

    kept = first.post(f"{place}keep/", half, content_type=JSON)
    assert kept.json()["findings"]["filled"] == 1
    assert {point["code"] for point in kept.json()["findings"]["open_points"]} == {"missing"}
    refused = first.post(f"{place}sign/", content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (400, "answers_invalid")
    whole = {"answers": EXACTLY_MILD, "circumstances": NOTHING, "assessed_on": f"{today():%Y-%m-%d}"}
    first.post(f"{place}keep/", whole, content_type=JSON)
    first.post(f"{place}sign/", content_type=JSON)
    final_one = second.post(f"{place}sign/", content_type=JSON)

    assert (final_one.status_code, final_one.json()["status"], final_one.json()["level"]) == (
        200,
        "final",
        "mild",
    )


def test_a_request_that_is_sent_again_is_carried_out_once():
    client, sent = officer(), assignment()
    headers = {"Idempotency-Key": "abc-1"}

    first, again = (client.post(LIST, sent, content_type=JSON, headers=headers) for _ in range(2))
    other = client.post(LIST, sent | {"reason": "doubt"}, content_type=JSON, headers=headers)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json()["id"] == again.json()["id"]
    assert other.json()["code"] == "idempotency_key_reused"
    assert Assessment.objects.count() == 1
    assert CarriedOut.objects.get().subject_id == Assessment.objects.get().pk


def test_the_key_of_one_account_is_not_that_of_another_and_a_refusal_uses_up_none():
    headers, sent = {"Idempotency-Key": "k"}, assignment()
    client = officer()

    refused = client.post(LIST, sent | {"reason": "whim"}, content_type=JSON, headers=headers)
    made = client.post(LIST, sent, content_type=JSON, headers=headers)
    another = officer().post(LIST, assignment(), content_type=JSON, headers=headers)

    assert (refused.status_code, made.status_code, another.status_code) == (400, 201, 201)
    assert made.json()["id"] != another.json()["id"]


@pytest.mark.parametrize("key", ["", "a b", "键", "x" * 81])
def test_a_key_of_the_wrong_form_is_refused(key):
    answer = officer().post(
        LIST, assignment(), content_type=JSON, headers={"Idempotency-Key": key.encode().decode("latin-1")}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
    assert not Assessment.objects.exists()


def test_what_is_not_any_more_what_she_saw_is_not_signed():
    draft = filled()
    client = signed_in(draft.first_assessor)
    seen = client.get(address(draft))["ETag"]
    signed_in(draft.second_assessor).post(
        address(draft, "keep"),
        {"answers": EXACTLY_MILD, "circumstances": NOTHING, "assessed_on": f"{today():%Y-%m-%d}"},
        content_type=JSON,
    )

    late = client.post(address(draft, "sign"), content_type=JSON, headers={"If-Match": seen})
    now = client.get(address(draft))["ETag"]
    good = client.post(address(draft, "sign"), content_type=JSON, headers={"If-Match": now})

    assert (late.status_code, late.json()["code"]) == (412, "lost_update")
    assert (good.status_code, good.json()["status"]) == (200, "signed_once")


@pytest.mark.parametrize(
    "wrong",
    [
        {"answers": {"B.1.1": 5}},
        {"answers": {"B.1.1": "many"}},
        {"answers": []},
        {"circumstances": {"coma": "no"}},
        {"circumstances": {"coma": None}},
        {"assessed_on": "2999-01-01"},
        {"assessed_on": "tomorrow"},
    ],
)
def test_what_no_scale_holds_is_refused_and_what_was_kept_stays(wrong):
    draft = filled(answers=EXACTLY_MILD)
    body = {"answers": {}, "circumstances": {}} | wrong

    answer = signed_in(draft.first_assessor).post(address(draft, "keep"), body, content_type=JSON)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    row = Assessment.objects.get(pk=draft.pk)
    assert findings_of(row, actor_of(draft.first_assessor)).answers == EXACTLY_MILD


def test_who_may_not_does_not():
    draft = filled()

    assert officer().post(address(draft, "sign"), content_type=JSON).status_code == 403
    for client in (officer("440105"), signed_in(draft.first_assessor, second_factor=False)):
        for verb in ("sign", "keep", "return"):
            sent = {"answers": {}, "circumstances": {}}
            assert client.post(address(draft, verb), sent, content_type=JSON).status_code == 404
    assert Assessment.objects.get(pk=draft.pk).status == "draft"


def test_an_assessor_begins_by_herself_only_where_the_resident_is_open_to_her():
    resident, (first, second) = ResidentFactory(), pair_of()
    client, sent = signed_in(first), assignment(resident, (first, second))

    closed = client.post(LIST, sent, content_type=JSON)
    AccessFactory(resident=resident, holder_id=first.user_id, to_user=True)
    for_others = client.post(LIST, assignment(resident), content_type=JSON)
    made = client.post(LIST, sent, content_type=JSON)

    assert (closed.status_code, for_others.status_code, made.status_code) == (404, 404, 201)


def test_an_assessor_does_not_have_two_others_assess_whom_is_open_to_her():
    resident, (first, second) = ResidentFactory(), pair_of()
    AccessFactory(resident=resident, holder_id=first.user_id, to_user=True)
    colleague = pair_of(first.body)[0]

    answer = signed_in(first).post(LIST, assignment(resident, (colleague, second)), content_type=JSON)

    assert answer.status_code == 403
    assert not Assessment.objects.exists()
