"""With Redis down every public page and every API read still answers."""

import pytest
from django.core.cache import caches
from django.test import Client, override_settings

from tests.factories.facilities import FacilityFactory

NOWHERE = {
    "default": {
        "BACKEND": "sojourn.web.cache.ForgivingRedisCache",
        "LOCATION": "unix:///nonexistent/redis.sock?db=0",
    }
}
PAGES = ["/", "/bases/", "/bases/?q=gzlh", "/statistics/", "/accounts/sign-in/"]
READS = ["bases", "facilities", "operators", "designations", "divisions", "members", "agreements"]


@pytest.fixture
def no_redis(db):
    with override_settings(CACHES=NOWHERE):
        yield caches["default"]


@pytest.mark.parametrize(
    "path", [*PAGES, *(f"/api/v1/{room}/" for room in READS), "/readyz", "/livez", "/freshz", "/metrics"]
)
def test_an_address_answers_without_redis(no_redis, path):
    assert Client().get(path).status_code == 200


def test_a_facility_answers_without_redis(no_redis):
    facility = FacilityFactory(status="open")

    assert Client().get(f"/bases/{facility.number}/").status_code == 200
    assert Client().get(f"/api/v1/facilities/{facility.pk}/").status_code == 200


def test_the_cache_was_really_out_of_reach(no_redis):
    no_redis.set("key", "value")

    assert no_redis.get("key") is None
