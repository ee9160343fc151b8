"""A program's token × every operation of the API: what it was not given is shut, and what is no token is nobody."""

import pytest
import yaml
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from sojourn.accounts import services
from sojourn.accounts.services.programs import Grant
from sojourn.core import scopes
from sojourn.core.actors import SYSTEM, Role
from sojourn.urls import router
from sojourn.web.access import Access, DeclaredAccess, scope_of
from sojourn.web.envelope import ScopeMissing
from sojourn.web.scoped import ScopedViewSet
from tests.factories.accounts import ApiClientFactory, ApiKeyFactory, MembershipFactory, token_of
from tests.factories.facilities import FacilityFactory
from tests.web.signing_in import sign_in
from tests.web.sweeping import program_of

pytestmark = pytest.mark.django_db


def operations() -> list[tuple[str, str, str, str]]:
    """Every operation: its name, method, address, and the scope it asks of a program."""
    found = []
    for prefix, viewset, _name in router.registry:
        for route in router.get_routes(viewset):
            for method, action in router.get_method_map(viewset, route.mapping).items():
                view = viewset()
                view.action = action
                address = route.url.format(prefix=f"/api/v1/{prefix}", lookup="x", trailing_slash="/")
                address = address.strip("^$").removesuffix("/")
                found.append((f"{prefix} {action}", method, f"{address}/", scope_of(view)))
    return found


OPERATIONS = operations()


def test_every_operation_is_looked_at():
    assert len(OPERATIONS) >= 20
    assert {"facilities list", "facilities retrieve", "hsds list"} <= {name for name, *_ in OPERATIONS} | {
        "hsds list"
    }


@pytest.mark.parametrize(("name", "scope"), [(name, scope) for name, _, _, scope in OPERATIONS])
def test_every_operation_declares_a_scope_that_a_room_offers(name, scope):
    assert scope in scopes.registered()


@pytest.mark.parametrize(("name", "method", "address", "scope"), OPERATIONS)
def test_a_token_opens_what_it_was_given_and_nothing_else(name, method, address, scope):
    facility = FacilityFactory()
    others = [each for each in scopes.registered() if each != scope]

    without = getattr(program_of(facility, others), method)(address)
    within = getattr(program_of(FacilityFactory(), [scope]), method)(address)

    assert (without.status_code, without.json()["code"]) == (403, "scope_missing")
    assert f'error="insufficient_scope", scope="{scope}"' in without["WWW-Authenticate"]
    # What a verb misses in an empty request, or whom it concerns, is said by the room and not by the door.
    assert within.status_code in ({200, 404} if method == "get" else {400, 403, 404, 415})
    assert within.json().get("code") != "scope_missing"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_method_that_no_action_answers_is_shut_all_the_same(method):
    answer = getattr(program_of(FacilityFactory(), ["bases.read"]), method)("/api/v1/facilities/")

    assert answer.status_code == 403


def test_a_view_that_declares_no_scope_lets_no_program_in():
    class Unscoped(ScopedViewSet):
        access = Access.PUBLIC

    request = APIRequestFactory().get("/")
    request.user, request.auth = AnonymousUser(), Grant(ApiClientFactory(), frozenset(scopes.registered()))

    with pytest.raises(ScopeMissing):
        DeclaredAccess().has_permission(request, Unscoped())


@pytest.mark.parametrize("access", [Access.STAFF, None])
def test_a_scope_opens_no_door_that_is_shut_to_programs(access, rf):
    class Shut(ScopedViewSet):
        scope = "facilities.read"

        def list(self, _request):
            return Response([])

    Shut.access = access
    officer = MembershipFactory(role=Role.OFFICER).user
    browser = sign_in(officer)
    token = token_of(ApiKeyFactory(), ["facilities.read"])
    request = rf.get("/", headers={"Authorization": f"Bearer {token}"})
    request.session, request.user = browser.session, officer
    request.actor = SYSTEM  # what the session of the same request might be

    answer = Shut.as_view({"get": "list"})(request)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer sjt_unknown",
        "bearer a b",
        "Bearer ü",
        "Bearer " + "x" * 5000,
        "BEARER x,y",
    ],
)
def test_what_is_no_live_token_is_answered_401_also_where_anyone_may_read(header):
    answer = Client().get("/api/v1/facilities/", headers={"Authorization": header})

    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert answer["WWW-Authenticate"] == 'Bearer realm="sojourn", error="invalid_token"'


def test_the_request_after_a_revocation_is_answered_401():
    key = ApiKeyFactory()
    program = Client(headers={"Authorization": f"Bearer {token_of(key, ['facilities.read'])}"})
    assert program.get("/api/v1/facilities/").status_code == 200

    services.revoke_key(key_id=key.pk, actor=SYSTEM)

    assert program.get("/api/v1/facilities/").status_code == 401


def test_a_program_sees_its_own_facility_and_not_that_of_another_holder():
    own, other = FacilityFactory(status="registered"), FacilityFactory(status="registered")
    program = program_of(own, ["facilities.read"])

    assert program.get(f"/api/v1/facilities/{own.pk}/").status_code == 200
    assert program.get(f"/api/v1/facilities/{other.pk}/").status_code == 404


def test_a_bad_token_is_not_helped_by_a_session():
    browser = sign_in(MembershipFactory(role=Role.OFFICER).user)

    answer = browser.get("/api/v1/facilities/", headers={"Authorization": "Bearer sjt_unknown"})

    assert answer.status_code == 401


def test_the_schema_names_the_token_endpoint_and_each_scope():
    schema = yaml.safe_load(Client().get("/api/v1/schema/").content)

    flow = schema["components"]["securitySchemes"]["program"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == "/oauth/token/"
    assert set(flow["scopes"]) == set(scopes.registered())
    asked = schema["paths"]["/api/v1/facilities/"]["get"]["security"]
    assert {"program": ["facilities.read"]} in asked


@pytest.mark.parametrize("code", ["", "facilities", "Facilities.read", "facilities.read all", 'a."b'])
def test_a_scope_is_a_plain_word_of_its_room(code):
    with pytest.raises(ValueError, match=r"room\.action"):
        scopes.register(code, "x")
