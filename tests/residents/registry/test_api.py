"""A program of a facility reads the residents that an access opens to it, masked; plain only by disclosing."""

from datetime import timedelta

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from residents.registry.models import Disclosure
from residents.registry.services import disclosures_of
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import now
from sojourn.core.identifiers import sample_identity
from sojourn.core.models import AuditEntry
from tests.factories.accounts import (
    ApiClientFactory,
    ApiKeyFactory,
    MembershipFactory,
    UserFactory,
    token_of,
)
from tests.factories.facilities import FacilityFactory
from tests.factories.provinces import RuleFactory
from tests.factories.residents import BORN, AccessFactory, ResidentFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
LIST = "/api/v1/residents/"
BOTH = ("residents.read", "residents.disclose")
SECRETS = ("单雪雁", "00000000077", sample_identity(44, BORN), "仇归林")
ASKED = {"fields": ["name", "phone"], "purpose": "check_in", "case": "RZ-2026-0031"}


@pytest.fixture
def facility():
    return FacilityFactory(listed_name="样例云栖颐养院")


def key_of(facility, *scopes):
    account = ApiClientFactory(holder_id=facility.pk, holder_number=facility.number, scopes=list(scopes))
    return ApiKeyFactory(client=account)


def program(facility, *scopes, key=None) -> Client:
    token = token_of(key or key_of(facility, *scopes), list(scopes))
    return Client(headers={"Authorization": f"Bearer {token}"})


def opened(facility, **changed):
    """A resident of whom name and phone are open to the facility."""
    resident = ResidentFactory(
        name="单雪雁", phone="00000000077", contact_name="仇归林", mobility="wheelchair", diets=["halal"]
    )
    AccessFactory(resident=resident, holder_id=facility.pk, **changed)
    return resident


def ask(client, resident, **changed):
    return client.post(
        f"{LIST}{resident.pk}/disclose/", {**ASKED, **changed}, content_type="application/json"
    )


def test_it_reads_whom_an_access_opens_to_its_facility_and_nobody_else(facility):
    resident = opened(facility)
    over, others = opened(facility, over=True), opened(FacilityFactory())
    waiting = opened(facility, opens_at=now() + timedelta(days=1))
    client = program(facility, *BOTH)

    rows = client.get(LIST).json()["results"]

    assert [row["number"] for row in rows] == [resident.number]
    assert rows[0]["open_fields"] == ["name", "phone"]
    assert rows[0]["open_until"].startswith("2100-01-01")
    for other in (over, others, waiting, ResidentFactory()):
        assert client.get(f"{LIST}{other.pk}/").status_code == 404
        assert ask(client, other).status_code == 404
    assert not Disclosure.objects.exists()


def test_what_is_open_is_masked_and_what_is_not_open_is_left_out(facility):
    resident = opened(facility)
    client = program(facility, *BOTH)

    answer = client.get(f"{LIST}{resident.pk}/")

    assert answer.json()["facts"] == {"name": "单**", "phone": "000******77"}
    for text in (answer.content.decode(), client.get(LIST).content.decode()):
        assert [secret for secret in (*SECRETS, "wheelchair", "halal", "440106") if secret in text] == []


def test_an_access_without_a_field_shows_only_that_she_is_there(facility):
    resident = opened(facility, fields=[])
    client = program(facility, *BOTH)

    assert client.get(f"{LIST}{resident.pk}/").json()["facts"] == {}
    assert ask(client, resident).status_code == 403


def test_a_disclosure_lets_the_facts_out_and_she_reads_who_looked(facility):
    resident = opened(facility)
    client = program(facility, *BOTH)

    answer = ask(client, resident)

    assert answer.status_code == 200
    assert answer.json() == {"facts": {"name": "单雪雁", "phone": "00000000077"}}
    assert answer["Cache-Control"] == "no-store"
    row = Disclosure.objects.get()
    assert (row.fields, row.purpose, row.case) == (["name", "phone"], "check_in", "RZ-2026-0031")
    assert row.on_behalf_of == f"facility:{facility.number}"
    [sentence] = disclosures_of(resident, SYSTEM)
    assert sentence.startswith("样例云栖颐养院养老机构账号于")
    assert sentence.endswith("查看了姓名、本人电话，用途：入住交接，事由：RZ-2026-0031")
    assert AuditEntry.objects.filter(action="resident.disclosed", actor_user_id=row.actor_user_id).exists()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"fields": ["identity_number"]}, 403),
        ({"fields": []}, 400),
        ({"fields": ["health"]}, 400),
        ({"purpose": "curiosity"}, 400),
        ({"purpose": None}, 400),
        ({"case": " "}, 400),
        ({"case": "长" * 81}, 400),
    ],
)
def test_a_wrong_question_is_refused_as_a_problem_and_nothing_is_let_out(facility, changed, status):
    resident = opened(facility)

    answer = ask(program(facility, *BOTH), resident, **changed)

    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/problem+json")
    assert [secret for secret in SECRETS if secret in answer.content.decode()] == []
    assert not Disclosure.objects.exists()


def test_a_program_asks_no_oftener_than_the_rule_of_her_province_lets_it(facility):
    RuleFactory(key="disclosures_an_hour", member_id="440000", value=1)
    resident, client = opened(facility), program(facility, *BOTH)

    assert ask(client, resident).status_code == 200
    assert ask(client, resident).status_code == 429
    assert Disclosure.objects.count() == 1


def test_without_the_scope_it_reads_but_discloses_nothing(facility):
    resident = opened(facility)
    reader, other = program(facility, "residents.read"), program(facility, "facilities.read")

    assert reader.get(LIST).status_code == 200
    assert ask(reader, resident).status_code == 403
    assert other.get(LIST).status_code == 403
    assert other.get(f"{LIST}{resident.pk}/").status_code == 403


def test_a_revoked_key_and_an_ended_access_open_nothing_from_the_next_request(facility):
    resident = opened(facility)
    key = key_of(facility, *BOTH)
    client, second = program(facility, *BOTH, key=key), program(facility, *BOTH)
    assert client.get(LIST).status_code == 200

    key.revoked_at = now()
    key.save(update_fields=["revoked_at"])
    resident.accesses.update(ends_at=now())

    assert client.get(LIST).status_code == 401
    assert ask(client, resident).status_code == 401
    assert second.get(LIST).json()["results"] == []
    assert ask(second, resident).status_code == 404


def test_pages_hold_every_resident_once_without_counting(facility, django_assert_num_queries):
    numbers = {opened(facility).number for _ in range(5)}
    client, found, address = program(facility, *BOTH), [], f"{LIST}?page_size=2"

    while address:
        page = client.get(address).json()
        assert set(page) == {"results", "next"}
        found += [row["number"] for row in page["results"]]
        address = page["next"]

    assert (len(found), set(found)) == (5, numbers)


def test_a_list_asks_as_often_for_twenty_as_for_two(facility, django_assert_max_num_queries):
    client = program(facility, *BOTH)
    for _ in range(2):
        opened(facility)
    with django_assert_max_num_queries(30) as few:
        client.get(LIST)
    for _ in range(18):
        opened(facility)
    with django_assert_max_num_queries(30) as many:
        client.get(LIST)

    assert len(few) == len(many)


def test_the_staff_of_her_home_reads_her_masked_in_a_session_and_others_read_nothing(facility):
    resident = opened(facility)
    home, away = (
        MembershipFactory(user=UserFactory(), role=Role.OFFICER, division_code=code).user
        for code in ("440106", "440105")
    )

    seen, unseen = sign_in(home), sign_in(away)

    assert [row["number"] for row in seen.get(LIST).json()["results"]] == [resident.number]
    assert seen.get(f"{LIST}{resident.pk}/").json()["facts"]["name"] == "单**"
    assert unseen.get(LIST).json()["results"] == []
    assert unseen.get(f"{LIST}{resident.pk}/").status_code == 404
    assert Client().get(LIST).status_code == 401


def test_filters_narrow_and_a_word_nobody_knows_is_refused(facility):
    resident = opened(facility)
    opened(facility)
    client = program(facility, *BOTH)

    assert [row["id"] for row in client.get(f"{LIST}?number={resident.number}").json()["results"]] == [
        str(resident.pk)
    ]
    assert client.get(f"{LIST}?status=died").json()["results"] == []
    for wrong in ("phone=00000000077", "changed_since=x", "status=unknown"):
        assert client.get(f"{LIST}?{wrong}").status_code == 400


def test_the_document_shows_the_door_with_an_example_and_its_scopes():
    paths = SchemaGenerator().get_schema(public=True)["paths"]

    disclose = paths["/api/v1/residents/{id}/disclose/"]["post"]
    assert {"program": ["residents.disclose"]} in disclose["security"]
    assert {"program": ["residents.read"]} in paths[LIST]["get"]["security"]
    assert disclose["requestBody"]["content"]["application/json"]["examples"]
    assert {"200", "400", "401", "403", "404", "429"} <= set(disclose["responses"])
