"""Clients of every role, each with a reach of her own, none with the reach of 230103."""

from django.test import Client

from sojourn.accounts.models import User
from sojourn.core import scopes as offered
from sojourn.core.actors import Role
from tests.factories.accounts import (
    ApiClientFactory,
    ApiKeyFactory,
    MembershipFactory,
    UserFactory,
    token_of,
)
from tests.factories.assessments import AssessorFactory
from tests.factories.facilities import FacilityFactory
from tests.web.signing_in import sign_in

ROLES = (
    "stranger",
    "family",
    "facility",
    "program",
    "officer",
    "officer_without_second_factor",
    "auditor",
    "administrator",
    "assessor",
)


def client_of(role: str) -> Client:
    """A client that signed in as someone of this role in 广州 (an auditor: in 广东)."""
    if role == "stranger":
        return Client(raise_request_exception=False)
    if role == "program":
        return program_of(FacilityFactory(division_id="440106"))
    user = UserFactory()
    match role:
        case "assessor":
            user = User.objects.get(pk=AssessorFactory().user_id)
        case "facility":
            own = FacilityFactory(division_id="440106")
            MembershipFactory(
                user=user, role=Role.FACILITY, holder_kind="facility", holder_id=own.pk, division_code=""
            )
        case "family":
            MembershipFactory(user=user, role=Role.FAMILY, division_code="")
        case "auditor":
            MembershipFactory(user=user, role=Role.AUDITOR, division_code="440000")
        case "administrator":
            MembershipFactory(user=user, role=Role.ADMIN, division_code="440000")
        case _:
            MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    return sign_in(user, second_factor=role != "officer_without_second_factor")


def program_of(facility, scopes=None) -> Client:
    """A facility's program with a token of these scopes, of all that are offered unless told otherwise."""
    granted = list(scopes if scopes is not None else offered.registered())
    client = ApiClientFactory(holder_id=facility.pk, holder_number=facility.number, scopes=granted)
    token = token_of(ApiKeyFactory(client=client), granted)
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
