"""Who asks, in tests of providers: one actor a role, and officers of every reach."""

from uuid import uuid4

from sojourn.core.actors import PUBLIC, SYSTEM, Actor, Role

COUNTY_OFFICER = Actor(role=Role.OFFICER, divisions=("440106",))
CITY_OFFICER = Actor(role=Role.OFFICER, divisions=("4401",))
PROVINCE_OFFICER = Actor(role=Role.OFFICER, divisions=("44",))
OFFICER_ELSEWHERE = Actor(role=Role.OFFICER, divisions=("4403", "23"))
OFFICER_WITHOUT_REACH = Actor(role=Role.OFFICER)
AUDITOR = Actor(role=Role.AUDITOR, divisions=("",))


def staff_of(*facilities) -> Actor:
    """The account of one or several facilities."""
    return Actor(role=Role.FACILITY, facility_ids=frozenset(f.pk for f in facilities) or frozenset({uuid4()}))


def everyone(*own) -> list[Actor]:
    """At least one actor of every role; the facility account holds ``own``."""
    return [
        PUBLIC,
        SYSTEM,
        COUNTY_OFFICER,
        CITY_OFFICER,
        PROVINCE_OFFICER,
        OFFICER_ELSEWHERE,
        OFFICER_WITHOUT_REACH,
        AUDITOR,
        Actor(role=Role.AUDITOR, divisions=("2301",)),
        Actor(role=Role.ADMIN, divisions=("44",)),
        Actor(role=Role.FAMILY),
        Actor(role=Role.PEER),
        staff_of(),
        staff_of(*own),
    ]
