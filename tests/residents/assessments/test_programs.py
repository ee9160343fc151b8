"""A program of an assessment body reads what the body makes, and writes nothing that a person answers for."""

import pytest
from django.test import Client

from residents.assessments.holders import body_numbered
from residents.assessments.models import ItemReading
from residents.assessments.naming import BODY_HOLDER
from tests.factories.accounts import ApiClientFactory, ApiKeyFactory, token_of
from tests.factories.assessments import BodyFactory, final

pytestmark = pytest.mark.django_db
LIST = "/api/v1/assessments/"


def program(body, *scopes):
    account = ApiClientFactory(holder_kind=BODY_HOLDER, holder_id=body.pk, scopes=list(scopes))
    token = token_of(ApiKeyFactory(client=account), list(scopes))
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_it_sees_the_assessments_of_its_body_and_of_no_other():
    own, other = final(), final()
    assert own.body_id != other.body_id

    client = program(own.body, "assessments.read")

    assert [(row["number"], row["level"]) for row in client.get(LIST).json()["results"]] == [
        (own.number, own.level)
    ]
    assert client.get(f"{LIST}{own.pk}/").json()["findings"] is None
    assert client.get(f"{LIST}{other.pk}/").status_code == 404
    assert not ItemReading.objects.exists()


def test_it_signs_and_assigns_nothing():
    done = final()
    client = program(done.body, "assessments.read", "assessments.write")

    assert client.post(f"{LIST}{done.pk}/sign/").status_code in {403, 409, 428}
    assert client.post(LIST, {}, content_type="application/json").status_code == 400


def test_a_body_is_found_by_its_number_where_its_facts_are_written():
    body = BodyFactory()

    assert body_numbered(body.number).id == body.pk
    assert body_numbered("RS44-000001-X") is None
