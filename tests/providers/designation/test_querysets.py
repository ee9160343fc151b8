import pytest

from providers.designation import policy
from providers.designation.models import Base, Batch, ReportedCount, Scheme
from providers.facilities.states import FacilityStatus
from sojourn.core.actors import PUBLIC, Actor, Role
from tests.factories.designation import BaseFactory, BatchFactory, ReportedCountFactory, SchemeFactory
from tests.factories.facilities import FacilityFactory
from tests.providers.actors import COUNTY_OFFICER, PROVINCE_OFFICER, everyone

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    """Bases of facilities of every status in two members, with their lists and a reported count each."""
    bases = []
    for code, member in (("440106", "440000"), ("230103", "230000")):
        batch = BatchFactory(scheme=SchemeFactory(member_id=member))
        bases += [
            BaseFactory(facility=FacilityFactory(division_id=code, status=status), batch=batch)
            for status in FacilityStatus
        ]
    batches = [bases[0].batch, bases[-1].batch]
    counts = [ReportedCountFactory(member_id=member) for member in ("440000", "230000")]
    return [*bases, *batches, *(batch.scheme for batch in batches), *counts]


def test_list_and_detail_agree_for_every_role(rows):
    own = [row.facility for row in rows if isinstance(row, Base)][:2]

    for actor in everyone(*own):
        for row in rows:
            rows_of = type(row).objects
            assert rows_of.visible_to(actor).contains(row) == policy.can_view(actor, row), (actor, row)
            assert rows_of.managed_by(actor).contains(row) == policy.can_manage(actor, row), (actor, row)


def test_what_a_facility_was_designated_shows_with_the_facility(rows):
    mine = [row.pk for row in rows if isinstance(row, Base)]

    shown = Base.objects.filter(pk__in=mine).visible_to(PUBLIC)

    assert {base.facility.status for base in shown} == {"open", "paused"}


def test_published_lists_are_seen_by_everyone_and_managed_by_the_province(rows):
    for model in (Scheme, Batch, ReportedCount):
        assert model.objects.visible_to(PUBLIC).count() == model.objects.count()
        assert {row.member_id for row in model.objects.managed_by(PROVINCE_OFFICER)} == {"440000"}
        assert not model.objects.managed_by(COUNTY_OFFICER).exists()
        assert not model.objects.managed_by(Actor(role=Role.FACILITY)).exists()


def test_only_live_designations_are_designated():
    live, *over = [BaseFactory(), BaseFactory(withdrawn=True), BaseFactory(expired=True)]

    found = Base.objects.filter(pk__in=[live.pk, *(base.pk for base in over)]).designated()

    assert list(found) == [live]


def test_bases_are_found_by_the_words_and_the_place_of_their_facility():
    assert Base.objects.matching("樵晋").get().listed_number == 6
    assert Base.objects.within(("4403",)).count() == 2
