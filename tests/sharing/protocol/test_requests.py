from datetime import UTC, datetime, timedelta

import pytest

from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.requests import Request, caller_of, signed
from sojourn.sharing.protocol.suites import SUITES

SUITE = SUITES["ed25519"]
PRIVATE = SUITE.new_key()
KEYS = {"44.requests-1": SUITE.public_of(PRIVATE)}
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
URL = "https://one.example/sharing/v1/feeds/?since=3"


def asked(method="GET", url=URL, body=b"", **other):
    facts = {"target": "50", "key": "44.requests-1", "private": PRIVATE, "nonce": "n-1", "at": AT} | other
    return signed(Request(method, url, {}, body), **facts)


def read(request, **other):
    facts = {"target": "50", "public_of": KEYS.get, "at": AT, "tolerance": timedelta(seconds=120)} | other
    return caller_of(request, **facts)


def refusal_of(request, **other):
    with pytest.raises(Refused) as refused:
        read(request, **other)
    return refused.value.reason


@pytest.mark.parametrize(("method", "body"), [("GET", b""), ("POST", b'{"feed":1}')])
def test_a_signed_request_tells_who_sends_it(method, body):
    caller = read(asked(method, body=body))

    assert (caller.key, caller.nonce, caller.at) == ("44.requests-1", "n-1", AT)


def test_another_name_of_the_host_changes_nothing():
    request = asked()

    assert read(Request("GET", URL.replace("one.example", "inner:8000"), request.headers)).nonce == "n-1"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"method": "POST"}, Reason.BAD_SIGNATURE),
        ({"url": URL.replace("since=3", "since=4")}, Reason.BAD_SIGNATURE),
        ({"url": URL.replace("feeds", "keys")}, Reason.BAD_SIGNATURE),
        ({"body": b"x"}, Reason.WRONG_BODY),
    ],
)
def test_a_request_changed_on_its_way_is_refused(changed, reason):
    request = asked()
    parts = {"method": "GET", "url": URL, "body": b""} | changed

    assert refusal_of(Request(parts["method"], parts["url"], request.headers, parts["body"])) is reason


@pytest.mark.parametrize("header", ["Sojourn-Target", "Signature", "Signature-Input", "Content-Digest"])
def test_a_request_without_one_of_its_headers_is_refused(header):
    request = asked()
    del request.headers[header]

    assert refusal_of(request) in {Reason.NOT_SIGNED, Reason.BAD_SIGNATURE}


def test_a_request_meant_for_another_node_is_refused():
    assert refusal_of(asked(target="61")) is Reason.WRONG_TARGET

    request = asked(target="61")
    request.headers["Sojourn-Target"] = "50"
    assert refusal_of(request) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("seconds", [-121, 121])
def test_a_request_from_another_time_is_refused(seconds):
    assert refusal_of(asked(at=AT + timedelta(seconds=seconds))) is Reason.WRONG_TIME


def test_an_unknown_key_and_a_forged_one_are_refused():
    assert refusal_of(asked(key="61.requests-1")) is Reason.UNKNOWN_KEY
    assert refusal_of(asked(private=SUITE.new_key())) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("nonce", ["", "n" * 65])
def test_a_request_needs_a_nonce_of_bounded_length(nonce):
    assert refusal_of(asked(nonce=nonce)) is Reason.NOT_SIGNED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "sojourn=()",
        'sojourn=("@method");created=1',
        'sojourn=("@method" "@method");created=1;keyid="a"',
        "\xff",
    ],
)
def test_headers_that_are_no_signature_are_refused(text):
    request = asked()
    request.headers["Signature-Input"] = text

    assert refusal_of(request) is Reason.BAD_SIGNATURE
