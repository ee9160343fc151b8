"""Every address × method × role × foreign object: declared, scoped, and never a 500."""

from uuid import UUID

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from providers.designation.models import Base
from providers.facilities.models import Facility, Operator
from residents.assessments.models import Assessment, Assessor, Recognition, Review
from residents.consents.models import Arrival, Consent, LegalShare, Mandate, Match, ReceivedRecognition
from residents.registry.models import (
    CorrectionRequest,
    Disclosure,
    Export,
    ImportBatch,
    LegalHold,
    Link,
    LinkRequest,
    PurgeReport,
    Resident,
    Transfer,
)
from sojourn.accounts.models import ApiKey, Passkey
from sojourn.core.actors import Role
from sojourn.core.models import AuditEntry
from sojourn.desk.models import Delegation, Proposal, WorkItem
from sojourn.messages.models import Message
from sojourn.web.access import Access
from sojourn.web.admin import ScopedAdmin
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.web.foreign import CANARY, OPERATOR, rows_there
from tests.web.signing_in import sign_in
from tests.web.sweeping import ROLES, client_of

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# What ends a proof of the second factor, or the session.
LEAVING = {"accounts/second-factor/remove/"}
# A feed that stands, and a page of it.
PEER_ARGUMENTS = {"<str:owner>": "230000", "<str:resource>": "facilities", "<str:audience>": "all"} | {
    f"<int:{name}>": "1" for name in ("epoch", "no", "piece", "bucket")
}
# Of the admin's own views, those outside any model; StaffSite guards each through admin_view().
SITE_VIEWS = {"index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n"}
SITE_VIEWS |= {"view_on_site", "app_list", None}


def addresses(resolver: URLResolver | None = None, prefix: str = "", namespaces: tuple = ()):
    """Every pattern of the URL table with the route it stands under."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route, (*namespaces, pattern.namespace))
        else:
            yield route, pattern, tuple(name for name in namespaces if name)


def undeclared(found) -> list[str]:
    """Addresses whose view declares no access."""
    missing = []
    for route, pattern, namespaces in found:
        if namespaces == ("admin",):
            if pattern.name not in SITE_VIEWS and not _model_admin_of(pattern):
                missing.append(route)
            continue
        view = getattr(pattern.callback, "cls", pattern.callback)
        if not isinstance(getattr(view, "access", None) or getattr(pattern.callback, "access", None), Access):
            missing.append(route)
    return missing


def _model_admin_of(pattern: URLPattern) -> bool:
    prefixes = {f"{m._meta.app_label}_{m._meta.model_name}_": a for m, a in admin.site._registry.items()}
    owner = next((a for prefix, a in prefixes.items() if (pattern.name or "").startswith(prefix)), None)
    redirects_to_change = str(pattern.pattern) == "<path:object_id>/"
    return redirects_to_change or isinstance(owner, ScopedAdmin)


def test_every_view_declares_who_may_come_in():
    found = list(addresses())

    assert len(found) > 40
    assert undeclared(found) == []


def test_a_view_without_a_declaration_is_found():
    def open_to_all(_request): ...

    planted = URLPattern(get_resolver().url_patterns[0].pattern, open_to_all)

    assert undeclared([("planted/", planted, ())]) == ["planted/"]


def test_every_admin_is_a_scoped_admin_with_scoped_rows():
    for model, model_admin in admin.site._registry.items():
        assert isinstance(model_admin, ScopedAdmin), model
        assert hasattr(model._default_manager.all(), "managed_by"), model


@pytest.fixture
def foreign(db):
    return rows_there()


def fill(route: str, foreign: dict) -> str:
    """A concrete address for a route, its arguments taken from a foreign row where one fits."""
    plain = f"/{route}".replace("^", "")
    subject = next((row for name, row in foreign.items() if f"/{name}/" in plain), foreign["facility"])
    key = str(getattr(subject, "pk", subject))
    path = route.replace("^", "").replace("$", "").replace("\\Z", "")
    for argument in (
        "<path:object_id>",
        "<path:url>",
        "<uuid:pk>",
        "<uuid:file_id>",
        "<str:pk>",
        "<int:content_type_id>",
    ):
        path = path.replace(argument, key)
    path = path.replace("<str:number>", foreign["number"]).replace("<number>", foreign["number"])
    path = path.replace("<path:object_id>", key).replace("<str:code>", "230103")
    path = path.replace("<slug:kind>", "assessments")
    for argument, value in PEER_ARGUMENTS.items():
        path = path.replace(argument, value)
    while "(?P<" in path:  # DRF's own routes are regular expressions
        start = path.index("(?P<")
        depth, end = 0, start
        for end in range(start, len(path)):
            depth += {"(": 1, ")": -1}.get(path[end], 0)
            if depth == 0:
                break
        path = path[:start] + key + path[end + 1 :]
    return "/" + path.replace("\\.", ".").replace("(?:", "").replace(")?", "")


def allowed_statuses(route: str, role: str) -> set[int]:
    if route.startswith("admin/") and role not in {"officer", "auditor", "administrator", "assessor"}:
        return {302, 403, 404, 405}
    if route.startswith("sharing/"):  # no sign-in of a person opens anything to her here
        return {200, 403, 405} if route.endswith("keys/") else {403, 405}
    return {200, 204, 302, 304, 400, 401, 403, 404, 405, 406, 409, 415, 429}


@pytest.mark.parametrize("role", ROLES)
def test_nobody_sees_or_changes_what_lies_beyond_her_reach(role, foreign):
    client = client_of(role)
    before, standing = snapshot(), who_asks(client)
    troubles, asked = [], 0
    for route in routes():
        if route in LEAVING:
            # Else all that came before was asked by somebody who may nothing.
            assert who_asks(client) == standing
        address = fill(route, foreign)
        for method in methods_of(route, role):
            response = client.generic(method, address, content_type="application/x-www-form-urlencoded")
            asked += 1
            if response.status_code not in allowed_statuses(route, role):
                troubles.append(f"{method} {address}: {response.status_code}")
            if leaks(route, response):
                troubles.append(f"{method} {address}: leaks a foreign row")

    assert asked > 200
    assert troubles == []
    assert snapshot() == before


def routes() -> list[str]:
    """Every address that is asked, those last that take from whoever asks what she came in with."""
    found = [route for route, _pattern, _namespaces in addresses()]
    asked = [route for route in found if not route.startswith(("accounts/sign-out", "static"))]
    return sorted(asked, key=lambda route: route in LEAVING)


def who_asks(client) -> tuple:
    """The role in which a client is let in, and whether her second factor counts."""
    actor = client.get("/livez").wsgi_request.actor
    return actor.role, actor.second_factor, actor.divisions


def methods_of(route: str, role: str) -> tuple[str, ...]:
    """Every method; at the admin's addresses, whose one wrapper lets three through, a stranger asks for the others."""
    return METHODS if role == "stranger" or not route.startswith("admin/") else ("GET", "HEAD", "POST")


def leaks(route: str, response) -> bool:
    text = "" if response.streaming else response.content.decode("utf-8", "replace")
    return CANARY in text or (route.startswith("admin/") and OPERATOR in text)


def snapshot() -> dict:
    """What a foreign visitor must not be able to change."""
    return {
        "facilities": sorted(Facility.objects.values_list("pk", "version")),
        "operators": sorted(Operator.objects.values_list("pk", "version")),
        "bases": sorted(Base.objects.values_list("pk", "version")),
        "opened": [
            sorted(model.objects.values_list("pk", "version"))
            for model in (Arrival, Consent, LegalShare, Mandate, Match)
        ],
        # An unsigned request of a peer is an alarm, and that an item of its own at the desk.
        "items": sorted(WorkItem.objects.filter(title=CANARY).values_list("pk", "version")),
        "proposals": sorted(Proposal.objects.values_list("pk", "version")),
        "residents": sorted(Resident.objects.values_list("pk", "version")),
        "holds": sorted(LegalHold.objects.values_list("pk", "lifted_at")),
        "transfers": sorted(Transfer.objects.values_list("pk", "status")),
        "reports": sorted(PurgeReport.objects.values_list("pk", "status")),
        "delegations": sorted(Delegation.objects.values_list("pk", "ended_at")),
        "assessments": sorted(Assessment.objects.values_list("pk", "version")),
        "assessors": sorted(Assessor.objects.values_list("pk", "version")),
        "reviews": sorted(Review.objects.values_list("pk", "version")),
        "recognitions": sorted(Recognition.objects.values_list("pk", "version")),
        "received": sorted(ReceivedRecognition.objects.values_list("pk", "status")),
        "links": sorted(Link.objects.values_list("pk", "status")),
        "requests": sorted(LinkRequest.objects.values_list("pk", "status")),
        "corrections": sorted(CorrectionRequest.objects.values_list("pk", "status")),
        "messages": sorted(Message.objects.filter(topic="sign_in_code").values_list("pk", "status")),
        "imports": sorted(ImportBatch.objects.values_list("pk", "status")),
        "taken away": (Export.objects.count(), Disclosure.objects.count()),
        "keys": sorted(ApiKey.objects.filter(client__name=CANARY).values_list("pk", "revoked_at")),
        "passkeys": sorted(Passkey.objects.values_list("pk", "name")),
        "trail": AuditEntry.objects.filter(subject_kind__startswith="facilities").count(),
    }


def test_the_sweep_would_see_a_leak(foreign):
    officer_there = UserFactory()
    MembershipFactory(user=officer_there, role=Role.OFFICER, division_code="230103")

    client = sign_in(officer_there)
    page = client.get(reverse("admin:facilities_facility_change", args=[foreign["facility"].pk]))

    assert page.status_code == 200
    assert CANARY in page.content.decode()


@pytest.mark.parametrize("wrong", ["0", "x", str(UUID(int=0)), "%00", "..%2f", "9" * 300])
@pytest.mark.parametrize(
    "room", ["facilities", "operators", "designations", "divisions", "members", "agreements", "bases"]
)
def test_an_identifier_of_the_wrong_form_names_no_row(db, room, wrong):
    response = client_of("stranger").get(f"/api/v1/{room}/{wrong}/")

    assert response.status_code in {400, 404}
    assert response["Content-Type"].startswith("application/problem+json")
