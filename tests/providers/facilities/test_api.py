from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from providers.facilities.models import Facility
from sojourn.core.actors import Role
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.facilities import FacilityFactory, FeatureReportFactory, OperatorFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def county_officer() -> Client:
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    return sign_in(user)


def names(response) -> set[str]:
    assert response.status_code == 200, response.content
    return {row["listed_name"] for row in response.json()["results"]}


def test_a_program_reads_a_facility_with_its_answers(client):
    facility = FacilityFactory(
        open=True, reported=True, graded=True, levels_taken=["intact"], operator=OperatorFactory()
    )
    FeatureReportFactory(facility=facility)

    answer = client.get(f"/api/v1/facilities/{facility.pk}/").json()

    assert answer["id"] == str(facility.pk)
    assert (answer["number"], answer["division"], answer["owner"]) == (facility.number, "440106", "440000")
    assert (answer["operating_beds"], answer["beds_as_of"]) == (100, "2026-09-01")
    assert (answer["monthly_fee_fen"], answer["deposit_fen"]) == (350_000, 300_000)
    assert (answer["grade"], answer["graded_on"], answer["graded_until"]) == (3, "2025-06-01", "2028-06-01")
    assert (answer["operator"], answer["is_sample"]) == (str(facility.operator_id), True)
    assert answer["feature_reports"] == [
        {"feature": "lift", "answer": "yes", "as_of": "2026-09-01", "reported_by": "机构自报"}
    ]


def test_a_real_base_ships_nothing_but_what_is_public(client):
    facility = Facility.objects.get(listed_name="樵晋老龄家园")

    answer = client.get(f"/api/v1/facilities/{facility.pk}/").json()

    told = {name for name, value in answer.items() if value not in (None, "", [], False)}
    assert told == {
        "id",
        "owner",
        "number",
        "listed_name",
        "status",
        "division",
        "lng",
        "lat",
        "place_precision",
        "version",
        "changed_at",
    }
    assert (answer["division"], answer["place_precision"], answer["is_sample"]) == ("440600", "about", False)


def test_what_is_not_public_is_not_there_for_the_public(client):
    hidden = FacilityFactory()

    assert client.get(f"/api/v1/facilities/{hidden.pk}/").status_code == 404
    assert hidden.listed_name not in names(client.get("/api/v1/facilities/?page_size=100"))


def test_an_officer_reads_what_is_not_public_in_her_county(county_officer):
    here, elsewhere = FacilityFactory(), FacilityFactory(division_id="440300")

    assert county_officer.get(f"/api/v1/facilities/{here.pk}/").status_code == 200
    assert county_officer.get(f"/api/v1/facilities/{elsewhere.pk}/").status_code == 404


@pytest.mark.parametrize("code", ["23", "2301", "230103", "230000", "230100"])
def test_facilities_are_filtered_by_a_division_or_its_leading_digits(client, code):
    here = FacilityFactory(open=True, division_id="230103")

    assert names(client.get(f"/api/v1/facilities/?division={code}")) == {here.listed_name}


def test_facilities_are_filtered_by_status_kind_operator_and_number(client):
    operator = OperatorFactory()
    one = FacilityFactory(open=True, kind="care_home", operator=operator)
    two = FacilityFactory(paused=True, kind="apartment")

    assert names(client.get("/api/v1/facilities/?status=paused")) == {two.listed_name}
    assert names(client.get("/api/v1/facilities/?kind=care_home")) == {one.listed_name}
    assert names(client.get(f"/api/v1/facilities/?operator={operator.pk}")) == {one.listed_name}
    assert names(client.get(f"/api/v1/facilities/?number={two.number}")) == {two.listed_name}


@pytest.mark.parametrize("room", ["facilities", "operators"])
@pytest.mark.parametrize(
    "words",
    [
        "division=999999",
        "division=4",
        "division=44x",
        "division=440106%00",
        "number=%00",
        "number=" + "9" * 10_000,
        "page=2",
        "colour=red",
    ],
)
def test_a_word_that_cannot_be_read_is_refused(client, room, words):
    response = client.get(f"/api/v1/{room}/?{words}")

    assert response.status_code == 400
    assert response.json()["errors"]


@pytest.mark.parametrize("words", ["status=lost", "kind=hotel", "operator=7"])
def test_an_unknown_choice_is_refused(client, words):
    assert client.get(f"/api/v1/facilities/?{words}").status_code == 400


def test_operators_are_public_and_found_by_credit_code(client):
    operator = OperatorFactory(credit_code="00440106000000019A", registration_type="non_profit")

    [answer] = client.get("/api/v1/operators/?credit_code=00440106000000019A").json()["results"]

    assert (answer["id"], answer["name"], answer["division"]) == (str(operator.pk), operator.name, "440106")
    assert "standing" not in answer


def test_the_list_asks_as_many_questions_for_two_rows_as_for_twenty(client):
    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get("/api/v1/facilities/?page_size=50&division=23").status_code == 200
        return len(asked)

    for facility in FacilityFactory.create_batch(
        2, open=True, division_id="230103", operator=OperatorFactory()
    ):
        FeatureReportFactory(facility=facility)
    with_two = questions()
    for facility in FacilityFactory.create_batch(
        18, open=True, division_id="230103", operator=OperatorFactory()
    ):
        FeatureReportFactory(facility=facility, as_of=date(2026, 9, 2))

    assert questions() == with_two


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("room", ["facilities", "operators"])
def test_the_lists_are_read_only(client, room, method):
    assert getattr(client, method)(f"/api/v1/{room}/").status_code in {403, 405}
