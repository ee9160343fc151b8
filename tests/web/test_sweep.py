"""Every address × method × role × foreign object: declared, scoped, and never a 500."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from providers.designation.models import Base
from providers.facilities.models import Facility, Operator
from residents.assessments.models import Assessment, Assessor, Recognition, Review
from residents.assessments.services import (
    add_crosswalk,
    draw_rechecks,
    object_to_result,
    recognise_result,
)
from residents.assessments.services.recognising import CrosswalkRow, OriginalResult
from residents.consents.models import (
    Arrival,
    Consent,
    Extract,
    LegalShare,
    Mandate,
    Match,
    Reading,
    ReceivedRecognition,
)
from residents.consents.services import Saying
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
from residents.registry.services import ask_correction
from sojourn.accounts.models import ApiKey, Passkey
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.identifiers import sample_identity
from sojourn.core.ids import uuid7
from sojourn.core.models import AuditEntry
from sojourn.desk.models import Delegation, Proposal, WorkItem
from sojourn.messages.models import Message
from sojourn.sharing.models import RegistryEdition
from sojourn.sharing.protocol.registry import Registry
from sojourn.web.access import Access
from sojourn.web.admin import ScopedAdmin
from tests.factories.accounts import ApiKeyFactory, MembershipFactory, PasskeyFactory, UserFactory
from tests.factories.assessments import AssessorFactory, BodyFactory, final
from tests.factories.consents import a_consent, a_legal_share, a_mandate
from tests.factories.desk import DelegationFactory, ProposalFactory, WorkItemFactory
from tests.factories.facilities import FacilityFactory, OperatorFactory
from tests.factories.files import StoredFileFactory
from tests.factories.messages import MessageFactory
from tests.factories.registrations import life_of
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.registry.families import ask, family_member, linked
from tests.residents.spreadsheets import checked, person
from tests.web.signing_in import sign_in
from tests.web.sweeping import ROLES, client_of

CANARY = "金丝雀哨兵"
INSTRUMENT = "six_provinces_2021"
# An operator is public, so its name may stand on pages and in the API, but not in another county's admin.
OPERATOR = "哨兵运营有限公司"
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
    """Rows of another county that are not public, each carrying the canary."""
    operator = OperatorFactory(name=OPERATOR, division_id="230103")
    facility = FacilityFactory(
        listed_name=f"{CANARY}养老院",
        operator=operator,
        division_id="230103",
        status="registered",
    )
    user = UserFactory(name=CANARY, username="canary")
    membership = MembershipFactory(user=user, role=Role.OFFICER, division_code="230103")
    program = ApiKeyFactory(
        client__name=CANARY, client__holder_id=facility.pk, client__division_code="230103"
    )
    entry = AuditEntry.objects.create(
        action="facility.registered",
        subject_kind="facilities.facility",
        subject_id=str(facility.pk),
        facts={"name": CANARY},
        actor_role=Role.OFFICER,
        actor_user_id=user.pk,
        actor_divisions="230103",
    )
    resident = ResidentFactory(name=CANARY, home_division_code="230103")
    holder = family_member()
    link = linked(holder, resident)
    return {
        "people": resident,
        "links": link,
        "link": link,
        "linkrequest": ask(holder, identity_number=sample_identity(9_900_001, BORN), name=CANARY),
        "correctionrequest": ask_correction(
            resident_id=resident.pk, field="name", wanted=CANARY, actor=holder
        ),
        "message": MessageFactory(body=CANARY),
        "operators": operator,
        "operator": operator,
        "facilities": facility,
        "facility": facility,
        "user": user,
        "passkeys": PasskeyFactory(user=user, name=CANARY),
        "apiclient": program.client,
        "apikey": program,
        "membership": membership,
        "auditentry": entry,
        "workitem": WorkItemFactory(title=CANARY, division_code="230103"),
        "proposal": ProposalFactory(title=CANARY, division_code="230103", proposed_by=user),
        "delegation": DelegationFactory(giver=user, receiver=user_there()),
        **opened_there(),
        "importbatch": checked([person(2, name=CANARY, home="南岗区")], staff("230103")),
        "export": export_there(user),
        "files": StoredFileFactory(owner_id=facility.pk),
        "number": facility.number,
        **residents_there(),
        "registry": live_registry(),
        **assessed_there(),
    }


def assessed_there() -> dict:
    """Everything of assessments there, by people and bodies who are called after the canary."""
    body = BodyFactory(name=CANARY, division_id="230103")
    first = AssessorFactory(body=body, name=CANARY)
    second = AssessorFactory(body=body, name=CANARY, without_medicine=True)
    resident = ResidentFactory(home_division_code="230103")
    assessment = final(resident, (first, second))
    review = object_to_result(assessment_id=assessment.pk, objector="agent", grounds=CANARY, actor=SYSTEM)
    crosswalk = CrosswalkRow("canary", "1", "1", "一级", "mild", "样例")
    original = OriginalResult(
        from_member="430000",
        from_scale="canary",
        from_edition="1",
        from_level="1",
        from_label="一级",
        source=CANARY,
        paper_reference=CANARY,
        assessed_on=today(),
        valid_until=today(),
    )
    elsewhere = {"resident_id": ResidentFactory(home_division_code="500112").pk, "original": original}
    return {
        "levelcrosswalk": add_crosswalk(agreement_code=INSTRUMENT, row=crosswalk, actor=SYSTEM),
        "recognition": recognise_result(**elsewhere, agreement_code=INSTRUMENT, actor=SYSTEM),
        "recheckdraw": draw_rechecks(
            body_id=body.pk, first_day=date(2026, 1, 1), last_day=date(2026, 1, 31), actor=SYSTEM
        ),
        "assessmentbody": body,
        "assessor": first,
        "assessments/assessment": assessment,
        "v1/assessments": assessment,
        "review": review,
    }


def opened_there() -> dict:
    """What is opened of a resident of that county, its proofs carrying the canary."""
    resident = ResidentFactory(home_division_code="230103", name=CANARY)
    said = {"resident": resident, "purpose": "emergency", "fields": ("name",), "separate": ()}
    consent = a_consent(saying=Saying("counter", CANARY), **said)
    mandate = a_mandate(Actor(Role.FAMILY, user_id=UserFactory(name=CANARY).pk), resident)
    return {
        "people": resident,
        "consent": consent,
        "consents": consent,
        "legalshare": a_legal_share(**said),
        "extract": Extract.objects.first(),
        **matched_there(resident, consent),
        "mandate": mandate,
        "mandates": mandate,
    }


def residents_there() -> dict:
    """A resident with everything that can happen to a registration."""
    resident = ResidentFactory(home_division_code="230103", name=CANARY)
    return {"resident": resident, "v1/residents": resident, **life_of(resident)}


def matched_there(resident, consent) -> dict:
    """A match of that resident's, a reading of what was given of her, and her arrival."""
    at = {"owner": "230000", "resident": resident.pk}
    found = Match.objects.create(other="440000", ours=uuid7(), theirs=uuid7(), found_at=now(), **at)
    reading = Reading.objects.create(
        **at | {"owner": "500000"},
        home="230000",
        extract=consent.pk,
        at=now(),
        fields=["name"],
        purpose="emergency",
        case=CANARY,
        role=Role.OFFICER,
        reach="50",
    )
    arrival = Arrival.objects.create(
        owner="230000", home="440000", place="230103", resident_number=CANARY, resident=resident.pk
    )
    return {"match": found, "reading": reading, "arrival": arrival}


def live_registry():
    """A registry that lists no node: the node shares, and knows nobody."""
    issued, expires = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
    document = Registry(1, issued, expires, (), ()).spelt()
    return RegistryEdition.objects.create(
        edition=1, document=document, signatures=b"", issued_at=issued, expires_at=expires
    )


def export_there(user):
    return Export.objects.create(
        at=datetime(2026, 1, 1, tzinfo=UTC),
        division_code="230103",
        purpose="verification",
        case=CANARY,
        people=1,
        actor_role=Role.OFFICER,
        actor_user_id=user.pk,
        actor_divisions="230103",
    )


def user_there():
    return MembershipFactory(user__name=CANARY, role=Role.OFFICER, division_code="230103").user


def fill(route: str, foreign: dict) -> str:
    """A concrete address for a route, its arguments taken from a foreign row where one fits."""
    subject = next((row for name, row in foreign.items() if f"/{name}/" in f"/{route}"), foreign["facility"])
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
