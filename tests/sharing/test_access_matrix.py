"""Deny by default: every (node, owner, resource, audience) that nothing opens is refused, and on record."""

from datetime import date, timedelta
from itertools import product

import pytest

from sojourn.core.clock import frozen, now
from sojourn.sharing import catalogue
from sojourn.sharing.models import Alarm, DataApplication, Feed, Grant, Page, ServeRecord
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.batches import Asked
from sojourn.sharing.protocol.pages import FIRST, Entry, FeedName, Header, Signature
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.services import serving
from sojourn.sharing.services.granting import granted_fields, revoke_grant
from sojourn.sharing.states import ApplicationStatus, GrantStatus, Outcome, Purpose
from tests.sharing.rows import officer
from tests.sharing.sample_resource import NODES, REGISTRY, SAMPLES

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 30)
MEMBERS = [member for members in NODES.values() for member in members]
OWNERS = NODES["44"]
AUDIENCES = ("all", *(f"member.{member}" for member in MEMBERS), "agreement.sample")
WHOLE = ["owner", "beaten_at"]


@pytest.fixture(autouse=True)
def autumn(monkeypatch, settings):
    settings.HOSTED_PROVINCES = list(OWNERS)
    for name, resource in SAMPLES.items():
        monkeypatch.setitem(catalogue._resources, name, resource)
    monkeypatch.setattr(serving, "live_registry", lambda: REGISTRY)
    with frozen(TODAY):
        yield


def grant(owner="440000", to="500000", purpose=Purpose.STATISTICS, **columns) -> Grant:
    said = {"owner": owner, "resource": "sample_asked", "purpose": purpose, "fields": WHOLE, "ground": "样例"}
    application = DataApplication.objects.create(
        **said,
        applicant=to,
        expires_on=TODAY + timedelta(days=90),
        reason="样例",
        status=ApplicationStatus.GRANTED,
        submitted_at=now(),
        due_on=TODAY,
        decided_at=now(),
        decided_by=officer().user_id,
    )
    period = {"valid_from": TODAY, "valid_to": TODAY + timedelta(days=90)}
    return Grant.objects.create(
        **{**said, **period, "to": to, "application": application, "granted_at": now(), **columns}
    )


def opened() -> set[tuple[str, str, str, str]]:
    """Every (node, owner, resource, audience) for which there is a ground."""
    cells = product(NODES, MEMBERS, [*SAMPLES, "nothing"], AUDIENCES)
    return {
        (node, owner, resource, audience)
        for node, owner, resource, audience in cells
        if owner not in NODES[node]
        and serving.ground_for(node, FeedName(owner, resource, audience), REGISTRY)
    }


# What everybody may have: the feeds of our members for every member, and nothing else.
UNCONDITIONAL = {(node, owner, "sample_open", "all") for node in NODES if node != "44" for owner in OWNERS}


def test_without_a_grant_only_what_everybody_may_have_is_open():
    assert opened() == UNCONDITIONAL


def test_a_grant_opens_one_owners_feeds_to_one_node_and_no_other_cell_of_the_matrix():
    grant(owner="440000", to="500000")

    assert opened() - UNCONDITIONAL == {
        ("50", "440000", "sample_asked", "all"),
        ("50", "440000", "sample_asked", "member.500000"),
    }


@pytest.mark.parametrize(
    "columns",
    [
        {"fields": ["owner"]},
        {"valid_from": TODAY + timedelta(days=1)},
        {"valid_from": TODAY - timedelta(days=9), "valid_to": TODAY},
        {"status": GrantStatus.REVOKED, "ended_at": now()},
        {"status": GrantStatus.EXPIRED, "ended_at": now()},
    ],
    ids=["fewer facts than a page holds", "not begun", "over", "revoked", "expired"],
)
def test_a_grant_that_does_not_cover_the_page_today_opens_no_page(columns):
    grant(**columns)

    assert opened() == UNCONDITIONAL


def test_every_member_resource_and_purpose_that_nobody_granted_is_closed():
    grant(owner="440000", to="500000", purpose=Purpose.STATISTICS)

    found = {
        (owner, to, purpose)
        for owner, to, purpose in product(OWNERS, MEMBERS, Purpose)
        if granted_fields(owner=owner, to=to, resource="sample_asked", purpose=purpose)
    }
    closed = [
        granted_fields(owner=owner, to=to, resource="sample_closed", purpose=purpose)
        for owner, to, purpose in product(OWNERS, MEMBERS, Purpose)
    ]

    assert found == {("440000", "500000", Purpose.STATISTICS)}
    assert not any(closed)


def test_a_node_that_nobody_knows_is_given_nothing_not_even_what_everybody_may_have():
    assert serving.ground_for("99", FeedName("440000", "sample_open", "all"), REGISTRY) == ""


def test_a_refusal_is_on_record_and_an_alarm():
    name = FeedName("440000", "sample_asked", "all")

    with pytest.raises(Refused) as refusal:
        serving.page_for("50", name, 1, 1)

    assert refusal.value.reason == Reason.NOT_GRANTED
    record = ServeRecord.objects.get()
    assert (record.node, record.owner, record.resource, record.outcome, record.reason) == (
        "50",
        "440000",
        "sample_asked",
        Outcome.REFUSED,
        "not_granted",
    )
    assert Alarm.objects.get().reason == "not_granted"


def test_a_grant_is_checked_at_every_serve_and_its_ground_is_on_record():
    feed = Feed.objects.create(owner="440000", resource="sample_asked", audience="all", is_own=True)
    found = grant()

    serving.own_feed_for("50", feed.feed_name, asked="snapshot")
    revoke_grant(grant_id=found.pk, reason="用途改变", actor=officer())
    with pytest.raises(Refused):
        serving.own_feed_for("50", feed.feed_name, asked="snapshot")

    served, refused = ServeRecord.objects.order_by("pk")
    assert served.ground == f"{found.pk} 统计分析：样例"
    assert (served.outcome, refused.outcome) == (Outcome.SERVED, Outcome.REFUSED)


def test_a_feed_is_readable_while_its_grant_lives():
    feed = Feed.objects.create(owner="440000", resource="sample_asked", audience="all", is_own=True)
    grant()

    assert serving.readable_feeds("50") == [feed]
    assert serving.readable_feeds("23") == []
    with frozen(TODAY + timedelta(days=90)):
        assert serving.readable_feeds("50") == []


# --- what is for one member alone -----------------------------------------------------------------
FOR_ONE = FeedName("440000", "sample_for_one", "member.500000")
OVER = {
    "revoked": {"status": GrantStatus.REVOKED, "ended_at": now()},
    "expired": {"status": GrantStatus.EXPIRED, "ended_at": now()},
    "over": {"valid_from": TODAY - timedelta(days=9), "valid_to": TODAY},
}


def a_page() -> None:
    """The first page of a feed for 渝 alone: a body and a tombstone."""
    body, salt = {"owner": "440000", "beaten_at": "2026-09-30T00:00:00.000000Z"}, "0" * 32
    ids = [f"440000:{n:08}-0000-7000-8000-000000000000" for n in (1, 2)]
    tail = [
        pages.put_line(entity=ids[0], epoch=1, version=1, body=body, salt=salt),
        pages.tombstone_line(entity=ids[1], epoch=1, version=2, reason="gone", salt=salt),
    ]
    header = Header(
        owner="440000",
        resource="sample_for_one",
        audience="member.500000",
        epoch=1,
        no=1,
        previous=FIRST,
        schema="sample_for_one/1",
        entries=2,
        plain=pages.plain_size(tail),
        digest=pages.digest_over(map(pages.line_digest, tail)),
        sealed_at="2026-09-30T00:00:00Z",
    ).spelt()
    Page.objects.create(
        feed=Feed.objects.create(
            owner="440000", resource="sample_for_one", audience="member.500000", is_own=True
        ),
        epoch=1,
        no=1,
        digest=pages.digest_of(header),
        header=header,
        signature=Signature("ed25519", "440000-1", b"x" * 64).spelt(),
        packed=pages.packed(tail),
        entries=2,
        sealed_at=now(),
    )


def entries_told(node: str = "50") -> list[list[Entry]]:
    """The entries of the page as it is given to a node, asked for alone and with others."""
    given = [
        serving.page_for(node, FOR_ONE, 1, 1),
        *serving.pages_for(node, [Asked(FOR_ONE, 1, 0)], at_most=1 << 20),
    ]
    return [list(map(pages.entry_of, pages.lines_of(pages.unframed(page)))) for page in given if page]


def test_what_is_for_one_member_is_told_with_its_bodies_while_a_grant_lives():
    a_page()
    grant(resource="sample_for_one")

    assert [[entry.body is None for entry in entries] for entries in entries_told()] == [[False, True]] * 2


@pytest.mark.parametrize("columns", OVER.values(), ids=OVER)
def test_after_the_end_of_a_grant_no_body_is_told_and_every_withdrawal_is(columns):
    a_page()
    grant(resource="sample_for_one", **columns)

    told = entries_told()

    assert [[entry.body for entry in entries] for entries in told] == [[None, None]] * 2
    assert [[entry.is_tombstone for entry in entries] for entries in told] == [[False, True]] * 2
    assert set(ServeRecord.objects.values_list("outcome", "ground")) == {(Outcome.SERVED, "taken_back")}


@pytest.mark.parametrize("columns", OVER.values(), ids=OVER)
def test_the_end_of_a_grant_opens_nothing_to_another_member_and_nothing_that_is_for_several(columns):
    grant(resource="sample_for_one", **columns)
    grant(resource="sample_asked", purpose=Purpose.SUPERVISION, **columns)

    assert opened() - UNCONDITIONAL == {("50", "440000", "sample_for_one", "member.500000")}


def test_who_was_granted_only_some_facts_or_nothing_yet_is_refused_as_before():
    a_page()
    grant(resource="sample_for_one", fields=["owner"], **OVER["revoked"])
    grant(resource="sample_for_one", purpose=Purpose.SUPERVISION, valid_from=TODAY + timedelta(days=1))

    with pytest.raises(Refused):
        serving.page_for("50", FOR_ONE, 1, 1)
    assert serving.pages_for("50", [Asked(FOR_ONE, 1, 0)], at_most=1 << 20) == []
