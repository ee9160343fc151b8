import dataclasses
import random
import zlib

import pytest

from sojourn.sharing.protocol import pages, strict
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.suites import SUITES

SUITE = SUITES["ed25519"]
KEY = SUITE.new_key()
LINES = [
    pages.put_line(
        entity=f"440000:{number}",
        epoch=1,
        version=number,
        body={"name": f"样例{number}"},
        salt=f"{number:032x}",
    )
    for number in range(1, 6)
] + [pages.tombstone_line(entity="440000:9", epoch=1, version=2, reason="withdrawn", salt="9" * 32)]


def header_for(lines=LINES, **other):
    facts = {
        "owner": "440000",
        "resource": "facilities",
        "audience": "all",
        "epoch": 1,
        "no": 7,
        "previous": "ab" * 32,
        "schema": "facilities/1",
        "entries": len(lines),
        "plain": pages.plain_size(lines),
        "digest": pages.digest_over(bytes.fromhex(pages.digest_of(line)) for line in lines),
        "sealed_at": "2026-11-22T02:00:00Z",
    }
    return pages.Header(**facts | other)


def page_of(lines=LINES, header=None, tail=None):
    text = (header or header_for(lines)).spelt()
    value = SUITE.sign_bytes(KEY, pages.signed_text(text))
    return pages.framed(
        text, pages.Signature("ed25519", "44-1", value), pages.packed(lines) if tail is None else tail
    )


def refusal_of(page):
    with pytest.raises(Refused) as refused:
        pages.entries_of(pages.unframed(page))
    return refused.value.reason


def test_a_page_comes_apart_into_what_it_was_made_of():
    framed = pages.unframed(page_of())
    entries = pages.entries_of(framed)

    assert framed.header == header_for()
    assert [entry.entity for entry in entries] == [*(f"440000:{n}" for n in range(1, 6)), "440000:9"]
    assert entries[0].body == {"name": "样例1"}
    assert [entry.is_tombstone for entry in entries] == [False] * 5 + [True]
    assert SUITE.verify_bytes(
        SUITE.public_of(KEY), framed.signature.value, pages.signed_text(framed.header_bytes)
    )


def test_the_same_entries_make_the_same_bytes():
    assert page_of() == page_of()


def test_a_blanked_entry_keeps_the_page_whole_and_says_nothing():
    lines = [LINES[0], pages.blanked_line(LINES[1]), *LINES[2:]]

    entries = pages.entries_of(pages.unframed(page_of(lines, header_for())))

    assert entries[1].is_blanked
    assert "样例2" not in repr(entries)
    assert not entries[1].is_tombstone


def test_a_signature_for_something_else_is_none_for_a_page():
    header = header_for().spelt()

    value = SUITE.sign_bytes(KEY, header)

    assert not SUITE.verify_bytes(SUITE.public_of(KEY), value, pages.signed_text(header))


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"", Reason.BAD_FRAME),
        (b"sojourn-page 2" + page_of()[14:], Reason.BAD_FRAME),
        (page_of()[:-5], Reason.BAD_PACKING),
        (page_of() + b"x", Reason.BAD_PACKING),
        (page_of(tail=b""), Reason.BAD_PACKING),
        (page_of(tail=zlib.compress(b"x")), Reason.BAD_PACKING),
        (page_of(header=header_for(plain=pages.plain_size(LINES) - 1)), Reason.TOO_LARGE),
        (page_of(header=header_for(entries=5)), Reason.WRONG_COUNT),
        (page_of(header=header_for(digest="cd" * 32)), Reason.WRONG_DIGEST),
        (page_of([*LINES[1:], LINES[0]], header_for()), Reason.WRONG_DIGEST),
        (page_of(header=header_for(entries=0)), Reason.BAD_HEADER),
        (page_of(header=header_for(entries=1001)), Reason.BAD_HEADER),
        (page_of(header=header_for(no=0)), Reason.BAD_HEADER),
        (page_of(header=header_for(no=True)), Reason.BAD_HEADER),
        (page_of(header=header_for(previous="AB" * 32)), Reason.BAD_HEADER),
        (page_of(header=header_for(plain=pages.MOST_PLAIN_BYTES + 1)), Reason.TOO_LARGE),
        (page_of([b'{"a": 1}']), Reason.NOT_STRICT),
        (page_of([b'{"a":1}']), Reason.BAD_ENTRY),
        (page_of([LINES[0].replace(b'"at":[1,1]', b'"at":[0,1]')]), Reason.BAD_ENTRY),
        (page_of([LINES[0].replace(b'"op":"put"', b'"op":"eat"')]), Reason.BAD_ENTRY),
        (page_of([LINES[5].replace(b'"tombstone"', b'"put"')]), Reason.BAD_ENTRY),
        (page_of([LINES[0], b"", LINES[1]]), Reason.NOT_STRICT),
        (b"x" * (pages.MOST_PACKED_BYTES * 2), Reason.TOO_LARGE),
    ],
)
def test_a_page_that_breaks_the_protocol_is_refused_with_its_reason(page, reason):
    assert refusal_of(page) is reason


def test_a_bomb_is_unpacked_no_further_than_its_header_allows():
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    tail = bomb.compress(b"0" * 400_000_000) + bomb.flush()

    assert refusal_of(page_of(header=header_for(plain=1000), tail=tail)) is Reason.TOO_LARGE


def test_an_entry_beyond_its_size_is_refused():
    line = pages.put_line(entity="440000:1", epoch=1, version=1, body={"name": "长" * 22_000}, salt="0" * 32)

    assert refusal_of(page_of([line])) is Reason.TOO_LARGE


def test_a_header_with_a_field_more_or_less_is_refused():
    facts = dataclasses.asdict(header_for())

    for changed in (facts | {"more": 1}, {name: facts[name] for name in facts if name != "schema"}):
        with pytest.raises(Refused) as refused:
            pages.header_of(strict.spelt(changed))
        assert refused.value.reason is Reason.BAD_HEADER


def test_no_flipped_bit_goes_unnoticed():
    page, public, dice = page_of(), SUITE.public_of(KEY), random.Random(20261122)

    for _ in range(600):
        place = dice.randrange(len(page) * 8)
        changed = bytearray(page)
        changed[place // 8] ^= 1 << place % 8
        try:
            framed = pages.unframed(bytes(changed))
        except Refused:
            continue
        believed = framed.signature.key == "44-1" and framed.signature.suite == "ed25519"
        if believed and SUITE.verify_bytes(
            public, framed.signature.value, pages.signed_text(framed.header_bytes)
        ):
            try:
                entries = pages.entries_of(framed)
            except Refused:
                continue
            # Gzip's own header holds bytes that say nothing of the content.
            assert entries == pages.entries_of(pages.unframed(page))
