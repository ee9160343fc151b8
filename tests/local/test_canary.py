"""The resident of the drills: to be found until she is erased, and then by nothing."""

import pytest

from residents.registry.models import Resident
from sojourn.core.models import HostedMember, TrailSeal
from sojourn.core.services import broken_seals
from sojourn.local import canary

pytestmark = pytest.mark.django_db


def test_she_leaves_traces_until_she_is_erased_and_a_day_of_the_trail_is_sealed():
    HostedMember.objects.get_or_create(member="440000")

    who, number = canary.registered().split()

    assert canary.traces(who, number) == 3
    assert (TrailSeal.objects.count(), broken_seals()) == (1, [])
    assert Resident.objects.get(pk=who).is_sample

    canary.erase(who)

    assert canary.traces(who, number) == 0
    assert canary.registered() != f"{who} {number}"
    assert broken_seals() == []
