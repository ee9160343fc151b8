"""Who asks, in tests of residents: staff with an account of their own, and holders of accesses."""

from sojourn.core.actors import Actor, Role
from tests.factories.accounts import UserFactory


def staff(*divisions: str, role: Role = Role.OFFICER, second_factor: bool = True) -> Actor:
    """Somebody of the civil-affairs staff with this reach, who proved her second factor unless said otherwise."""
    return Actor(role=role, divisions=divisions, user_id=UserFactory().pk, second_factor=second_factor)


def account_of(*facility_ids) -> Actor:
    return Actor(role=Role.FACILITY, facility_ids=frozenset(facility_ids), user_id=UserFactory().pk)


def family() -> Actor:
    return Actor(role=Role.FAMILY, user_id=UserFactory().pk)
