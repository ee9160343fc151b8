"""Pages past their time are gone: the node that wrote them stays whole, and who still needs one begins anew."""

from datetime import timedelta

import pytest
from django.db import connection

from providers.facilities.models import Operator
from sojourn.core.clock import now
from sojourn.sharing.models import Marker, Page
from sojourn.sharing.services import care, checking, snapshots
from sojourn.sharing.states import FeedState
from tests.factories.facilities import OperatorFactory
from tests.sharing.exchange import cursor_of, feed_of, pull_all, seal_all


def one_a_page(*standings):
    """Operators of 440000, each sealed in a page of its own."""
    made = []
    for standing in standings:
        made.append(OperatorFactory(division_id="440106", standing=standing))
        seal_all()
    return made


def change(operator):
    Operator.objects.filter(pk=operator.pk).update(standing="barred")
    seal_all()


def forget(*, up_to):
    """The pages of the operators up to this one are past their time, and gone."""
    long_ago = now() - timedelta(days=401)
    Page.objects.filter(feed=feed_of("operators"), no__lte=up_to).update(kept_at=long_ago)
    return care.forget_pages()


@pytest.fixture
def forgotten(network):
    """渝 has the first of 粤's four pages; the first three are gone there."""
    with network["44"]:
        made = one_a_page("good")
    pull_all(network["50"], "44")
    with network["44"]:
        made += one_a_page("good", "good", "good")
        assert forget(up_to=3) == 3
    return made


def test_a_row_whose_page_is_past_its_time_is_no_fault(network, forgotten):
    with network["44"]:
        assert list(checking.faults()) == []


def test_the_newest_page_is_kept_however_old_it_is(network, forgotten):
    with network["44"]:
        assert forget(up_to=4) == 0

        assert list(Page.objects.filter(feed=feed_of("operators")).values_list("no", flat=True)) == [4]
        assert list(checking.faults()) == []


def test_a_change_that_neither_page_nor_mark_covers_is_still_found(network, forgotten):
    with network["44"]:
        Operator.objects.filter(pk=forgotten[3].pk).update(standing="barred")
        Marker.objects.filter(feed=feed_of("operators")).delete()

        (fault,) = checking.faults()

        assert (fault.what, fault.where) == ("change is not covered", f"{forgotten[3].pk} 2")


@pytest.fixture
def begun_anew(network, forgotten):
    """渝 asked for the second page, took 粤's snapshot as of the fifth instead, and then the sixth."""
    pull_all(network["50"], "44")
    with network["50"]:
        cursor = cursor_of("operators")
        assert (cursor.state, cursor.reason, cursor.no) == (FeedState.REBOOTSTRAP, "page_gone", 1)
    with network["44"]:
        change(forgotten[0])
        snapshots.make_snapshot(feed_id=feed_of("operators").pk)
    pull_all(network["50"], "44")
    with network["50"]:
        cursor = cursor_of("operators")
        assert (cursor.state, cursor.no, Operator.objects.count()) == (FeedState.RUNNING, 5, 4)
        assert list(checking.faults()) == []
    with network["44"]:
        change(forgotten[1])
    pull_all(network["50"], "44")
    return forgotten


def test_who_asks_for_a_page_that_is_gone_begins_anew_and_goes_on_by_pages(network, begun_anew):
    with network["50"]:
        kept = Page.objects.filter(feed=feed_of("operators")).order_by("no")
        assert list(kept.values_list("no", flat=True)) == [1, 6]
        assert set(Operator.objects.filter(standing="barred")) == set(begun_anew[:2])
        assert list(checking.faults()) == []


def test_a_copy_that_is_not_what_the_page_behind_the_snapshot_says_is_found(network, begun_anew):
    with network["50"]:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE facilities_operator DISABLE TRIGGER USER")
            cursor.execute("UPDATE facilities_operator SET version = 7 WHERE id = %s", [begun_anew[1].pk])
            cursor.execute("ALTER TABLE facilities_operator ENABLE TRIGGER USER")

        (fault,) = checking.faults()

        assert (fault.what, fault.where) == (
            "copy has another version than its page",
            f"{begun_anew[1].pk} 7/2",
        )


def test_a_page_that_is_missing_in_between_without_a_snapshot_is_found(network):
    with network["44"]:
        one_a_page("good", "good", "good")
    pull_all(network["50"], "44")
    with network["50"]:
        Page.objects.filter(feed=feed_of("operators"), no=2).delete()

        (fault,) = checking.faults()

        assert (fault.what, fault.where) == ("wrong_number", "1.3")
