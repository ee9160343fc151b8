from uuid import uuid4

import pytest
from django.db import connection

from residents.registry import policy
from residents.registry.models import Resident
from sojourn.core.actors import PUBLIC, SYSTEM, Actor, Role
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.actors import account_of, family, staff

pytestmark = pytest.mark.django_db


def seen_by(actor: Actor) -> set[str]:
    return {resident.home_division_id for resident in Resident.objects.visible_to(actor)}


@pytest.fixture
def four():
    """A resident in each of two counties of Guangzhou, in Shenzhen and in Harbin."""
    return [ResidentFactory(home_division_code=code) for code in ("440106", "440105", "440300", "230103")]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR])
@pytest.mark.parametrize(
    ("divisions", "seen"),
    [
        (("440106",), {"440106"}),
        (("4401",), {"440106", "440105"}),
        (("44",), {"440106", "440105", "440300"}),
        (("4403", "23"), {"440300", "230103"}),
        (("",), {"440106", "440105", "440300", "230103"}),
        (("50",), set()),
        ((), set()),
    ],
)
def test_staff_see_the_residents_at_home_in_their_reach(four, role, divisions, seen):
    assert seen_by(Actor(role=role, divisions=divisions)) == seen


@pytest.mark.parametrize(
    ("reach", "index"),
    [
        ("440106", "resident_by_division"),
        ("4401", "resident_by_city"),
        ("44", "resident_by_province"),
        ("", "resident_by_sort_key"),
    ],
)
def test_the_list_of_every_reach_stands_in_its_order_in_an_index(reach, index):
    rows = Resident.objects.visible_to(Actor(role=Role.OFFICER, divisions=(reach,))).by_name()

    with connection.cursor() as cursor:  # of a few rows nobody reads an index, unless all else is dear
        for other in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{other} = off")
        plan = rows.explain()

    assert f"using {index} " in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.PEER, Role.ADMIN, Role.FAMILY, Role.FACILITY])
def test_every_other_role_sees_nobody_whatever_its_reach(four, role):
    everywhere = Actor(role=role, divisions=("",), facility_ids=frozenset({uuid4()}), user_id=uuid4())

    assert seen_by(everywhere) == set()


def test_an_open_access_shows_one_resident_to_its_holder(four):
    facility, person = account_of(uuid4()), family()
    AccessFactory(resident=four[0], holder_id=next(iter(facility.facility_ids)))
    AccessFactory(resident=four[1], holder_id=person.user_id, to_user=True)

    assert seen_by(facility) == {"440106"}
    assert seen_by(person) == {"440105"}


def test_an_access_of_another_kind_that_is_over_or_not_yet_open_shows_nobody(four):
    facility, person = account_of(uuid4()), family()
    own = next(iter(facility.facility_ids))
    AccessFactory(resident=four[0], holder_id=own, over=True)
    AccessFactory(resident=four[0], holder_id=own, to_user=True)
    AccessFactory(resident=four[0], holder_id=own, opens_at="2099-01-01T00:00Z")
    AccessFactory(resident=four[0], holder_id=person.user_id)

    assert seen_by(facility) == seen_by(person) == set()


def test_a_holder_of_two_accesses_sees_the_resident_once(four):
    facility = account_of(uuid4())
    AccessFactory.create_batch(2, resident=four[0], holder_id=next(iter(facility.facility_ids)))

    assert Resident.objects.visible_to(facility).count() == 1


def test_list_and_detail_agree(four):
    facility, person = account_of(uuid4()), family()
    AccessFactory(resident=four[0], holder_id=next(iter(facility.facility_ids)))
    AccessFactory(resident=four[1], holder_id=person.user_id, to_user=True)
    AccessFactory(resident=four[2], holder_id=person.user_id, to_user=True, over=True)
    staff_of_all_kinds = [
        staff(*divisions, role=role)
        for role in (Role.OFFICER, Role.AUDITOR, Role.ADMIN)
        for divisions in (("440106",), ("4401",), ("44",), ("23", "4403"), ())
    ]

    for actor in [*staff_of_all_kinds, facility, person, account_of(), PUBLIC, SYSTEM, Actor(role=Role.PEER)]:
        for resident in four:
            listed = Resident.objects.visible_to(actor).contains(resident)
            assert listed == policy.can_view(actor, resident), (actor, resident)


def test_only_staff_have_a_list_of_their_own(four):
    facility = account_of(uuid4())
    AccessFactory(resident=four[0], holder_id=next(iter(facility.facility_ids)))

    assert Resident.objects.managed_by(staff("4401")).count() == 2
    assert Resident.objects.managed_by(SYSTEM).count() == 4
    for actor in (facility, staff("44", role=Role.ADMIN), PUBLIC):
        assert not Resident.objects.managed_by(actor).exists()


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("单雪雁", ["单雪雁"]),
        ("單雪雁", ["单雪雁"]),
        ("shanxueyan", ["单雪雁"]),
        ("danxue", ["单雪雁"]),
        ("sxy", ["单雪雁"]),
        ("库尔班", ["库尔班·尼亚孜"]),
        ("库尔班尼亚孜", ["库尔班·尼亚孜"]),
        ("库尔班•尼亚孜", ["库尔班·尼亚孜"]),
        ("𠅤", ["邢𠅤"]),
        ("李", []),
        ("", ["库尔班·尼亚孜", "单雪雁", "邢𠅤"]),
        ("·", []),
    ],
)
def test_residents_are_found_by_name_however_it_is_typed(q, found):
    for name in ("单雪雁", "库尔班·尼亚孜", "邢𠅤"):
        ResidentFactory(name=name)

    assert [resident.name for resident in Resident.objects.matching(q).by_name()] == found


def test_residents_are_found_by_number_and_never_by_a_part_of_an_identity_number():
    resident = ResidentFactory()

    assert list(Resident.objects.matching(resident.number.lower().replace("-", ""))) == [resident]
    assert not Resident.objects.matching("19480309").exists()
