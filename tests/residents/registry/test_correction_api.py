"""A facility's program asks for a correction and follows what becomes of it, by a scope of its own; no value comes back."""

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from residents.registry import services
from residents.registry.models import CorrectionRequest
from sojourn.core.actors import Role
from sojourn.core.clock import now
from sojourn.desk.models import WorkItem
from sojourn.web.models import CarriedOut
from tests.factories.accounts import MembershipFactory
from tests.factories.facilities import FacilityFactory
from tests.factories.provinces import RuleFactory
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.actors import staff
from tests.residents.dumping import dump
from tests.residents.registry.families import family_member, linked
from tests.web.signing_in import sign_in
from tests.web.sweeping import program_of

pytestmark = pytest.mark.django_db
LIST = "/api/v1/corrections/"
SCOPE = "residents.ask_correction"
STOOD, PHONE = "00000000077", "10055501234"
SAID = {"field": "phone", "wanted": PHONE}


@pytest.fixture
def facility():
    return FacilityFactory(listed_name="样例云栖颐养院")


@pytest.fixture
def mother(facility):
    resident = ResidentFactory(name="单雪雁", phone=STOOD)
    AccessFactory(resident=resident, holder_id=facility.pk)
    return resident


def ask(client: Client, resident, key: str = "", **changed):
    headers = {"Idempotency-Key": key} if key else {}
    address = f"/api/v1/residents/{resident.pk}/ask-correction/"
    return client.post(address, {**SAID, **changed}, content_type="application/json", headers=headers)


def test_it_asks_and_follows_what_becomes_of_it_without_a_value(facility, mother):
    client = program_of(facility, [SCOPE])

    made = ask(client, mother)
    place = made["Location"]
    services.refuse_correction(
        request_id=CorrectionRequest.objects.get().pk, reason="not_proven", actor=staff("440106")
    )
    rows, row = client.get(LIST), client.get(place)

    assert made.status_code == 201
    assert (made.json()["resident"], made.json()["field"], made.json()["status"]) == (
        mother.number,
        "phone",
        "waiting",
    )
    assert rows.json()["results"] == [row.json()]
    assert (row.json()["status"], row.json()["refusal"]) == ("refused", "not_proven")
    for answer in (made, rows, row):
        assert [each for each in (STOOD, PHONE, "单雪雁", "1234") if each in answer.text] == []


def test_what_was_sent_again_is_asked_once_and_neither_row_nor_key_tells_it(facility, mother):
    client = program_of(facility, [SCOPE])

    first, again = ask(client, mother, "k1"), ask(client, mother, "k1")
    other = ask(client, mother, "k1", wanted="10055504321")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()
    assert CorrectionRequest.objects.count() == 1
    assert CarriedOut.objects.get().asked not in {"", None}
    assert PHONE not in dump()


def test_one_program_does_not_meet_the_key_of_another(facility, mother):
    assert ask(program_of(facility, [SCOPE]), mother, "k1").status_code == 201

    again = ask(program_of(facility, [SCOPE]), mother, "k1")

    assert (again.status_code, again.json()["code"]) == (409, "request_held")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"field": "identity_number"}, 403, "fields_not_open"),
        ({"field": "diets"}, 400, "invalid"),
        ({"field": "assessment"}, 400, "invalid"),
        ({"wanted": "12"}, 400, "facts_invalid"),
        ({"wanted": ""}, 400, "invalid"),
        ({"wanted": "-"}, 400, "fields_unknown"),
        ({"field": "name", "wanted": "-"}, 400, "facts_invalid"),
        ({"wanted": "1" * 999}, 400, "invalid"),
    ],
)
def test_a_wrong_request_is_a_problem_that_repeats_nothing(facility, mother, changed, status, code):
    answer = ask(program_of(facility, [SCOPE]), mother, **changed)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"].startswith("application/problem+json")
    assert [each for each in (STOOD, PHONE, "1" * 99) if each in answer.text] == []
    assert not CorrectionRequest.objects.exists()
    assert not WorkItem.objects.exists()


def test_a_date_of_birth_is_asked_as_a_day(facility):
    resident = ResidentFactory(identity_number=None, birth_on=now().date().replace(year=1948), sex="male")
    AccessFactory(resident=resident, holder_id=facility.pk, fields=["birth_on"])
    client = program_of(facility, [SCOPE])

    assert ask(client, resident, field="birth_on", wanted="1949").json()["code"] == "facts_invalid"
    assert ask(client, resident, field="birth_on", wanted="1949-01-31").status_code == 201


def test_it_takes_its_own_back_once(facility, mother):
    client = program_of(facility, [SCOPE])
    place = ask(client, mother)["Location"]

    answers = [client.post(f"{place}withdraw/") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[0].json()["status"] == "withdrawn"
    assert not WorkItem.objects.unfinished().exists()


def test_what_others_asked_and_whom_it_sees_no_more_is_not_there(facility, mother):
    guardian = family_member()
    linked(guardian, mother)
    theirs = services.ask_correction(resident_id=mother.pk, field="phone", value=PHONE, actor=guardian)
    other = FacilityFactory()
    AccessFactory(resident=mother, holder_id=other.pk)
    place = ask(program_of(other, [SCOPE]), mother)["Location"]
    client = program_of(facility, [SCOPE])

    for address in (place, f"{LIST}{theirs.pk}/"):
        assert client.get(address).status_code == 404
        assert client.post(f"{address}withdraw/").status_code == 404
    own = ask(client, mother)["Location"]
    mother.accesses.filter(holder_id=facility.pk).update(ends_at=now())

    assert client.get(own).status_code == 404
    assert client.post(f"{own}withdraw/").status_code == 404
    assert ask(client, mother).status_code == 404
    assert CorrectionRequest.objects.waiting().count() == 3


def test_without_the_scope_it_neither_asks_nor_follows(facility, mother):
    place = ask(program_of(facility, [SCOPE]), mother)["Location"]
    reader = program_of(facility, ["residents.read", "residents.disclose"])

    for answer in (
        ask(reader, mother),
        reader.get(LIST),
        reader.get(place),
        reader.post(f"{place}withdraw/"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_beyond_the_limit_it_is_told_to_wait(facility, mother):
    RuleFactory(key="facility_corrections_waiting", member_id="440000", value=1)
    client = program_of(facility, [SCOPE])

    assert ask(client, mother).status_code == 201
    assert ask(client, mother, field="name", wanted="单雪燕").json()["code"] == "too_many_requests"


def test_an_officer_corrects_herself_and_reads_what_waits_in_her_reach(facility, mother):
    ask(program_of(facility, [SCOPE]), mother)
    officer = sign_in(MembershipFactory(role=Role.OFFICER, division_code="440106").user)
    away = sign_in(MembershipFactory(role=Role.OFFICER, division_code="440105").user)

    assert [row["resident"] for row in officer.get(LIST).json()["results"]] == [mother.number]
    assert away.get(LIST).json()["results"] == []
    assert Client().get(LIST).status_code == 401


def test_a_list_narrows_and_asks_as_often_for_many_as_for_few(
    facility, mother, django_assert_max_num_queries
):
    client = program_of(facility, [SCOPE])
    ask(client, mother)
    with django_assert_max_num_queries(20) as few:
        client.get(LIST)
    for _ in range(5):
        resident = ResidentFactory()
        AccessFactory(resident=resident, holder_id=facility.pk)
        ask(client, resident)
    with django_assert_max_num_queries(20) as many:
        assert len(client.get(LIST).json()["results"]) == 6

    assert len(few) == len(many)
    assert len(client.get(f"{LIST}?resident={mother.number}").json()["results"]) == 1
    assert client.get(f"{LIST}?status=granted").json()["results"] == []
    assert client.get(f"{LIST}?field=phone").status_code == 400


def test_the_document_shows_the_verb_its_scope_and_its_key():
    verb = SchemaGenerator().get_schema(public=True)["paths"]["/api/v1/residents/{id}/ask-correction/"][
        "post"
    ]

    assert {"program": [SCOPE]} in verb["security"]
    assert {"201", "400", "403", "404", "409", "422", "429"} <= set(verb["responses"])
    assert "Idempotency-Key" in {parameter["name"] for parameter in verb["parameters"]}
