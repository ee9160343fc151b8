"""The sample staff of a node as they act when its sample families are written, and whom that happens to."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, QuerySet, Value, When

from residents.registry.models import Resident
from residents.registry.states import ResidentStatus
from sojourn.accounts.actors import actor_for
from sojourn.accounts.models import User
from sojourn.core.actors import Actor
from sojourn.core.hosting import hosted_members
from sojourn.local.nodes import PLANS
from sojourn.local.sample.people import COUNTY_OFFICER, PROVINCE_OFFICER, SECOND_OFFICER, reaches

STAFF = (COUNTY_OFFICER, PROVINCE_OFFICER, SECOND_OFFICER)


@dataclass(frozen=True)
class Bureau:
    """The officers of a county and its province, and the first members of the other nodes of the demo."""

    county_code: str
    home: str
    away: tuple[str, ...]
    actors: Mapping[str, Actor]

    @property
    def county(self) -> Actor:
        return self.actors[COUNTY_OFFICER]

    @property
    def province(self) -> Actor:
        return self.actors[PROVINCE_OFFICER]

    @property
    def second(self) -> Actor:
        """Another officer of the province: what one asks for the other decides."""
        return self.actors[SECOND_OFFICER]

    def residents(self) -> QuerySet:
        """Sample residents of the province of whom identity number and telephone are known, the county's first."""
        near = Case(When(home_division=self.county_code, then=Value(0)), default=Value(1))
        known = Resident.objects.unprotected().filter(
            is_sample=True,
            owner=self.home,
            status=ResidentStatus.REGISTERED,
            identity_cipher__isnull=False,
            phone_cipher__isnull=False,
        )
        return known.order_by(near, "number")


def bureau_here() -> Bureau | None:
    """The bureau of this node; None where nobody of the sample staff has a county or a province."""
    found, hosted = reaches(), hosted_members()
    accounts = User.objects.filter(username__in=STAFF, is_sample=True)
    actors = {user.username: actor_for(user, second_factor=True) for user in accounts}
    if not found.county or set(actors) != set(STAFF):
        return None
    away = tuple(plan.members[0] for plan in PLANS if plan.members[0] not in hosted)
    return Bureau(found.county, found.province, away, actors)
