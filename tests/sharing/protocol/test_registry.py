from datetime import UTC, datetime, timedelta

import pytest

from sojourn.sharing.protocol import pages, registry, strict
from sojourn.sharing.protocol.pages import FeedName, Header, Signature
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import (
    MemberKey,
    Node,
    Reach,
    Registry,
    registry_of,
    verify_page_signature,
)
from sojourn.sharing.protocol.suites import SUITES

SUITE = SUITES["ed25519"]
REGISTRARS = {name: SUITE.new_key() for name in ("registrar-1", "registrar-2", "registrar-3")}
PUBLIC = {name: SUITE.public_of(private) for name, private in REGISTRARS.items()}
OLD, NEW = SUITE.new_key(), SUITE.new_key()
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FEED = FeedName("440000", "facilities", "all")
EDITION = Registry(
    edition=7,
    issued_at=AT - timedelta(days=1),
    expires_at=AT + timedelta(days=30),
    nodes=(
        Node("44", "https://one.example/", ("440000", "450000")),
        Node("50", "https://two.example/", ("500000",)),
    ),
    keys=(
        MemberKey("440000-1", "440000", "ed25519", SUITE.public_of(OLD), (Reach(FEED, (1, 1), (1, 9)),)),
        MemberKey("440000-2", "440000", "ed25519", SUITE.public_of(NEW), (Reach(FEED, (1, 10), None),)),
        MemberKey("500000-1", "500000", "ed25519", SUITE.public_of(SUITE.new_key()), ()),
    ),
)


def signatures_of(document, *names):
    return [
        Signature("ed25519", name, SUITE.sign_bytes(REGISTRARS[name], registry.signed_text(document)))
        for name in names
    ]


def read(document=None, names=("registrar-1", "registrar-2"), **other):
    document = EDITION.spelt() if document is None else document
    facts = {"registrars": PUBLIC, "needed": 2, "at": AT, "held": 7} | other
    return registry_of(document, signatures_of(document, *names), **facts)


def refusal_of(*args, **facts):
    with pytest.raises(Refused) as refused:
        read(*args, **facts)
    return refused.value.reason


def header(no, **other):
    facts = {
        "epoch": 1,
        "no": no,
        "previous": pages.FIRST,
        "schema": "facilities/1",
        "entries": 1,
        "plain": 9,
    }
    facts |= {"digest": "0" * 64, "sealed_at": "2026-11-22T02:00:00Z"}
    return Header("440000", "facilities", "all", **facts | other)


def signed_by(private, key, page):
    value = SUITE.sign_bytes(private, pages.signed_text(page.spelt()))
    verify_page_signature(page, page.spelt(), Signature("ed25519", key, value), EDITION)


def test_a_signed_edition_is_read_as_it_was_written():
    assert read() == EDITION
    assert EDITION.node_of("450000").name == "44"
    assert EDITION.node_of("610000") is None


def test_it_takes_as_many_registrars_as_were_agreed_and_one_of_them_twice_is_one():
    assert refusal_of(names=("registrar-1",)) is Reason.BAD_SIGNATURE
    assert refusal_of(names=("registrar-1", "registrar-1")) is Reason.BAD_SIGNATURE
    assert refusal_of(needed=0) is Reason.BAD_SIGNATURE
    assert refusal_of(registrars={"registrar-3": PUBLIC["registrar-3"]}) is Reason.BAD_SIGNATURE


def test_an_older_edition_and_an_expired_one_never_take_effect():
    assert refusal_of(held=8) is Reason.REGISTRY_OLDER
    assert refusal_of(at=AT + timedelta(days=30)) is Reason.REGISTRY_EXPIRED
    assert refusal_of(at=AT - timedelta(days=2)) is Reason.REGISTRY_EXPIRED


@pytest.mark.parametrize(
    "change",
    [
        {"edition": 0},
        {"edition": "7"},
        {"issued_at": "yesterday"},
        {"issued_at": "2026-11-21T02:00:00"},
        {"nodes": [{"name": "44"}]},
        {"nodes": [{"name": name, "address": "a", "members": ["440000"]} for name in ("44", "50")]},
        {"keys": [{"key": "x"}]},
        {"keys": None},
    ],
)
def test_a_document_of_another_shape_is_refused(change):
    document = strict.spelt(strict.read(EDITION.spelt()) | change)

    assert refusal_of(document) is Reason.BAD_REGISTRY


def test_a_page_is_believed_only_under_the_key_for_that_page():
    signed_by(OLD, "440000-1", header(9))
    signed_by(NEW, "440000-2", header(10))
    signed_by(NEW, "440000-2", header(1, epoch=2))

    for private, key, page, reason in [
        (OLD, "440000-1", header(10), Reason.KEY_NOT_VALID_HERE),
        (NEW, "440000-2", header(9), Reason.KEY_NOT_VALID_HERE),
        (NEW, "500000-1", header(10), Reason.KEY_NOT_VALID_HERE),
        (OLD, "440000-2", header(10), Reason.BAD_SIGNATURE),
        (OLD, "440000-9", header(9), Reason.UNKNOWN_KEY),
    ]:
        with pytest.raises(Refused) as refused:
            signed_by(private, key, page)
        assert refused.value.reason is reason


def test_a_key_of_another_suite_is_not_taken():
    page = header(9)
    value = SUITE.sign_bytes(OLD, pages.signed_text(page.spelt()))

    with pytest.raises(Refused) as refused:
        verify_page_signature(page, page.spelt(), Signature("sm2", "440000-1", value), EDITION)

    assert refused.value.reason is Reason.KEY_NOT_VALID_HERE
