"""The token endpoint: RFC 6749's client credentials, and nothing else of it."""

import base64
import logging

import pytest
from django.test import Client

from sojourn.accounts.models import AccessToken, ApiKey
from tests.factories.accounts import ApiKeyFactory
from tests.factories.facilities import FacilityFactory

pytestmark = pytest.mark.django_db

URL = "/oauth/token/"
FORM = "application/x-www-form-urlencoded"
SECRET = "sjk_only-for-this-test"
GRANT = "grant_type=client_credentials"


@pytest.fixture
def key() -> ApiKey:
    return ApiKeyFactory(secret=SECRET)


def basic(client_id, secret: str) -> dict:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def ask(body: str, headers: dict | None = None, content_type: str = FORM, url: str = URL):
    return Client().post(url, body, content_type=content_type, headers=headers)


def in_body(key: ApiKey, secret: str = SECRET, more: str = "") -> str:
    return f"{GRANT}&client_id={key.client_id}&client_secret={secret}{more}"


def test_a_key_in_the_header_or_in_the_body_gets_a_token_that_no_cache_keeps(key):
    for answer in (ask(GRANT, basic(key.client_id, SECRET)), ask(in_body(key))):
        assert answer.status_code == 200
        body = answer.json()
        assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 600, "facilities.read")
        assert (answer["Cache-Control"], answer["Pragma"]) == ("no-store", "no-cache")
        asked = Client().get(
            "/api/v1/facilities/", headers={"Authorization": f"bearer {body['access_token']}"}
        )
        assert asked.status_code == 200


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "invalid_request"),
        ("client_id=x", "invalid_request"),
        ("grant_type=password&username=a&password=b", "unsupported_grant_type"),
        ("grant_type=authorization_code&code=x", "unsupported_grant_type"),
        ("grant_type=refresh_token&refresh_token=x", "unsupported_grant_type"),
        (f"{GRANT}&{GRANT}", "invalid_request"),
        (f"{GRANT}&padding={'x' * 9000}", "invalid_request"),
        (f"{GRANT}&scope=designations.read", "invalid_scope"),
        (f"{GRANT}&scope=", "invalid_scope"),
        (f"{GRANT}&client_secret={SECRET}", "invalid_request"),
        (f"{GRANT}&client_id=another", "invalid_request"),
    ],
)
def test_a_request_that_cannot_be_granted_is_told_why(body, error, key):
    answer = ask(body, basic(key.client_id, SECRET))

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["error_description"].isascii()
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic bm9jb2xvbg=="},
        {"Authorization": "Basic /////w=="},
        {"Authorization": "Bearer sjt_x"},
        {"Authorization": "Digest x"},
        basic("nobody", SECRET),
    ],
)
def test_whoever_does_not_prove_itself_is_asked_to(headers, key):
    answer = ask(GRANT, headers)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer["WWW-Authenticate"].startswith("Basic ")
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"]
)
def test_only_a_form_is_read(content_type, key):
    assert ask(in_body(key), content_type=content_type).json()["error"] == "invalid_request"


def test_what_stands_in_the_address_is_refused(key):
    answer = ask(in_body(key), url=f"{URL}?client_secret={SECRET}")

    assert answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options"])
def test_a_token_is_asked_for_by_post_alone(method):
    answer = getattr(Client(), method)(URL)

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer["Content-Type"] == "application/problem+json"


def test_after_too_many_failures_it_says_when_to_come_back(key):
    for _ in range(20):
        assert ask(in_body(key, "sjk_wrong")).status_code == 401

    answer = ask(in_body(key))

    assert (answer.status_code, answer.json()["code"]) == (429, "sign_in_locked")
    assert 0 < int(answer["Retry-After"]) <= 61


def test_a_key_with_signs_is_read_as_a_form_writes_it():
    key = ApiKeyFactory(secret="sjk_a+b %:c")

    answer = ask(GRANT, basic(key.client_id, "sjk_a%2Bb+%25%3Ac"))

    assert answer.status_code == 200


def test_neither_key_nor_token_is_written_to_a_log(key, caplog):
    with caplog.at_level(logging.DEBUG):
        token = ask(in_body(key)).json()["access_token"]
        ask(in_body(key, SECRET + "x"))
        Client().get("/api/v1/facilities/", headers={"Authorization": f"Bearer {token}"})

    assert SECRET not in caplog.text
    assert token not in caplog.text


def test_a_session_beside_a_token_counts_for_nothing(key):
    own, other = FacilityFactory(status="registered"), FacilityFactory(status="registered")
    type(key.client).objects.update(holder_id=own.pk)
    token = ask(in_body(key)).json()["access_token"]

    answers = {
        row: Client().get(f"/api/v1/facilities/{row.pk}/", headers={"Authorization": f"Bearer {token}"})
        for row in (own, other)
    }

    assert [answers[row].status_code for row in (own, other)] == [200, 404]
