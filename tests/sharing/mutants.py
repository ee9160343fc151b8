"""Good pages spoilt in every way we could think of, by dice that always fall the same."""

import hashlib
import random
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace

from sojourn.sharing.protocol import pages, strict
from sojourn.sharing.protocol.pages import Header, Signature
from sojourn.sharing.protocol.reasons import Refused
from tests.sharing.feeding import FACILITIES, HEARTBEATS, OPERATORS, page_of
from tests.sharing.network import SUITE, TestNode
from tests.sharing.resigning import lines_of, resigned

Dice = random.Random
OTHER_TIMES = ("2026-11-22T02:00:60Z", "yesterday", "", "2026-11-22 02:00:00Z", "10000-01-01T00:00:00Z")


@dataclass(frozen=True)
class Good:
    """A page that would be taken next, others of its owner, and the keys that a forger has or has not."""

    feed: str
    page: bytes
    others: tuple[bytes, ...]
    owner: bytes
    stranger: bytes

    @property
    def framed(self) -> pages.Framed:
        return pages.unframed(self.page)


Mutation = Callable[[Good, Dice], bytes]


# --- bytes ----------------------------------------------------------------------------------------------
def flipped_bit(good: Good, dice: Dice) -> bytes:
    return _flipped(good.page, dice, range(len(good.page)))


def flipped_bit_of_a_header(good: Good, dice: Dice) -> bytes:
    start = len(pages.FIRST_LINE) + 1
    return _flipped(good.page, dice, range(start, start + len(good.framed.header_bytes)))


def flipped_bit_of_a_signature(good: Good, dice: Dice) -> bytes:
    start = good.page.index(good.framed.signature.spelt())
    return _flipped(good.page, dice, range(start, start + len(good.framed.signature.spelt())))


def _flipped(page: bytes, dice: Dice, places: range) -> bytes:
    changed, place = bytearray(page), dice.choice(places)
    changed[place] ^= 1 << dice.randrange(8)
    return bytes(changed)


def truncated(good: Good, dice: Dice) -> bytes:
    return good.page[: dice.randrange(len(good.page))]


def trailing_bytes(good: Good, dice: Dice) -> bytes:
    return good.page + dice.randbytes(dice.randint(1, 40))


def missing_bytes(good: Good, dice: Dice) -> bytes:
    start = dice.randrange(len(good.page) - 1)
    return good.page[:start] + good.page[start + dice.randint(1, 40) :]


def swapped_signature(good: Good, dice: Dice) -> bytes:
    other = pages.unframed(dice.choice(good.others)).signature
    return pages.framed(good.framed.header_bytes, other, good.framed.packed)


def swapped_entries(good: Good, dice: Dice) -> bytes:
    other = pages.unframed(dice.choice(good.others)).packed
    return pages.framed(good.framed.header_bytes, good.framed.signature, other)


def swapped_header(good: Good, dice: Dice) -> bytes:
    other = pages.unframed(dice.choice(good.others)).header_bytes
    return pages.framed(other, good.framed.signature, good.framed.packed)


def another_page(good: Good, dice: Dice) -> bytes:
    return dice.choice(good.others)


def nameless_signature(good: Good, dice: Dice) -> bytes:
    signature = Signature(
        dice.choice(["ed25519", "none", "sm2"]), dice.choice(["440000-1", "x", ""]), dice.randbytes(64)
    )
    return pages.framed(good.framed.header_bytes, signature, good.framed.packed)


# --- headers --------------------------------------------------------------------------------------------
def edited_header(good: Good, dice: Dice) -> bytes:
    header = _other_header(good.framed.header, dice)
    return pages.framed(header.spelt(), good.framed.signature, good.framed.packed)


def edited_header_signed_by_a_stranger(good: Good, dice: Dice) -> bytes:
    return resigned(good.page, good.stranger, header=lambda header: _other_header(header, dice))


def edited_header_signed_by_the_owner(good: Good, dice: Dice) -> bytes:
    # A form of bodies that we do not know yet is no fault: the feed waits, and what it withdraws is gone.
    return resigned(good.page, good.owner, header=lambda header: _other_header(header, dice, but="schema"))


def signed_by_a_stranger(good: Good, dice: Dice) -> bytes:
    return resigned(
        good.page, good.stranger, key=dice.choice(["440000-1", "500000-1", "node-44-1", "440000-7"])
    )


def signed_for_something_else(good: Good, dice: Dice) -> bytes:
    kind = dice.choice([b"", b"sojourn-registry 1\n", b"sojourn-snapshot 1\n", b"sojourn-page 2\n"])
    value = SUITE.sign_bytes(good.owner, kind + good.framed.header_bytes)
    return pages.framed(good.framed.header_bytes, Signature("ed25519", "440000-1", value), good.framed.packed)


def _other_header(header: Header, dice: Dice, but: str = "") -> Header:
    """The header with one field, any but this, that is not as it should be."""
    name = dice.choice([field.name for field in fields(Header) if field.name != but])
    value = getattr(header, name)
    match name:
        case "no" | "epoch":
            value = dice.choice([value - 1, value + 1, 0, -1, 2**53 - 1])
        case "entries":
            value = dice.choice([0, value + 1, 1000, 1001, -1])
        case "plain":
            value = dice.choice([1, 0, -1, value - 1, 2**33])
        case "previous" | "digest":
            value = dice.choice([hashlib.sha256(dice.randbytes(4)).hexdigest(), value.upper(), "", "0" * 63])
        case "sealed_at":
            value = dice.choice(OTHER_TIMES)
        case "owner":
            value = dice.choice(["500000", "440001", "", "4400000"])
        case _:
            value = dice.choice([f"{value}x", "", "../all", "x" * 5000])
    return replace(header, **{name: value})


# --- entries, signed by the owner -----------------------------------------------------------------------
def _by_owner(change: Callable[[list[bytes], Dice], list[bytes]]) -> Mutation:
    def mutation(good: Good, dice: Dice) -> bytes:
        return resigned(good.page, good.owner, lines=lambda lines: change(lines, dice))

    return mutation


def _one(change: Callable[[bytes, Dice], bytes]) -> Mutation:
    def changed(lines: list[bytes], dice: Dice) -> list[bytes]:
        place = dice.randrange(len(lines))
        return [*lines[:place], change(lines[place], dice), *lines[place + 1 :]]

    return _by_owner(changed)


def reordered_entries(good: Good, dice: Dice) -> bytes:
    lines = lines_of(good.page)
    lines = lines[1:] + lines[:1] if len(lines) > 1 else [lines[0].replace(b'"salt":"', b'"salt":"0')]
    return pages.framed(good.framed.header_bytes, good.framed.signature, pages.packed(lines))


def left_out_entry(good: Good, dice: Dice) -> bytes:
    lines = lines_of(good.page)
    lines.pop(dice.randrange(len(lines)))
    return pages.framed(good.framed.header_bytes, good.framed.signature, pages.packed(lines))


def blanked_by_a_stranger(good: Good, dice: Dice) -> bytes:
    lines = lines_of(good.page)
    lines[dice.randrange(len(lines))] = pages.blanked_line(dice.randbytes(8))
    return pages.framed(good.framed.header_bytes, good.framed.signature, pages.packed(lines))


def changed_number(good: Good, dice: Dice) -> bytes:
    lines = [line.replace(b'"at":[1,', b'"at":[1,1') for line in lines_of(good.page)]
    return pages.framed(good.framed.header_bytes, good.framed.signature, pages.packed(lines))


def doubled_entry(lines: list[bytes], dice: Dice) -> list[bytes]:
    return [*lines, dice.choice(lines)]


def empty_line(lines: list[bytes], dice: Dice) -> list[bytes]:
    place = dice.randrange(len(lines) + 1)
    return [*lines[:place], b"", *lines[place:]]


def no_object(lines: list[bytes], dice: Dice) -> list[bytes]:
    return [
        *lines,
        dice.choice([b"[]", b"null", b"1", b'"x"', b"{", b"NaN", dice.randbytes(9).replace(b"\n", b"")]),
    ]


def too_many(lines: list[bytes], dice: Dice) -> list[bytes]:
    return [lines[0]] * (pages.MOST_ENTRIES + dice.randint(1, 3))


def decomposed_words(line: bytes, dice: Dice) -> bytes:
    return _with_fact(line, unicodedata.normalize("NFD", dice.choice(["é", "Å", "が", "각"])))


def fraction(line: bytes, dice: Dice) -> bytes:
    return _with_fact(line, dice.choice([b"1.5", b"1e3", b"1.0", b"-0", b"-0.0"]))


def big_number(line: bytes, dice: Dice) -> bytes:
    return _with_fact(line, b"%d" % (dice.choice([1, -1]) * dice.choice([2**53, 2**63, 2**64, 10**400])))


def _with_fact(line: bytes, value: str | bytes) -> bytes:
    told = value if isinstance(value, bytes) else b'"%s"' % value.encode()
    return line.replace(b'"op":', b'"more":%s,"op":' % told, 1)


def doubled_key(line: bytes, dice: Dice) -> bytes:
    name = dice.choice([b'"id":', b'"op":', b'"salt":'])
    return line.replace(name, name + b'"x",' + name, 1)


def white_space(line: bytes, dice: Dice) -> bytes:
    mark = dice.choice([b",", b":", b"{"])
    return line.replace(mark, mark + dice.choice([b" ", b"\t", b"\r"]), 1)


def unsorted_keys(line: bytes, dice: Dice) -> bytes:
    return b'{"zz":1,' + line[1:]


def escaped_letter(line: bytes, dice: Dice) -> bytes:
    return line.replace(b'"op"', dice.choice([b'"\\u006fp"', b'"\\u006Fp"']), 1)


def no_text(line: bytes, dice: Dice) -> bytes:
    return line.replace(
        b'"salt":"', b'"salt":"' + dice.choice([b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\\u0000"]), 1
    )


def other_owner(line: bytes, dice: Dice) -> bytes:
    return line.replace(b'"id":"440000:', b'"id":"%s:' % dice.choice([b"500000", b"450000", b"", b"44"]), 1)


def no_identity(line: bytes, dice: Dice) -> bytes:
    other = dice.choice(
        [b"440000:x", b"440000", b"440000:%s", b"440000:{", b"440000:00000000000000000000000000000000"]
    )
    return strict.spelt(strict.read(line) | {"id": other.decode()})


def no_version(line: bytes, dice: Dice) -> bytes:
    at = dice.choice([[0, 1], [1, 0], [1], [1, 1, 1], "1", None, [True, 1], [1, "1"], {"a": 1}])
    return strict.spelt(strict.read(line) | {"at": at})


def other_operation(line: bytes, dice: Dice) -> bytes:
    entry = strict.read(line)
    swapped = "tombstone" if entry["op"] == "put" else "put"
    return strict.spelt(entry | {"op": dice.choice(["eat", "", 1, None, swapped])})


def field_more_or_less(line: bytes, dice: Dice) -> bytes:
    entry = strict.read(line)
    if dice.randrange(2):
        return strict.spelt(entry | {"more": 1})
    del entry[dice.choice(sorted(entry))]
    return strict.spelt(entry)


def too_deep(line: bytes, dice: Dice) -> bytes:
    depth = dice.randint(9, 2000)
    return _with_fact(line, b"[" * depth + b"]" * depth)


def too_long(line: bytes, dice: Dice) -> bytes:
    return _with_fact(line, "x" * (pages.MOST_ENTRY_BYTES + dice.randint(1, 9)))


# --- packing, signed by the owner -----------------------------------------------------------------------
def _packed_as(change: Callable[[bytes, Dice], bytes]) -> Mutation:
    def mutation(good: Good, dice: Dice) -> bytes:
        return resigned(good.page, good.owner, tail=lambda tail: change(tail, dice))

    return mutation


def second_member(tail: bytes, dice: Dice) -> bytes:
    return tail + dice.choice([tail, pages.packed([]), pages.packed([b"{}"])])


def after_the_end(tail: bytes, dice: Dice) -> bytes:
    return tail + dice.randbytes(dice.randint(1, 9))


def cut_short(tail: bytes, dice: Dice) -> bytes:
    return tail[: -dice.randint(1, len(tail) - 1)]


def not_gzip(tail: bytes, dice: Dice) -> bytes:
    plain = zlib.decompress(tail, 31)
    return dice.choice([plain, zlib.compress(plain), zlib.compress(plain)[2:-4], b"", b"PK\x03\x04"])


def wrong_sum(tail: bytes, dice: Dice) -> bytes:
    return tail[:-8] + bytes(each ^ 0x55 for each in tail[-8:])


def bomb(tail: bytes, dice: Dice) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = b"\n" * 2**20
    return b"".join(squeeze.compress(zeros) for _ in range(dice.choice([9, 30]))) + squeeze.flush()


def oversize(good: Good, dice: Dice) -> bytes:
    return good.page + b"\0" * (pages.MOST_PACKED_BYTES + dice.randrange(10))


ENTRY_LISTS = (doubled_entry, empty_line, no_object, too_many)
SINGLE_ENTRIES = (
    *(
        decomposed_words,
        fraction,
        big_number,
        doubled_key,
        white_space,
        unsorted_keys,
        escaped_letter,
        no_text,
    ),
    *(other_owner, no_identity, no_version, other_operation, field_more_or_less, too_deep, too_long),
)
PACKINGS = (second_member, after_the_end, cut_short, not_gzip, wrong_sum, bomb)
WHOLE_PAGES = (
    *(flipped_bit, flipped_bit_of_a_header, flipped_bit_of_a_signature, truncated, trailing_bytes),
    *(missing_bytes, swapped_signature, swapped_entries, swapped_header, another_page, nameless_signature),
    *(edited_header, edited_header_signed_by_a_stranger, edited_header_signed_by_the_owner),
    *(signed_by_a_stranger, signed_for_something_else, reordered_entries, left_out_entry),
    *(blanked_by_a_stranger, changed_number, oversize),
)
MUTATIONS: Mapping[str, Mutation] = (
    {each.__name__: each for each in WHOLE_PAGES}
    | {each.__name__: _by_owner(each) for each in ENTRY_LISTS}
    | {each.__name__: _one(each) for each in SINGLE_ENTRIES}
    | {each.__name__: _packed_as(each) for each in PACKINGS}
)


# --- the pages of a run ---------------------------------------------------------------------------------
def good_pages(nodes: Mapping[str, TestNode]) -> list[Good]:
    """The pages that come next at a node where ``begun`` was, of a feed with and one without a withdrawal."""
    writer = nodes["44"]
    own = bytes.fromhex((writer.vault / "keys" / "440000-1.key").read_text())
    others = [page_of(writer, feed, 1) for feed in (OPERATORS, FACILITIES, HEARTBEATS)]
    others += [page_of(writer, OPERATORS, 2)]
    return [
        Good(feed, page_of(writer, feed, 2), tuple(others), own, bytes([7] * 32))
        for feed in (FACILITIES, HEARTBEATS)
    ]


def mutants(goods: list[Good], count: int, seed: int) -> Iterator[tuple[str, Good, bytes]]:
    """So many spoilt pages, every kind in turn; one that says the very same as the good page is none."""
    dice, names = Dice(seed), sorted(MUTATIONS)
    for at in range(count):
        name, good = names[at % len(names)], goods[at // len(names) % len(goods)]
        page = good.page
        while _says_the_same(page, good.page):
            page = MUTATIONS[name](good, dice)
        yield name, good, page


def _says_the_same(page: bytes, good: bytes) -> bool:
    """Whether header, signature and entries are those of the good page: gzip has bits that mean nothing."""
    try:
        one, other = pages.unframed(page), pages.unframed(good)
        same = (one.header_bytes, one.signature) == (other.header_bytes, other.signature)
        return same and pages.lines_of(one) == pages.lines_of(other)
    except Refused:
        return False
