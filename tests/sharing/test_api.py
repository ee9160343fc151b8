"""The door for other nodes: who is let in, what they are given, and what is on record of it."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import kombu.exceptions
import orjson
import pytest
from celery import current_app

from sojourn.core.clock import now
from sojourn.sharing.conformance.door import PAGE, PAGES, PROBLEM, Door, page_path
from sojourn.sharing.models import Alarm, Nonce, Peer, ServeRecord
from sojourn.sharing.protocol import batches, requests
from sojourn.sharing.protocol.batches import Asked
from sojourn.sharing.protocol.pages import FeedName
from sojourn.sharing.services import membership
from sojourn.sharing.services.serving import STRANGERS_A_MINUTE
from sojourn.sharing.states import PeerState
from tests.sharing.feeding import FACILITIES, OPERATORS, page_of
from tests.sharing.network import Wire

FEED = FeedName("440000", "facilities", "all")
KEY = "node-50-1"
STRANGER = bytes([7] * 32)
ADDRESSES = {
    "/keys/": "GET",
    "/heads/": "POST",
    "/ping/": "POST",
    "/pages/": "POST",
    page_path(FEED, 1, 1): "GET",
    "/feeds/440000/facilities/all/snapshot/": "GET",
    "/feeds/440000/facilities/all/snapshot/1/2/0/": "GET",
    "/feeds/440000/facilities/all/digest/1/2/": "GET",
    "/feeds/440000/facilities/all/digest/1/2/0/": "GET",
}


@pytest.fixture
def door(standing):
    """Node 44's door, as node 50 knocks at it."""
    private = bytes.fromhex((standing["50"].vault / "keys" / f"{KEY}.key").read_text())
    return Door("http://127.0.0.1", "44", KEY, private, Wire(standing["44"], lambda _request, answer: answer))


@pytest.fixture
def told(standing):
    """What stands at node 44 after it was asked: alarms, and what is on record."""

    def look():
        with standing["44"]:
            alarms = list(Alarm.objects.open().values_list("reason", "subject", "times"))
            records = list(
                ServeRecord.objects.order_by("pk").values_list("node", "asked", "outcome", "reason")
            )
            return alarms, records

    return look


# --- what is given ------------------------------------------------------------------------------------
def test_a_page_is_given_as_it_was_signed_and_is_on_record(standing, door):
    answer = door.page(FEED, 1, 2)

    assert answer.expect_given(PAGE) == page_of(standing["44"], FACILITIES, 2)
    with standing["44"]:
        record = ServeRecord.objects.get()
        assert (record.node, record.owner, record.resource, record.audience) == (
            "50",
            *FEED.__dict__.values(),
        )
        assert (record.epoch, record.no, record.outcome, record.reason) == (1, 2, "served", "")
        assert "无条件共享" in record.ground
        assert record.trace_id
        assert not Alarm.objects.exists()
        assert Peer.objects.get(node="50").called_at is not None


def together(door, *asked):
    return door.ask("POST", "/pages/", batches.spelt(asked))


def records_of_pages(node):
    with node:
        told = ServeRecord.objects.filter(asked="page").order_by("pk")
        return list(told.values_list("resource", "no", "outcome", "reason"))


def test_pages_of_several_feeds_are_given_in_the_order_asked_and_each_is_on_record(standing, door):
    operators = FeedName("440000", "operators", "all")

    answer = together(door, Asked(FEED, 1, 1), Asked(operators, 1, 0))

    assert list(batches.parted(answer.expect_given(PAGES))) == [
        page_of(standing["44"], FACILITIES, 2),
        page_of(standing["44"], OPERATORS, 1),
        page_of(standing["44"], OPERATORS, 2),
    ]
    assert records_of_pages(standing["44"]) == [
        ("facilities", 2, "served", ""),
        ("operators", 1, "served", ""),
        ("operators", 2, "served", ""),
    ]


def test_a_feed_that_no_ground_opens_is_left_out_of_an_answer_with_an_alarm(standing, door, told):
    foreign = FeedName("440000", "facilities", "member.440000")

    answer = together(door, Asked(foreign, 1, 0), Asked(FEED, 1, 1))

    assert list(batches.parted(answer.expect_given(PAGES))) == [page_of(standing["44"], FACILITIES, 2)]
    alarms, records = told()
    assert alarms == [("not_granted", "node 50", 1)]
    assert sorted(records) == [("50", "page", "refused", "not_granted"), ("50", "page", "served", "")]


def test_an_answer_holds_no_more_than_it_may_yet_one_page_at_least(standing, door, monkeypatch):
    monkeypatch.setattr(batches, "MOST_BYTES", 1)

    answer = together(door, Asked(FEED, 1, 0))

    assert list(batches.parted(answer.expect_given(PAGES))) == [page_of(standing["44"], FACILITIES, 1)]


@pytest.mark.parametrize(
    ("epoch", "no"), [(1, 2), (2, 0), (1, 2**62 - 1)], ids=["at the head", "another epoch", "far"]
)
def test_nothing_comes_behind_the_last_page(standing, door, epoch, no):
    assert together(door, Asked(FEED, epoch, no)).expect_given(PAGES) == b""
    assert records_of_pages(standing["44"]) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"after":{}}',
        b'{"after":[1]}',
        b'{"after":[["440000","facilities","all",1]]}',
        b'{"after":[["440000","facilities","all",1,-1]]}',
        b'{"after":[["440000","facilities","all",0,1]]}',
        b'{"after":[["440000","facilities","all",1,true]]}',
        b'{"after":[["440000","facilities","all",1,9223372036854775808]]}',
        b'{"after":[["440000","facilities","a\\u0000",1,0]]}',
        b'{"after":[["440000","facilities","all",1,0],["440000","facilities","all",1,1]]}',
        b'{"after":[' + b",".join([b'["4","f","a",1,0]'] * 501) + b"]}",
    ],
)
def test_places_that_are_none_are_refused_and_on_record(door, told, body):
    door.ask("POST", "/pages/", body).expect_refused(403, "bad_header")

    alarms, records = told()
    assert alarms == [("bad_header", "node 50", 1)]
    assert records == [("50", "page", "refused", "bad_header")]


@pytest.mark.parametrize(("epoch", "no"), [(1, 3), (2, 1), (1, 0), (0, 1), (10**30, 1), (1, 10**30)])
def test_a_page_that_was_never_sealed_is_not_there(door, told, epoch, no):
    door.page(FEED, epoch, no).expect_refused(404, "page_not_there")

    assert told() == ([], [])


def test_heads_are_exchanged_for_heads(door, told):
    facts = door.heads().expect_object()

    assert (facts["node"], facts["registry"]) == ("44", 1)
    shown = [orjson.loads(head["header"]) for head in facts["heads"]]
    assert sorted(
        (head["resource"], head["owner"], head["no"]) for head in shown if head["owner"] == "440000"
    ) == [
        ("facilities", "440000", 2),
        ("heartbeats", "440000", 2),
        ("operators", "440000", 2),
    ]
    assert told() == ([], [("50", "heads", "served", "")])


def test_a_ping_brings_the_next_poll_forward(standing, door):
    with standing["44"]:
        Peer.objects.filter(node="50").update(next_poll_at=now() + timedelta(hours=1))

    assert door.ask("POST", "/ping/", b'{"heads":[]}').expect_object() == {}

    with standing["44"]:
        assert Peer.objects.get(node="50").next_poll_at <= now()


def test_a_ping_is_answered_while_the_broker_is_down(door, monkeypatch):
    def no_broker(*_args, **_options):
        raise kombu.exceptions.OperationalError("down")

    monkeypatch.setattr(current_app, "send_task", no_broker)

    assert door.ask("POST", "/ping/", b'{"heads":[]}').expect_object() == {}


def test_the_registry_is_given_to_anyone(standing, door, told):
    answer = door.send(door.plain("GET", "/keys/"))

    assert answer.expect_given("text/plain") == (standing["44"].vault / "registry").read_bytes()
    assert told() == ([], [])


# --- who is not let in --------------------------------------------------------------------------------
REFUSED = {
    "not_signed": lambda door: door.plain("GET", page_path(FEED, 1, 1)),
    "unknown_key": lambda door: door.signed("GET", page_path(FEED, 1, 1), key="node-61-1"),
    "unknown_key of a member": lambda door: door.signed("GET", page_path(FEED, 1, 1), key="500000-1"),
    "bad_signature": lambda door: door.signed("GET", page_path(FEED, 1, 1), private=STRANGER),
    "wrong_target": lambda door: door.signed("GET", page_path(FEED, 1, 1), target="50"),
    "wrong_time": lambda door: door.signed("GET", page_path(FEED, 1, 1), at=now() - timedelta(days=1)),
    "wrong_body": lambda door: replace(door.signed("GET", page_path(FEED, 1, 1)), body=b"x"),
    "too_large": lambda door: door.signed("GET", page_path(FEED, 1, 1), b" " * (requests.MOST_BODY + 1)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_request_is_one_alarm_counted_up_and_on_record(standing, door, told, name):
    reason = name.partition(" ")[0]

    for _ in range(3):
        door.send(REFUSED[name](door)).expect_refused(403, reason)

    alarms, records = told()
    assert alarms == [(reason, "node ?", 3)]
    assert records == [("", "page", "refused", reason)] * 3
    with standing["44"]:
        assert not Nonce.objects.exists()


def test_strangers_fill_no_table_while_the_alarm_goes_on_counting(door, told, monkeypatch):
    monkeypatch.setattr("sojourn.sharing.services.serving.STRANGERS_A_MINUTE", 2)

    for _ in range(4):
        door.send(REFUSED["not_signed"](door)).expect_refused(403, "not_signed")

    alarms, records = told()
    assert alarms == [("not_signed", "node ?", 4)]
    assert len(records) == 2


def test_a_request_that_was_answered_is_refused_the_second_time(door, told):
    request = door.signed("GET", page_path(FEED, 1, 1))

    door.send(request).expect_given(PAGE)
    for _ in range(2):
        door.send(request).expect_refused(403, "replayed")

    assert told()[0] == [("replayed", "node ?", 2)]


def test_two_signatures_on_one_request_are_none(door):
    request = door.signed("GET", page_path(FEED, 1, 1))
    for name in ("Signature", "Signature-Input"):
        request.headers[name] += ", " + request.headers[name].replace("sojourn=", "second=", 1)

    door.send(request).expect_refused(403, "bad_signature")


@pytest.mark.parametrize("state", [PeerState.PAUSED, PeerState.LEFT])
def test_a_peer_with_whom_nothing_is_exchanged_is_refused(standing, door, state):
    with standing["44"]:
        Peer.objects.filter(node="50").update(state=state)

    door.page(FEED, 1, 1).expect_refused(403, "not_granted")


@pytest.mark.parametrize(
    "feed",
    [
        FeedName("440000", "facilities", "member.520000"),
        FeedName("440000", "nothing", "all"),
        FeedName("610000", "facilities", "none"),
        FeedName("999999", "facilities", "all"),
        FeedName("4" * 300, "f" * 300, "a" * 300),
        FeedName("440000'--", "facilities", "all"),
    ],
)
def test_a_feed_that_no_ground_opens_is_refused_and_on_record(door, told, feed):
    answer = door.page(feed, 1, 1)

    if feed.owner == "610000":  # its own member's: it may read whatever is kept of that, and nothing is
        answer.expect_refused(404, "page_not_there")
        return
    answer.expect_refused(403, "not_granted")
    assert told() == ([("not_granted", "node 50", 1)], [("50", "page", "refused", "not_granted")])


@pytest.mark.parametrize("path", ["/heads/", "/ping/"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"heads":1}', b'{"heads":[{}]}', b"\xff", b"[" * 9000]
)
def test_a_body_without_heads_is_one_alarm_about_its_sender(door, told, path, body):
    door.ask("POST", path, body).expect_refused(403, "bad_header")

    assert told() == ([("bad_header", "node 50", 1)], [("50", path.strip("/"), "refused", "bad_header")])


def test_too_many_heads_are_refused(door):
    door.heads(orjson.dumps({"heads": [{}] * 2001})).expect_refused(403, "bad_header")


@pytest.mark.parametrize("path", ADDRESSES)
def test_each_address_has_one_method(door, path):
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - {ADDRESSES[path]}:
        answer = door.ask(method, path)

        assert (answer.status, answer.code, answer.kind) == (405, "method_not_allowed", PROBLEM)


@pytest.mark.parametrize("path", [path for path in ADDRESSES if path != "/keys/"])
def test_no_address_but_the_registry_is_open_to_a_stranger(door, path):
    door.send(door.plain(ADDRESSES[path], path)).expect_refused(403, "not_signed")


@pytest.mark.parametrize(
    "path", ["/feeds/", "/feeds/440000/facilities/all/pages/1/x/", "/none/", "/feeds/a/b/"]
)
def test_an_address_that_is_none_is_not_found(door, path):
    answer = door.ask("GET", path)

    assert (answer.status, answer.kind) == (404, PROBLEM)


def test_a_node_whose_registry_is_past_its_time_lets_nobody_in(standing, door, monkeypatch):
    monkeypatch.setattr(membership, "now", lambda: datetime(2036, 1, 2, tzinfo=UTC))

    door.page(FEED, 1, 1).expect_refused(403, "registry_expired")


def test_a_node_that_was_not_set_up_to_share_says_so(client, db):
    assert client.get("/sharing/v1/keys/").status_code == 404
    answer = client.post("/sharing/v1/heads/", b"{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "sharing_not_set_up")


# --- headers that were tampered with ------------------------------------------------------------------
def spoilt(request, dice):
    """The request with one of its headers changed in a place or two, or left out."""
    headers = dict(request.headers)
    name = dice.choice(["Signature", "Signature-Input", "Content-Digest", "Sojourn-Target"])
    text = headers.pop(name)
    match dice.randrange(5):
        case 0:
            return replace(request, headers=headers)
        case 1:
            text = text[: dice.randrange(len(text))]
        case 2:
            place = dice.randrange(len(text))
            text = text[:place] + dice.choice('"=;:,()? \\x9') + text[place + 1 :]
        case 3:
            text = f"{text}, {text}"
        case _:
            pieces = text.split(";")
            dice.shuffle(pieces)
            text = ";".join(pieces[: dice.randint(1, len(pieces))])
    return replace(request, headers=headers | {name: text})


def test_headers_that_were_tampered_with_open_nothing_and_break_nothing(standing, door, told):
    dice, asked = random.Random(20261122), 0

    for _ in range(150):
        request = door.signed("GET", page_path(FEED, 1, 1))
        changed = spoilt(request, dice)
        if changed.headers == request.headers:
            continue
        answer = door.send(changed)
        asked += 1
        assert (answer.status, answer.kind) == (403, PROBLEM), changed.headers
        assert answer.code in {"not_signed", "bad_signature", "unknown_key", "wrong_target", "wrong_body"}

    assert asked > 120
    alarms, records = told()
    assert sum(times for _, _, times in alarms) == asked
    assert len(records) == STRANGERS_A_MINUTE


def test_a_signature_by_another_algorithm_opens_nothing(door):
    request = door.signed("GET", page_path(FEED, 1, 1))
    request.headers["Signature-Input"] = request.headers["Signature-Input"].replace("ed25519", "hmac-sha256")

    door.send(request).expect_refused(403, "bad_signature")


def test_a_page_key_signs_no_request(standing, door):
    private = bytes.fromhex((standing["50"].vault / "keys" / "500000-1.key").read_text())

    door.heads(key="500000-1", private=private).expect_refused(403, "unknown_key")
