"""What happens around every request: trace, actor, refusals, and nothing typed in a log."""

import io
import json
import logging

import pytest
from django.conf import settings as project
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from sojourn.core import trace
from sojourn.core.actors import PUBLIC, Role
from sojourn.core.refusals import WrongStatus
from sojourn.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401
from sojourn.web.access import Access, declared
from sojourn.web.middleware import known_parameters
from tests.factories.accounts import MembershipFactory
from tests.web.signing_in import sign_in

CANARY = "11010519491231002X"
PHONE = "13800138000"


@declared(Access.PUBLIC)
def break_down(request, canary=""):
    """A bug whose message quotes what a person typed."""
    raise ValueError(f"no such person: {canary} {request.GET} {request.body!r}")


@declared(Access.PUBLIC)
def refuse(_request):
    raise WrongStatus(status="开放旅居", verb="登记")


@declared(Access.SIGNED_IN)
def who(request):
    return HttpResponse(f"{request.actor.role} {request.actor.second_factor}")


@declared(Access.PUBLIC)
def anyone(request):
    return HttpResponse(
        f"{request.actor.role} {request.actor == PUBLIC} {trace.current() == request.trace_id}"
    )


urlpatterns = [
    *urlpatterns,
    path("broken/<str:canary>/", break_down),
    path("api/v1/broken/<str:canary>/", break_down),
    path("refused/", refuse),
    path("api/v1/refused/", refuse),
    path("who/", who),
    path("anyone/", anyone),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def lines():
    """What is logged during a test, as a node writes it: by its root handler and by every logger it names."""
    written = io.StringIO()
    words = dict(project.LOGGING["formatters"]["json"])
    handler = logging.StreamHandler(written)
    handler.setFormatter(words.pop("()")(**words))
    loggers = [logging.getLogger(name) for name in ("", *project.LOGGING["loggers"])]
    loggers = [logger for logger in loggers if logger.handlers or logger.propagate]
    for logger in loggers:
        logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    for logger in loggers:
        logger.removeHandler(handler)


# --- nothing typed in a log -----------------------------------------------------------------------
@pytest.mark.parametrize("prefix", ["/broken", "/api/v1/broken"])
def test_a_bug_is_logged_by_its_place_and_tells_nothing_of_what_was_typed(visitor, lines, prefix):
    answer = visitor.post(
        f"{prefix}/{CANARY}/?q={CANARY}&{CANARY}={PHONE}",
        data=json.dumps({"phone": PHONE, CANARY: CANARY}),
        content_type="application/json",
        headers={"user-agent": CANARY, "referer": f"https://x.example/{CANARY}", "cookie": f"a={CANARY}"},
    )

    assert answer.status_code == 500
    (error,) = [line for line in lines() if line.get("error")]
    assert (error["event"], error["error"]) == ("unhandled", "ValueError")
    assert error["places"][-1].endswith("break_down")
    written = json.dumps(lines(), ensure_ascii=False)
    assert CANARY not in written
    assert PHONE not in written
    assert CANARY not in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/nothing/{canary}/",
        "/bases/?q={canary}",
        "/admin/{canary}/",
        "/api/v1/{canary}/",
        "/accounts/{canary}",
    ],
)
def test_no_other_answer_leaves_what_was_typed_in_a_log(visitor, lines, address):
    visitor.get(address.format(canary=CANARY), headers={"user-agent": CANARY, "host": "localhost"})

    assert lines()
    assert CANARY not in json.dumps(lines())


def test_a_host_that_is_not_ours_is_refused_without_naming_it(visitor, lines):
    answer = visitor.get("/", headers={"host": f"{CANARY}.example"})

    assert answer.status_code == 400
    assert CANARY not in json.dumps(lines())


def test_signing_in_leaves_neither_name_nor_passphrase_nor_code_in_a_log(visitor, lines):
    visitor.post("/accounts/sign-in/", {"login": CANARY, "password": PHONE})
    visitor.post("/accounts/sign-in/code/", {"code": PHONE})

    assert len([line for line in lines() if line["event"] == "request"]) >= 2
    assert CANARY not in json.dumps(lines())
    assert PHONE not in json.dumps(lines())


def test_parameters_are_logged_by_name_and_only_where_it_looks_like_one(rf):
    request = rf.get("/", {"q": "1", "page_size": "2", "张三": "3", "a" * 21: "4", "x1": "5", PHONE: "6"})

    assert known_parameters(request) == ["page_size", "q"]


# --- trace, actor, refusals -----------------------------------------------------------------------
def test_every_answer_carries_a_trace_id_of_its_own(visitor):
    first, second = visitor.get("/anyone/"), visitor.get("/anyone/")

    assert len(first["X-Trace-Id"]) == 32
    assert first["X-Trace-Id"] != second["X-Trace-Id"]
    assert first.content.endswith(b"True")


def test_a_stranger_is_the_public_and_costs_no_query(visitor, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = visitor.get("/anyone/")

    assert answer.content == b"public True True"


def test_whoever_signed_in_is_known_by_role_and_by_what_the_session_proved():
    user = MembershipFactory(role=Role.AUDITOR, division_code="440000").user

    assert sign_in(user).get("/who/").content == b"auditor True"
    assert sign_in(user, second_factor=False).get("/who/").content == b"auditor False"


def test_a_page_that_is_not_for_strangers_leads_to_sign_in(visitor):
    assert visitor.get("/who/").url == "/accounts/sign-in/?next=/who/"


def test_a_refusal_is_a_page_for_people_and_a_problem_for_programs(visitor):
    page, document = visitor.get("/refused/"), visitor.get("/api/v1/refused/")

    assert page.status_code == document.status_code == 409
    assert "当前状态为“开放旅居”，不能“登记”" in page.content.decode()
    assert document["Content-Type"] == "application/problem+json"
    assert json.loads(document.content)["code"] == "wrong_status"


def test_a_bug_is_a_page_in_three_languages_and_a_problem_for_programs(visitor):
    page, document = visitor.get("/broken/x/"), visitor.get("/api/v1/broken/x/")

    assert page.status_code == document.status_code == 500
    assert json.loads(document.content)["code"] == "internal_error"
    assert page["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "address", ["/%00", "/bases/%00/", "/admin/?q=%00", "/accounts/sign-in/?next=%00", "/admin/?%00=1"]
)
def test_u0000_in_an_address_is_400(visitor, address):
    assert visitor.get(address).status_code == 400


def test_the_figures_have_no_label_that_a_caller_can_make_up(visitor):
    visitor.generic("CANARY", "/anyone/")
    visitor.get(f"/nothing/{CANARY}/")

    figures = visitor.get("/metrics").content.decode()

    assert 'method="other",route="/anyone/"' in figures
    assert CANARY not in figures
    assert 'method="CANARY"' not in figures
