"""Where passkeys can be, and what a device's answer proves."""

import json
import secrets

import pytest

from sojourn.accounts import passkeys
from sojourn.accounts.errors import PasskeyUnproven
from sojourn.accounts.passkeys import Key, Owner, Site
from tests.accounts.device import Device

HERE = Site("localhost", "http://localhost")
WORD = secrets.token_bytes(32)


def held_by(device: Device) -> Key:
    options = passkeys.asked_to_make(HERE, owner=Owner(b"x" * 16, "100******78"), held=[], challenge=WORD)
    return passkeys.made(device.make(options), site=HERE, challenge=WORD)


def asked(*, challenge: bytes = WORD) -> dict:
    return passkeys.asked_to_prove(HERE, held=[], challenge=challenge)


@pytest.mark.parametrize(
    ("host", "is_secure", "site"),
    [
        ("sojourn.example", True, Site("sojourn.example", "https://sojourn.example")),
        ("GD.sojourn.example:8443", True, Site("sojourn.example", "https://gd.sojourn.example:8443")),
        ("localhost:8000", False, Site("localhost", "http://localhost:8000")),
        ("sojourn.example", False, None),
        ("notsojourn.example", True, None),
        ("other.example", True, None),
        ("127.0.0.1:8000", False, None),
        ("[::1]:8000", False, None),
        ("", True, None),
    ],
)
def test_a_passkey_belongs_to_a_domain_of_the_node_and_to_no_address_of_digits(
    settings, host, is_secure, site
):
    settings.PASSKEY_DOMAINS = ["sojourn.example", "localhost"]

    assert passkeys.site_of(host, is_secure=is_secure) == site


def test_a_node_without_domains_has_no_passkeys(settings):
    settings.PASSKEY_DOMAINS = []

    assert passkeys.site_of("localhost:8000", is_secure=False) is None


def test_what_a_browser_is_asked_is_json_and_tells_no_name():
    options = passkeys.asked_to_make(
        HERE, owner=Owner(b"x" * 16, "100******78"), held=[b"known"], challenge=WORD
    )

    told = json.loads(json.dumps(options))["publicKey"]
    assert told["user"] == {
        "id": "eHh4eHh4eHh4eHh4eHh4eA",
        "name": "100******78",
        "displayName": "100******78",
    }
    assert told["authenticatorSelection"]["userVerification"] == "required"
    assert told["authenticatorSelection"]["residentKey"] == "required"
    assert told["excludeCredentials"] == [{"type": "public-key", "id": "a25vd24"}]
    assert told["attestation"] == "none"


def test_a_device_proves_the_passkey_that_it_made():
    device = Device()
    key = held_by(device)

    answer = device.prove(asked())

    assert passkeys.named_in(answer) == key.credential_id
    assert passkeys.proven(answer, site=HERE, challenge=WORD, key=key) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://localhost:9000"},
        {"origin": "https://elsewhere.example"},
        {"origin": "http://localhost.elsewhere.example"},
        {"domain": "elsewhere.example"},
        {"verifies": False},
        {"framed": True},
    ],
)
def test_what_another_site_a_frame_or_an_unlocked_device_signs_proves_nothing(wrong):
    device = Device()
    key = held_by(device)
    for name, value in wrong.items():
        setattr(device, name, value)

    with pytest.raises(PasskeyUnproven):
        passkeys.proven(device.prove(asked()), site=HERE, challenge=WORD, key=key)
    with pytest.raises(PasskeyUnproven):
        held_by(device)


def test_an_answer_to_another_challenge_proves_nothing():
    device = Device()
    key = held_by(device)
    answer = device.prove(asked(challenge=secrets.token_bytes(32)))

    with pytest.raises(PasskeyUnproven):
        passkeys.proven(answer, site=HERE, challenge=WORD, key=key)


def test_another_device_proves_nothing_by_naming_the_passkey():
    device, thief = Device(), Device()
    key = held_by(device)
    thief.credential_id = device.credential_id

    with pytest.raises(PasskeyUnproven):
        passkeys.proven(thief.prove(asked()), site=HERE, challenge=WORD, key=key)


def test_a_new_passkey_is_no_proof_of_an_old_one():
    device = Device()
    key = held_by(device)
    options = passkeys.asked_to_make(HERE, owner=Owner(b"x" * 16, "x"), held=[], challenge=WORD)

    with pytest.raises(PasskeyUnproven):
        passkeys.proven(device.make(options), site=HERE, challenge=WORD, key=key)


def mangled() -> list[str]:
    good = json.loads(Device().prove(asked()))
    without = [{name: value for name, value in good.items() if name != left} for left in good]
    response = good["response"]
    short = [good | {"response": response | {part: response[part][:7]}} for part in response]
    other = [good | {"rawId": value} for value in (None, 1, [], {}, "\u00e9", "a")]
    texts = ["", "null", "[]", "1", '"x"', "{", "[" * 5000, "{}", "\x00", "x" * 20_000]
    return [*texts, *(json.dumps(one) for one in (*without, *short, *other))]


@pytest.mark.parametrize("answer", mangled())
def test_what_cannot_be_read_is_refused_and_breaks_nothing(answer):
    key = held_by(Device())

    for read in (passkeys.made, lambda *args, **words: passkeys.proven(*args, key=key, **words)):
        with pytest.raises(PasskeyUnproven):
            read(answer, site=HERE, challenge=WORD)


@pytest.mark.parametrize(
    ("before", "now", "copied"), [(0, 0, False), (0, 1, False), (4, 5, False), (4, 4, True), (4, 0, True)]
)
def test_a_count_that_does_not_rise_tells_of_a_copy(before, now, copied):
    assert passkeys.is_copied(before=before, now=now) is copied
