"""The directory in the shape of Open Referral HSDS 3.0: our own expectations, and the standard's schemas."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from providers.facilities.models import Facility
from providers.search import directory_shapes as shapes
from sojourn.core.actors import Role
from sojourn.core.clock import frozen
from tests.architecture.house import ROOT
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.designation import BaseFactory
from tests.factories.facilities import FacilityFactory, FeatureReportFactory, OperatorFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

HSDS = "/api/v1/hsds/"
STANDARD = ROOT.parent / "shared" / "data" / "hsds_3_0" / "schema"
KINDS = {
    "organizations": ("organization", shapes.ORGANIZATION, shapes.ORGANIZATION_IN_FULL),
    "services": ("service", shapes.SERVICE, shapes.SERVICE_IN_FULL),
    "locations": ("location", shapes.LOCATION, shapes.LOCATION_IN_FULL),
    "service_at_locations": (
        "service_at_location",
        shapes.SERVICE_AT_LOCATION,
        shapes.SERVICE_AT_LOCATION_IN_FULL,
    ),
}


def answer(path: str, *, status: int = 200) -> dict:
    response = Client().get(f"{HSDS}{path}")
    assert response.status_code == status, response.content.decode()
    return response.json()


def troubles(shape: dict, told: dict, **options) -> list[str]:
    validator = Draft202012Validator(shape, format_checker=Draft202012Validator.FORMAT_CHECKER, **options)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(told)]


@pytest.fixture
def home() -> Facility:
    """A facility that reported everything."""
    facility = FacilityFactory(
        open=True,
        reported=True,
        graded=True,
        kind="care_home",
        operator=OperatorFactory(registration_type="non_profit", credit_code="00440106000000019A"),
        address="样例路1号",
        lng=Decimal("113.361200"),
        lat=Decimal("23.124300"),
        place_precision="exact",
        levels_taken=["intact", "mild"],
        languages=["mandarin", "cantonese"],
        telephone="0000-0000001",
        telephone_hours="全天",
    )
    FeatureReportFactory(facility=facility, feature="lift", answer="yes")
    FeatureReportFactory(facility=facility, feature="hot_water", answer="no")
    FeatureReportFactory(facility=facility, feature="call_button", answer="unknown")
    return facility


@pytest.fixture
def silent() -> Facility:
    """A facility that reported nothing, in a city without counties."""
    return FacilityFactory(open=True, division_id="442000")


@pytest.fixture
def every_answer(home, silent) -> list[tuple[str, str, dict]]:
    """Lists and details of all kinds, of a facility that told everything, one that told nothing, and real ones."""
    found = []
    for path, (kind, _shape, _whole) in KINDS.items():
        listed = answer(f"{path}/?per_page=100")["contents"]
        found += [(path, kind, row) for row in listed]
        found += [(f"{path}/{{id}}", kind, answer(f"{path}/{row['id']}/")) for row in listed]
    return found


def test_every_answer_has_the_shape_that_we_declare(every_answer):
    assert len(every_answer) > 80
    for path, _kind, told in every_answer:
        name, _, whole = path.partition("/")
        assert troubles(KINDS[name][2 if whole else 1], told) == [], path


@pytest.mark.skipif(not STANDARD.is_dir(), reason="the schemas of the standard are not beside this tree")
def test_every_answer_has_the_shape_of_the_standard(every_answer):
    schemas = {file.name: json.loads(file.read_text("utf-8")) for file in STANDARD.glob("*.json")}
    resources = [(name, Resource(schema, DRAFT202012)) for name, schema in schemas.items()]
    registry = Registry().with_resources(resources)

    for path, kind, told in every_answer:
        assert troubles(schemas[f"{kind}.json"], told, registry=registry) == [], path


@pytest.mark.skipif(not STANDARD.is_dir(), reason="the schemas of the standard are not beside this tree")
def test_we_fill_only_fields_that_the_standard_has(every_answer):
    fields = {
        file.stem: set(json.loads(file.read_text("utf-8")).get("properties", ()))
        for file in Path(STANDARD).glob("*.json")
    }
    beyond = {"organization": {"services"}, "service_at_location": {"service"}}  # of the standard's own API

    for path, kind, told in every_answer:
        assert set(told) - fields[kind] - beyond.get(kind, set()) == set(), path


def test_the_root_names_version_description_and_source():
    told = answer("")

    assert troubles(shapes.ROOT, told) == []
    assert told["version"] == "3.0"
    assert told["openapi_url"] == "http://testserver/api/v1/schema/"
    assert "Open Referral" in told["attribution"]
    assert "CC BY-SA 4.0" in told["attribution"]


def test_a_service_tells_what_was_reported_in_words_and_figures(home):
    with frozen(date(2026, 10, 1)):
        told = answer(f"services/{home.pk}/")

    assert (told["id"], told["name"], told["status"]) == (str(home.pk), home.listed_name, "active")
    assert told["fees_description"] == "每月¥3,500（床位费、照料护理费与餐费），2026-09-01的价格。"
    assert told["eligibility_description"] == "接收的能力等级：能力完好、能力轻度受损（轻度失能）。"
    assert told["accreditations"] == "养老机构等级三级，有效至2028-06-01。"
    assert told["alert"] == "样例数据，不是真实单位"
    assert told["organization"]["legal_status"] == "民办非营利"
    assert [(cost["option"], cost["amount"], cost["valid_from"]) for cost in told["cost_options"]] == [
        ("床位费", 1500.0, "2026-09-01"),
        ("照料护理费", 1200.0, "2026-09-01"),
        ("餐费", 800.0, "2026-09-01"),
        ("押金", 3000.0, "2026-09-01"),
    ]
    assert {one["taxonomy_term"]["code"]: one["value"] for one in told["attributes"]} == {
        "filed_beds": "120",
        "operating_beds": "100",
        "nursing_beds": "60",
        "lift": "yes",
        "hot_water": "no",
    }
    assert [(one["name"], one["code"]) for one in told["languages"]] == [("普通话", "cmn"), ("粤语", "yue")]
    assert [phone["number"] for phone in told["phones"]] == ["0000-0000001"]


def test_a_grade_that_ran_out_is_no_accreditation(home):
    with frozen(date(2028, 6, 2)):
        assert "accreditations" not in answer(f"services/{home.pk}/")


def test_a_live_designation_is_an_accreditation():
    facility = FacilityFactory(open=True)
    BaseFactory(facility=facility, designated_on=date(2021, 11, 15))

    for path in (f"services/{facility.pk}/", f"service_at_locations/{facility.pk}/"):
        told = answer(path)
        assert told.get("service", told)["accreditations"] == "广东省旅居养老示范基地，2021-11-15认定。"


def test_a_location_tells_where_and_what_helps_to_get_in(home):
    told = answer(f"locations/{home.pk}/")

    assert (told["latitude"], told["longitude"]) == (23.1243, 113.3612)
    assert told["description"] == "样例数据，不是真实单位。广东省广州市天河区。准确位置。"
    assert (told["external_identifier"], told["organization_id"]) == (home.number, str(home.operator_id))
    [address] = told["addresses"]
    assert (address["address_1"], address["region"], address["city"], address["state_province"]) == (
        "样例路1号",
        "天河区",
        "广州市",
        "广东省",
    )
    assert (address["postal_code"], address["country"]) == ("", "CN")
    assert [(one["description"], one["details"]) for one in told["accessibility"]] == [
        ("电梯", "是（2026-09-01申报）")
    ]


def test_what_was_not_reported_is_left_out(silent):
    told = answer(f"services/{silent.pk}/")

    assert set(told) == {
        "id",
        "name",
        "description",
        "status",
        "alert",
        "last_modified",
        "phones",
        "languages",
        "cost_options",
        "service_at_locations",
        "attributes",
    }
    [link] = told["service_at_locations"]
    [address] = link["location"]["addresses"]
    assert (address["address_1"], address["city"], "region" in address) == ("广东省中山市", "中山市", False)
    assert "latitude" not in link["location"]


def test_a_county_under_a_municipality_has_the_municipality_for_its_city():
    facility = FacilityFactory(open=True, division_id="500101")

    [address] = answer(f"locations/{facility.pk}/")["addresses"]

    assert (address["city"], address["state_province"], address["region"]) == ("重庆市", "重庆市", "万州区")


def test_an_organization_names_its_identifiers_and_its_public_sites(home):
    FacilityFactory(operator=home.operator, listed_name="尚未开放的养老院")

    told = answer(f"organizations/{home.operator_id}/")

    assert {(one["identifier_type"], one["identifier"]) for one in told["organization_identifiers"]} == {
        ("编号", home.operator.number),
        ("统一社会信用代码", "00440106000000019A"),
    }
    assert [site["name"] for site in told["services"]] == [home.listed_name]
    assert [site["id"] for site in told["locations"]] == [str(home.pk)]


def test_a_paused_facility_is_closed_for_a_while_and_others_are_not_there():
    paused, hidden, closed = FacilityFactory(paused=True), FacilityFactory(), FacilityFactory(closed=True)

    assert answer(f"services/{paused.pk}/")["status"] == "temporarily closed"
    for gone in (hidden, closed):
        answer(f"services/{gone.pk}/", status=404)
        answer(f"locations/{gone.pk}/", status=404)


def test_an_officer_finds_no_more_here_than_anybody():
    hidden, officer = FacilityFactory(), UserFactory()
    MembershipFactory(user=officer, role=Role.OFFICER, division_code="440106")
    client = sign_in(officer)

    assert client.get(f"/api/v1/facilities/{hidden.pk}/").status_code == 200
    assert client.get(f"{HSDS}services/{hidden.pk}/").status_code == 404


def test_pages_come_in_the_envelope_of_the_standard_and_hold_every_row_once():
    FacilityFactory.create_batch(5, open=True)
    whole = answer("services/?per_page=100")

    pages = [
        answer(f"services/?per_page=3&page={number}") for number in range(1, whole["total_items"] // 3 + 2)
    ]

    assert [row for page in pages for row in page["contents"]] == whole["contents"]
    first, last = pages[0], pages[-1] if pages[-1]["contents"] else pages[-2]
    assert (first["first_page"], first["last_page"], first["size"], first["empty"]) == (True, False, 3, False)
    assert (last["last_page"], last["total_pages"]) == (True, last["page_number"])
    assert troubles(shapes.page_of(shapes.SERVICE), first) == []


def test_a_page_behind_the_last_is_empty():
    told = answer("locations/?page=9999")

    assert (told["contents"], told["empty"], told["last_page"], told["size"]) == ([], True, True, 0)


def test_services_are_found_by_words_operator_and_change(home, silent):
    found = answer(f"services/?organization_id={home.operator_id}")["contents"]
    since = home.changed_at.isoformat().replace("+", "%2B")
    changed = answer(f"services/?per_page=100&modified_after={since}")["contents"]

    assert [row["id"] for row in found] == [str(home.pk)]
    assert {row["id"] for row in changed} >= {str(home.pk), str(silent.pk)}
    assert [row["name"] for row in answer("services/?search=聚龍灣")["contents"]] == ["揭阳市聚龙湾护理院"]
    assert answer(f"organizations/?search={home.operator.name}")["total_items"] == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "words", ["page=0", "page=x", "per_page=0", "per_page=101", "cursor=1", "full=true", "modified_after=now"]
)
def test_a_word_that_cannot_be_read_is_refused(kind, words):
    assert answer(f"{kind}/?{words}", status=400)["errors"] is not None


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there_is_not_found(kind):
    answer(f"{kind}/{uuid4()}/", status=404)
    answer(f"{kind}/x/", status=404)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_asks_as_many_questions_for_two_rows_as_for_twenty(kind):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            answer(f"{kind}/?per_page=100")
        return len(asked)

    FacilityFactory.create_batch(2, open=True, operator=OperatorFactory())
    with_two = questions()
    for facility in FacilityFactory.create_batch(18, open=True, operator=OperatorFactory()):
        FeatureReportFactory(facility=facility)

    assert questions() == with_two <= 5


def test_readers_of_english_get_english(home):
    with translation.override("zh-hans"):  # a request leaves its language behind
        told = Client().get(f"{HSDS}services/{home.pk}/", headers={"accept-language": "en"}).json()

    assert told["alert"] == "Sample data, not a real body"
    assert told["name"] == home.listed_name
