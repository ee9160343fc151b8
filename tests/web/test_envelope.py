"""One envelope for every "no"."""

import json

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, OperationalError
from django.http import Http404
from psycopg import errors as postgres
from rest_framework import exceptions as drf

from sojourn.core import trace
from sojourn.core.ownership import NOT_OURS
from sojourn.core.refusals import Busy, Invalid, LostUpdate, NotPermitted, NotVisible, Refusal, WrongStatus
from sojourn.web.envelope import problem, refusal_for, to_response

KEYS = {"type", "title", "status", "detail", "code", "errors", "trace_id"}


def operational(cause: Exception) -> OperationalError:
    error = OperationalError("canceling statement")
    error.__cause__ = cause
    return error


class WriteOfCopy(psycopg.DatabaseError):
    sqlstate = NOT_OURS


def of_a_copy() -> DatabaseError:
    error = DatabaseError("facilities_facility of 500000 is written by another node")
    error.__cause__ = WriteOfCopy()
    return error


KNOWN = [
    (drf.NotAuthenticated(), 401, "sign_in_needed"),
    (drf.AuthenticationFailed(), 401, "sign_in_needed"),
    (drf.PermissionDenied(), 403, "not_permitted"),
    (PermissionDenied(), 403, "not_permitted"),
    (drf.NotFound(), 404, "not_found"),
    (Http404(), 404, "not_found"),
    (drf.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
    (drf.NotAcceptable(), 406, "not_acceptable"),
    (drf.UnsupportedMediaType("text/xml"), 415, "unsupported_media_type"),
    (drf.Throttled(7), 429, "too_many_requests"),
    (drf.ParseError(), 400, "invalid"),
    (drf.ValidationError({"name": ["x"]}), 400, "invalid"),
    (operational(postgres.LockNotAvailable()), 503, "busy"),
    (operational(postgres.QueryCanceled()), 503, "busy"),
    (operational(postgres.ConnectionException()), 503, "unavailable"),
    (of_a_copy(), 409, "not_ours"),
    (Invalid(), 400, "invalid"),
    (NotPermitted(), 403, "not_permitted"),
    (NotVisible(), 404, "not_found"),
    (WrongStatus(status="开放旅居", verb="登记"), 409, "wrong_status"),
    (LostUpdate(), 412, "lost_update"),
    (Busy(), 503, "busy"),
]


@pytest.mark.parametrize(("error", "status", "code"), KNOWN, ids=lambda value: type(value).__name__)
def test_every_known_no_leaves_in_the_one_envelope(error, status, code):
    trace_id = trace.begin()

    answer = to_response(error, None)

    body = json.loads(answer.content)
    assert answer.status_code == body["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    assert set(body) == KEYS
    assert (body["code"], body["trace_id"]) == (code, trace_id)
    assert body["title"]
    assert answer.has_header("Retry-After") is (status in {429, 503})


@pytest.mark.parametrize("bug", [ValueError("x"), KeyError("x"), ZeroDivisionError(), DatabaseError("x")])
def test_a_bug_stays_loud(bug):
    assert refusal_for(bug) is None
    assert to_response(bug, None) is None


def test_errors_of_fields_are_listed_by_their_place():
    nested = drf.ValidationError({"beds": [{"number": ["必填"]}, {}], "name": ["太长", "有误"]})

    errors = json.loads(to_response(nested, None).content)["errors"]

    assert errors == [
        {"field": "beds.number", "code": "invalid", "detail": "必填"},
        {"field": "name", "code": "invalid", "detail": "太长"},
        {"field": "name", "code": "invalid", "detail": "有误"},
    ]


def test_what_a_library_says_about_an_error_is_not_handed_on():
    answer = to_response(drf.ParseError("JSON parse error - 11010519491231002X"), None)

    assert b"11010519491231002X" not in answer.content


def test_a_throttled_caller_is_told_how_long_to_wait():
    assert to_response(drf.Throttled(7), None)["Retry-After"] == "7"
    assert problem(Busy())["Retry-After"] == "2"


def test_a_title_is_filled_with_the_facts_of_the_refusal():
    class BedTaken(Refusal):
        title = "床位{bed}已被占用"

    body = json.loads(problem(BedTaken(bed="3-201", detail="请另选")).content)

    assert (body["title"], body["detail"], body["status"]) == ("床位3-201已被占用", "请另选", 409)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/api/", "/api/nothing/", "/api/v1/nothing/", "/api/v1/divisions/999999/", "/sharing/x"]
)
def test_an_unknown_address_of_programs_is_a_problem_document(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["code"] == "not_found"
    assert json.loads(answer.content)["trace_id"] == answer["X-Trace-Id"]


@pytest.mark.django_db
def test_an_unknown_address_of_people_is_a_page(client):
    answer = client.get("/nothing/")

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_method_that_an_address_does_not_know_names_those_it_does(client, method):
    answer = getattr(client, method)("/api/v1/divisions/", data={}, content_type="application/json")

    assert answer.status_code == 405
    assert json.loads(answer.content)["code"] == "method_not_allowed"
    assert "GET" in answer["Allow"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?nonsense=1", "unknown_parameter"),
        ("?page_size=-1", "page_size_invalid"),
        ("?page_size=%00", "page_size_invalid"),
        ("?cursor=x", "cursor_invalid"),
        ("?changed_since=2026-01-01", "changed_since_invalid"),
    ],
)
def test_what_cannot_be_read_is_400_and_says_why(client, query, code):
    answer = client.get(f"/api/v1/divisions/{query}")

    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, code)


@pytest.mark.django_db
def test_another_form_than_json_is_not_to_be_had(client):
    answer = client.get("/api/v1/divisions/", headers={"accept": "text/xml"})

    assert answer.status_code == 406
    assert json.loads(answer.content)["code"] == "not_acceptable"
