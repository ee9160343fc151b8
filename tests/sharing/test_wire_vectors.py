"""Requests, snapshots, batches and figures of docs/protocol/vectors, decided by our code and by a second verifier."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from providers.facilities.models import Operator
from sojourn.sharing.conformance.registry_steps import signature_in
from sojourn.sharing.conformance.snapshot_steps import NOTHING_BEFORE
from sojourn.sharing.models import Feed, FeedHead
from sojourn.sharing.protocol import batches, requests, snapshots
from sojourn.sharing.protocol.pages import FeedName
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.services import reconciling, serving
from tests.factories.facilities import OperatorFactory
from tests.sharing import second_verifier, vectors
from tests.sharing.test_vectors import DOCUMENT, REGISTRARS, SIGNED, page_named, registry

TOLERANCE = timedelta(seconds=120)


def index(folder):
    return json.loads((vectors.FOLDER / folder / "index.json").read_bytes())


def each(folder, kind):
    found = [vector for vector in index(folder) if kind in vector]
    return pytest.mark.parametrize("vector", found, ids=lambda vector: vector[kind])


def content(folder, name):
    return (vectors.FOLDER / folder / name).read_bytes()


def outcome(decide, *args, **words):
    try:
        decide(*args, **words)
    except Refused as refusal:
        return refusal.reason
    return "accepted"


@pytest.fixture(scope="module")
def second():
    return second_verifier.read_registry(DOCUMENT, SIGNED, REGISTRARS)


# --- requests ---------------------------------------------------------------------------------------------
def message_in(raw):
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    return requests.Request(method, f"https://x{path}", dict(line.split(": ", 1) for line in lines), body)


@each("requests", "request")
def test_each_request_is_answered_or_refused_with_its_reason(vector):
    held = registry()

    found = outcome(
        requests.caller_of,
        message_in(content("requests", f"{vector['request']}.http")),
        target=vector["target"],
        public_of=lambda name: serving._public_of(held, name),
        at=datetime.fromtimestamp(vector["at"], tz=UTC),
        tolerance=TOLERANCE,
    )

    assert found == vector["expect"]


@each("requests", "request")
def test_the_second_verifier_answers_the_same_requests(vector, second):
    accepted = second_verifier.accepts_request(
        content("requests", f"{vector['request']}.http"), vector, second
    )

    assert accepted == (vector["expect"] == "accepted")


def test_every_reason_that_a_message_alone_gives_has_a_vector():
    given = {Reason.NOT_SIGNED, Reason.UNKNOWN_KEY, Reason.BAD_SIGNATURE, Reason.WRONG_BODY}
    given |= {Reason.WRONG_TIME, Reason.WRONG_TARGET}

    assert {vector["expect"] for vector in index("requests")} == given | {"accepted"}


# --- snapshots --------------------------------------------------------------------------------------------
def take(vector):
    feed = FeedName(**vector["feed"])
    document, _, signature = content("snapshots", f"{vector['snapshot']}.snapshot").partition(b"\n")
    newest = vector["newest"]["epoch"], vector["newest"]["no"]
    found = snapshots.contents_of(
        document, signature_in(signature), feed=feed, registry=registry(), newest=newest
    )
    after = NOTHING_BEFORE
    for piece, name in zip(found.pieces, vector["pieces"], strict=True):
        snapshots.entries_of(piece, content("snapshots", name), after=after, owner=feed.owner)
        after = piece.last


@each("snapshots", "snapshot")
def test_each_snapshot_is_taken_or_refused_with_its_reason(vector):
    assert outcome(take, vector) == vector["expect"]


@each("snapshots", "snapshot")
def test_the_second_verifier_takes_the_same_snapshots(vector, second):
    accepted = second_verifier.accepts_snapshot(
        content("snapshots", f"{vector['snapshot']}.snapshot"),
        [content("snapshots", name) for name in vector["pieces"]],
        vector["feed"],
        second,
        vector["newest"],
    )

    assert accepted == (vector["expect"] == "accepted")


# --- batches ----------------------------------------------------------------------------------------------
@each("batches", "answer")
def test_each_answer_falls_into_its_pages(vector):
    whole = []

    found = outcome(
        lambda: whole.extend(list(batches.parted(content("batches", f"{vector['answer']}.pages"))))
    )

    assert found == vector["expect"]
    assert whole == [page_named(name) for name in vector["pages"]]


@each("batches", "answer")
def test_the_second_verifier_parts_it_likewise(vector):
    whole = second_verifier.pages_in(content("batches", f"{vector['answer']}.pages"))

    expected = [page_named(name) for name in vector["pages"]] if vector["expect"] == "accepted" else None
    assert whole == expected


@each("batches", "asked")
def test_each_request_for_pages_names_places_or_is_refused(vector):
    assert outcome(batches.asked_of, content("batches", f"{vector['asked']}.json")) == vector["expect"]


# --- figures ----------------------------------------------------------------------------------------------
FIGURES = index("figures")[0]
OWNER = "450000"  # the reference data brought it no operator


@pytest.mark.django_db(transaction=True)
def test_a_feed_with_these_rows_answers_these_figures():
    for entity, version in FIGURES["stands"]:
        operator = OperatorFactory(pk=UUID(entity), owner=OWNER)
        for _ in range(version - 1):
            Operator.objects.filter(pk=operator.pk).update(name=f"{operator.name}{_}")
    feed = Feed.objects.create(owner=OWNER, resource="operators", audience="all", is_own=True)
    FeedHead.objects.create(feed=feed, epoch=1, no=1)
    Operator.objects.filter(pk__in=FIGURES["answer"]["moving"]).update(name="在途")
    place = {"feed_id": feed.pk, "epoch": 1, "no": 1}

    told = reconciling.figures_of(**place)
    rows = {bucket: reconciling.rows_of_bucket(**place, bucket=int(bucket)) for bucket in FIGURES["rows"]}

    assert vars(told) == FIGURES["answer"]
    assert {bucket: sorted(found) for bucket, found in rows.items()} == FIGURES["rows"]


def test_the_second_verifier_counts_the_same():
    assert second_verifier.figures(FIGURES["stands"], FIGURES["answer"]["moving"]) == FIGURES["answer"]
