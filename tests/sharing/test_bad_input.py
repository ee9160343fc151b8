"""What a node is told by others and must not believe: refused with its reason, one alarm, no row changed."""

import dataclasses
import resource
import time
import zlib
from uuid import UUID

import pytest

from providers.facilities.models import Facility
from sojourn.sharing.models import Alarm, Cursor, Heartbeat, Page, Peer, SetAsideEntry, Withdrawal
from sojourn.sharing.protocol import pages, strict
from sojourn.sharing.protocol.pages import Signature
from sojourn.sharing.states import FeedState
from tests.sharing.feeding import FACILITIES, HEARTBEATS, begun, feed_page, give, page_of, rows
from tests.sharing.resigning import resigned

STRANGER = bytes([7] * 32)


@pytest.fixture(scope="module")
def reader_for_all(standing_nodes):
    """渝 has what comes before the pages that are spoilt here."""
    return begun(standing_nodes)


@pytest.fixture
def reader(reader_for_all, standing):
    return reader_for_all


@pytest.fixture
def second(standing):
    """The page of facilities that comes next."""
    return page_of(standing["44"], FACILITIES, 2)


@pytest.fixture
def own(standing):
    """The key with which the feed's owner signs."""
    return bytes.fromhex((standing["44"].vault / "keys" / "440000-1.key").read_text())


def with_header(**other):
    return lambda header: dataclasses.replace(header, **other)


def bomb(megabytes=400):
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(squeeze.compress(b"0" * 2**20) for _ in range(megabytes)) + squeeze.flush()


def each_line(change):
    return lambda lines: [change(line) for line in lines]


# --- pages that nobody, or somebody else, signed ------------------------------------------------------
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda page: b"", "bad_frame"),
        (lambda page: page[: len(page) // 3], "bad_frame"),
        (lambda page: page[:-1], "bad_packing"),
        (lambda page: page + b"\0", "bad_packing"),
        (lambda page: page + page, "bad_packing"),
        (lambda page: page + pages.packed([b"{}"]), "bad_packing"),
        (lambda page: page.replace(b"page 1", b"page 2", 1), "bad_frame"),
        (lambda page: b"x" * (2 * pages.MOST_PACKED_BYTES), "too_large"),
        (lambda page: page.replace(b'"no":2', b'"no":3', 1), "bad_signature"),
        (lambda page: page.replace(b'"no":2', b'"no":2,"no":2', 1), "bad_header"),
        (lambda page: resigned(page, STRANGER), "bad_signature"),
        (lambda page: resigned(page, STRANGER, key="440000-9"), "unknown_key"),
        (lambda page: resigned(page, STRANGER, key="500000-1"), "key_not_valid_here"),
        (lambda page: resigned(page, STRANGER, key="node-44-1"), "key_not_valid_here"),
    ],
)
def test_a_spoilt_page_changes_no_row_and_is_one_alarm(reader, second, spoil, reason):
    before = rows(reader)

    fed = feed_page(reader, spoil(second))

    assert fed.alarms == {reason: 1}
    assert fed.no == 1
    assert rows(reader) == before


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"header": with_header(no=1)}, "wrong_number"),
        ({"header": with_header(no=3)}, "wrong_number"),
        ({"header": with_header(epoch=2)}, "wrong_epoch"),
        ({"header": with_header(previous="0" * 64)}, "broken_chain"),
        ({"header": with_header(resource="operators")}, "wrong_feed"),
        ({"header": with_header(audience="member.500000")}, "wrong_feed"),
        ({"header": with_header(entries=1)}, "wrong_count"),
        ({"header": with_header(entries=0)}, "bad_header"),
        ({"header": with_header(digest="0" * 64)}, "wrong_digest"),
        ({"header": with_header(plain=1)}, "too_large"),
        ({"header": with_header(plain=2**33)}, "too_large"),
        ({"header": with_header(sealed_at="yesterday")}, "bad_header"),
        ({"header": with_header(sealed_at="2026-11-22T02:00:00")}, "bad_header"),
        ({"header": with_header(sealed_at="99999-11-22T02:00:00Z")}, "bad_header"),
        ({"header": with_header(sealed_at="2026-13-22T02:00:00Z")}, "bad_header"),
        ({"tail": lambda tail: tail + b"\0"}, "bad_packing"),
        ({"tail": lambda tail: tail + tail}, "bad_packing"),
        ({"tail": lambda tail: zlib.compress(zlib.decompress(tail, 31))}, "bad_packing"),
        ({"lines": lambda lines: [*lines, b""]}, "not_strict"),
        ({"lines": lambda lines: [*lines, lines[0]]}, "bad_entry"),
        ({"lines": lambda lines: [*lines, b"[]"]}, "not_strict"),
        ({"lines": lambda lines: [*lines, b"\xff\xfe"]}, "not_strict"),
        ({"lines": each_line(lambda line: line + b" ")}, "not_strict"),
        ({"lines": each_line(lambda line: line.replace(b'"at":[1,', b'"at":[1.0,'))}, "not_strict"),
        ({"lines": each_line(lambda line: line.replace(b'"at":[1,', b'"at":[-1,'))}, "bad_entry"),
        ({"lines": each_line(lambda line: line.replace(b'"at":[1,', b'"at":[9007199254740992,'))}, "not_strict"),
        ({"lines": each_line(lambda line: line.replace(b'"id":"44', b'"id":"50'))}, "wrong_owner"),
        ({"lines": each_line(lambda line: line.replace(b'"id":"440000:', b'"id":"440000:x'))}, "bad_entry"),
        ({"lines": each_line(lambda line: line.replace(b'"id":"', b'"id":"","id":"'))}, "not_strict"),
        ({"lines": each_line(lambda line: line.replace("养".encode(), "e\u0301".encode()))}, "not_strict"),
        ({"lines": each_line(lambda line: line.replace(b'"reason":"gone"', b'"reason":"%s"' % (b"x" * 60)))}, "bad_entry"),
        ({"lines": each_line(lambda line: line.replace(b'"reason":"gone"', b'"reason":"\xe6\xb2\xa1"'))}, "bad_entry"),
    ],
)  # fmt: skip
def test_a_page_whose_owner_signed_nonsense_changes_no_row_and_is_one_alarm(
    reader, second, own, other, reason
):
    before = rows(reader)

    fed = feed_page(reader, resigned(second, own, **other))

    assert fed.alarms == {reason: 1}
    assert fed.no == 1
    assert fed.state == FeedState.INTEGRITY_STOP
    assert rows(reader) == before


@pytest.mark.parametrize("schema", ["facilities/9", "operators/1", ""])
def test_a_page_in_a_form_that_is_not_known_is_held_and_what_it_withdraws_is_gone(
    reader, second, own, schema
):
    fed = feed_page(reader, resigned(second, own, header=with_header(schema=schema)))

    assert (fed.alarms, fed.no, fed.state) == ({"unknown_schema": 1}, 1, FeedState.BEHIND_SCHEMA)
    with reader:
        assert Facility.objects.filter(owner="440000").count() == 3
        assert Withdrawal.objects.filter(owner="440000").count() == 1


def test_a_page_of_another_feed_is_refused(reader, standing):
    before = rows(reader)

    fed = feed_page(reader, page_of(standing["44"], HEARTBEATS, 2))

    assert (fed.alarms, fed.no) == ({"wrong_feed": 1}, 1)
    assert rows(reader) == before


def test_a_page_that_was_applied_is_no_next_page(reader, standing):
    before = rows(reader)

    fed = feed_page(reader, page_of(standing["44"], FACILITIES, 1))

    assert (fed.alarms, fed.no) == ({"wrong_number": 1}, 1)
    assert rows(reader) == before


def test_an_entity_that_stands_under_another_owner_is_not_taken_over(reader, standing, second, own):
    with reader:
        theirs = str(Heartbeat.objects.get(owner="500000").pk)
    beat = page_of(standing["44"], HEARTBEATS, 2)
    stolen = resigned(
        beat, own, lines=each_line(lambda line: strict.spelt(strict.read(line) | {"id": f"440000:{theirs}"}))
    )
    before = rows(reader)

    fed = feed_page(reader, stolen, HEARTBEATS)

    assert (fed.alarms, fed.no, fed.state) == ({"wrong_owner": 1}, 1, "integrity_stop")
    assert rows(reader) == before


def test_the_fault_of_a_page_is_asked_for_twice_and_told_once(reader, second):
    fed = feed_page(reader, resigned(second, STRANGER))
    again = feed_page(reader, resigned(second, STRANGER))

    assert (fed.asked, again.asked) == (2, 0)
    assert again.alarms == {"bad_signature": 1}


def test_a_fault_that_lasts_is_one_alarm_counted_up(reader, second):
    for _ in range(3):
        fed = feed_page(reader, resigned(second, STRANGER, key="440000-9"))

    assert fed.alarms == {"unknown_key": 3}


def test_the_good_page_is_taken_after_all_that(reader, second):
    fed = feed_page(reader, second)

    assert (fed.alarms, fed.no, fed.state) == ({}, 2, "running")
    with reader:
        assert Withdrawal.objects.filter(owner="440000").count() == 1


# --- bounds -------------------------------------------------------------------------------------------
def test_a_bomb_costs_neither_memory_nor_time(reader, second, own):
    packed = bomb()
    page = resigned(second, own, tail=lambda _tail: packed, header=with_header(plain=pages.MOST_PLAIN_BYTES))
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    fed = feed_page(reader, page)

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert fed.alarms == {"too_large": 1}
    assert grown < 64 * 1024  # KiB; the bomb unpacks to 400 MiB
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 200_000,
        b'{"a":' + b"9" * 4000 + b"}",
        b'"' + b"\\" * 60_000,
    ],
    ids=["deep object", "deep list", "long number", "back strokes"],
)
def test_an_entry_made_to_exhaust_its_reader_is_refused(reader, second, own, text):
    started = time.monotonic()

    fed = feed_page(reader, resigned(second, own, lines=lambda lines: [*lines, text]))

    assert set(fed.alarms) <= {"not_strict", "too_large"}
    assert fed.alarms
    assert fed.no == 1
    assert time.monotonic() - started < 5


# --- rows that cannot be stored -----------------------------------------------------------------------
def batch(lines, spoil=lambda body: body, count=11):
    """As many new facilities as told, all like one of the page, the last with its body spoilt."""
    like = next(strict.read(line) for line in lines if b'"op":"put"' in line)
    made = []
    for at in range(count):
        body = like["body"] | {"number": f"FC44-9{at:05d}", "listed_name": f"颐养院{at}", "features": []}
        if at == count - 1:
            body = spoil(body)
        made.append(
            strict.spelt(
                like | {"id": f"440000:{UUID(int=(7 << 76) | (2 << 62) | at)}", "at": [1, 1], "body": body}
            )
        )
    return made


def fact(**other):
    return lambda body: body | other


def feature(**other):
    return {"feature": "lift", "answer": "yes", "as_of": "2026-09-01", "reported_by": "x"} | other


UNSOUND = {
    "fact missing": lambda body: {name: body[name] for name in body if name != "address"},
    "fact too many": fact(more=1),
    "number for words": fact(address=1),
    "words for number": fact(filed_beds="1"),
    "yes for number": fact(filed_beds=True),
    "nothing where something must be": fact(listed_name=None),
    "name too long": fact(listed_name="长" * 121),
    "name without end": fact(listed_name="长" * 20_000),
    "number twice": fact(number="FC44-900000"),
    "number too large": fact(filed_beds=2**53 - 1),
    "number below nothing": fact(filed_beds=-1),
    "no day": fact(beds_as_of="soon"),
    "day without end": fact(beds_as_of="infinity"),
    "day by a word": fact(beds_as_of="today"),
    "day far off": fact(beds_as_of="12026-01-01"),
    "day that is none": fact(beds_as_of="2026-02-30"),
    "day of another form": fact(beds_as_of="20260901"),
    "instant without end": fact(features_reported_at="infinity"),
    "instant far off": fact(features_reported_at="294000-01-01T00:00:00.000000Z"),
    "instant that is none": fact(features_reported_at="2026-02-30T00:00:00.000000Z"),
    "decimal that is none": fact(lng="NaN", lat="NaN"),
    "decimal without end": fact(lng="Infinity"),
    "decimal too precise": fact(lng="1e9"),
    "status of no kind": fact(status="eaten"),
    "level of no kind": fact(levels_taken=["strong"]),
    "levels of levels": fact(levels_taken=[["mild"], ["mild", "severe"]]),
    "levels of numbers": fact(levels_taken=[1]),
    "language too long": fact(languages=["汉" * 33]),
    "division unknown": fact(division="999999"),
    "operator of no form": fact(operator="440000:1"),
    "feature that is a number": fact(features=[1]),
    "feature with too little": fact(features=[{"feature": "lift"}]),
    "feature with too much": fact(features=[feature(whole="x")]),
    "feature twice": fact(features=[feature(), feature()]),
    "feature of no answer": fact(features=[feature(answer="perhaps")]),
    "feature on no day": fact(features=[feature(as_of="infinity")]),
}  # fmt: skip


@pytest.mark.parametrize("spoil", UNSOUND.values(), ids=UNSOUND)
def test_a_row_that_cannot_be_stored_is_set_aside_alone(reader, second, own, spoil):
    page = resigned(second, own, lines=lambda lines: batch(lines, spoil))

    fed = feed_page(reader, page)

    assert (fed.alarms, fed.no, fed.state) == ({}, 2, "running")
    with reader:
        kept = Page.objects.get(feed__resource="facilities", feed__owner="440000", no=2)
        assert (kept.applied, kept.quarantined) == (10, 1)
        aside = SetAsideEntry.objects.get()
        assert aside.reason in {"wrong_kind", "unknown_reference", "not_storable"}
        assert aside.detail
        assert Facility.objects.filter(number__startswith="FC44-9").count() == 10
        for row in Facility.objects.filter(owner="440000"):  # what was stored can be read
            assert row.listed_name


def test_a_page_of_bad_rows_holds_the_feed(reader, second, own):
    before = rows(reader)

    fed = feed_page(reader, resigned(second, own, lines=lambda lines: batch(lines, fact(address=1), count=3)))

    assert (fed.alarms, fed.no, fed.state) == ({"quarantine_limit": 1}, 1, "quarantine_limit")
    assert rows(reader) == before


# --- heads and registries -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "told", [None, 1, "x", {}, [1], [[]], [{}], [{"header": 1, "signature": "x"}], [{"header": "x"}] * 2001]
)
def test_a_peer_that_shows_no_heads_is_one_alarm(reader, told):
    before = rows(reader)

    give(reader, {}, told)

    with reader:
        assert list(Alarm.objects.open().values_list("reason", "subject", "times")) == [
            ("bad_header", "node 44", 1)
        ]
        assert Peer.objects.get(node="44").last_failure == "bad_header"
    assert rows(reader) == before


def head(page, **other):
    framed = pages.unframed(page)
    return {"header": framed.header_bytes.decode(), "signature": framed.signature.spelt().decode()} | other


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda page: head(page, header="{}"), "bad_header"),
        (lambda page: head(resigned(page, STRANGER)), "bad_signature"),
        (lambda page: head(resigned(page, STRANGER, key="440000-9")), "unknown_key"),
        (lambda page: head(page, signature=Signature("none", "440000-1", b"x").spelt().decode()), "key_not_valid_here"),
    ],
)  # fmt: skip
def test_a_head_that_nobody_signed_is_an_alarm_and_nothing_else(reader, second, spoil, reason):
    before = rows(reader)

    give(reader, {}, [spoil(second)])

    with reader:
        assert list(Alarm.objects.open().values_list("reason", "times")) == [(reason, 1)]
        assert Cursor.objects.get(feed__owner="440000", feed__resource="facilities").head_no == 1
    assert rows(reader) == before


def test_a_second_history_is_kept_as_proof_and_is_one_alarm(reader, standing, own):
    other = resigned(
        page_of(standing["44"], FACILITIES, 1), own, header=with_header(sealed_at="2026-11-22T00:00:00Z")
    )

    for _ in range(2):
        give(reader, {}, [head(other)])

    with reader:
        assert list(Alarm.objects.open().values_list("reason", "times")) == [("two_histories", 2)]
