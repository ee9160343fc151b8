"""The keyring: the highest number locks what is new, and what is no key is missing, without a word of its content."""

import copy
import os
import pickle
import secrets

import pytest

from sojourn.core.keyring import Key, KeyMissing, Keyring, is_key_name, keyring
from sojourn.core.refusals import Refusal

NUMBERED = "440000-1"


@pytest.fixture
def put(tmp_path):
    """Write the file of a key: fresh digits, or what is told."""

    def write(name: str, text: str | None = None) -> str:
        content = secrets.token_hex(32) if text is None else text
        (tmp_path / f"{name}.key").write_bytes(content.encode())
        return content

    return write


@pytest.fixture
def ring(tmp_path):
    return Keyring(tmp_path)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_key_is_read_by_its_name(ring, put, ending):
    digits = secrets.token_hex(32)
    put(NUMBERED, digits + ending)

    assert ring.key(NUMBERED) == Key(NUMBERED, bytes.fromhex(digits))


def test_capital_digits_are_digits(ring, put):
    put(NUMBERED, "AB" * 32)

    assert ring.key(NUMBERED).secret == b"\xab" * 32


def test_the_highest_number_is_the_newest(ring, put):
    for number in (9, 10, 1, 2):
        put(f"440000-{number}")

    assert ring.newest("440000").name == "440000-10"


def test_an_older_key_stays_readable_beside_a_newer_one(ring, put):
    digits = put("440000-9")
    put("440000-10")

    assert ring.key("440000-9").secret.hex() == digits


def test_a_key_that_is_added_counts_at_once_and_one_taken_away_no_longer(ring, put, tmp_path):
    put("440000-1")
    first = ring.newest("440000").name
    put("440000-2")
    second = ring.newest("440000").name
    (tmp_path / "440000-2.key").unlink()

    assert (first, second, ring.newest("440000").name) == ("440000-1", "440000-2", "440000-1")
    with pytest.raises(KeyMissing):
        ring.key("440000-2")


def test_purposes_do_not_mix(ring, put):
    for name in ("44-7", "4400001-8", "440000-2", "lookup-3", "lookup_2026-9"):
        put(name)

    assert ring.newest("440000").name == "440000-2"
    assert ring.newest("lookup").name == "lookup-3"


@pytest.mark.parametrize(
    "stray",
    [
        "440000-3.key.bak",
        ".440000-3.key",
        "440000-3.key~",
        "440000-03.key",
        "440000-0.key",
        "440000--3.key",
        "440000-３.key",
        "440000-3 .key",
        "440000-3",
        "440000-3.KEY",
        "440000-x.key",
        "440000-3\n.key",
        "x440000-3.key",
        "440000-1234567890.key",
    ],
)
def test_other_files_in_the_folder_are_no_keys(ring, put, tmp_path, stray):
    put("440000-2")
    (tmp_path / stray).write_text(secrets.token_hex(32))

    assert ring.newest("440000").name == "440000-2"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n",
        "ab" * 31,
        "ab" * 31 + "a",
        "ab" * 33,
        "ab" * 32 + "\n\n",
        "ab" * 32 + "  ",
        " " + "ab" * 32,
        "ab " * 32,
        "0x" + "ab" * 31,
        "zz" * 32,
        "ａｂ" * 32,
        "ab" * 5_000_000,
        "\x00" * 64,
    ],
    ids=lambda text: f"{len(text)} {text[:4]!r}",
)
def test_a_malformed_key_is_missing_and_its_content_is_not_told(ring, put, content):
    put(NUMBERED, content)

    with pytest.raises(KeyMissing) as missing:
        ring.key(NUMBERED)

    refusal = missing.value
    assert (refusal.status, refusal.code, refusal.facts) == (503, "key_missing", {"name": NUMBERED})
    assert NUMBERED in str(refusal)
    assert "abab" not in f"{refusal}{refusal!r}{refusal.facts}{refusal.__context__}{refusal.__cause__}"


def test_a_malformed_newest_key_is_missing_and_no_older_one_takes_its_place(ring, put):
    put("440000-1")
    put("440000-2", "damaged")

    with pytest.raises(KeyMissing) as missing:
        ring.newest("440000")

    assert missing.value.facts == {"name": "440000-2"}


@pytest.mark.parametrize("folder", ["absent", "a file", None])
def test_without_a_folder_every_key_is_missing(tmp_path, folder):
    (tmp_path / "a file").write_text("")
    ring = Keyring(tmp_path / folder if folder else None)

    with pytest.raises(KeyMissing, match="440000-1"):
        ring.key("440000-1")
    with pytest.raises(KeyMissing, match="lookup"):
        ring.newest("lookup")


def test_a_missing_key_is_named(ring, put):
    put("440000-1")

    with pytest.raises(KeyMissing, match="440000-2"):
        ring.key("440000-2")
    with pytest.raises(KeyMissing, match="450000"):
        ring.newest("450000")


def test_a_folder_in_place_of_a_key_is_no_key(ring, tmp_path):
    (tmp_path / "440000-1.key").mkdir()

    with pytest.raises(KeyMissing):
        ring.newest("440000")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_key_that_may_not_be_read_is_missing(ring, put, tmp_path):
    put(NUMBERED)
    (tmp_path / f"{NUMBERED}.key").chmod(0)

    with pytest.raises(KeyMissing):
        ring.key(NUMBERED)


TRICKS = [
    "../x",
    "../x-1",
    "..",
    ".",
    "",
    "/etc/passwd",
    "a/../x-1",
    "x-1\x00",
    "x-1\n",
    "x-1.key",
    "x-01",
    "x-0",
    "x",
    "x-",
    "-1",
    "X-1",
    "x-１",
    "x-1-1",
    "张三-1",
    "x" * 65 + "-1",
    "\ud800-1",
]


@pytest.mark.parametrize("name", TRICKS)
def test_a_name_that_is_none_leads_nowhere(tmp_path, name):
    outside, inside = tmp_path, tmp_path / "ring"
    inside.mkdir()
    for folder in (outside, inside):
        for file in ("x-1.key", "x.key", "x-01.key", "x-0.key", ".key", "X-1.key", "x-１.key", "x-1.key.key"):
            (folder / file).write_text(secrets.token_hex(32))

    with pytest.raises(KeyMissing) as missing:
        Keyring(inside).key(name)
    with pytest.raises(KeyMissing):
        Keyring(inside).newest("../x" if name == "x" else name)

    assert missing.value.facts == {"name": name if name == "x" else "?"}


def test_what_was_typed_in_place_of_a_name_is_not_repeated(ring):
    with pytest.raises(KeyMissing) as missing:
        ring.key("王小明 230103194701011234")

    assert "230103" not in f"{missing.value}{missing.value.args}{missing.value.facts}"


def test_the_node_has_the_keyring_of_its_settings(settings, tmp_path, put):
    settings.KEYRING = str(tmp_path)
    put("lookup-1")

    assert keyring().newest("lookup").name == "lookup-1"


def test_a_node_without_a_keyring_has_no_key_not_even_in_its_working_folder(
    settings, tmp_path, put, monkeypatch
):
    settings.KEYRING = ""
    put("lookup-1")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(KeyMissing) as missing:
        keyring().newest("lookup")
    with pytest.raises(KeyMissing):
        keyring().key("lookup-1")

    assert missing.value.facts == {"name": "lookup"}


def test_the_tests_have_a_key_for_every_member_hosted(settings):
    names = [keyring().newest(purpose).name for purpose in (*settings.HOSTED_PROVINCES, "lookup")]

    assert names == [*(f"{member}-1" for member in settings.HOSTED_PROVINCES), "lookup-1"]


def test_a_missing_key_is_a_refusal():
    assert issubclass(KeyMissing, Refusal)


SECRET = b"the secret of a key is 32 bytes."


def test_printing_a_key_shows_its_name_alone():
    key = Key("data", SECRET)

    assert str(key) == repr(key) == f"{key}" == "Key(name='data')"


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy], ids=lambda take: take.__name__)
def test_a_key_is_not_carried_off(take):
    with pytest.raises(TypeError, match="not pickled or copied"):
        take(Key("data", SECRET))


@pytest.mark.parametrize(
    ("name", "secret"),
    [("data", SECRET[:31]), ("data", SECRET + b"x"), ("data", b""), ("da.ta", SECRET), ("../x", SECRET)],
)
def test_what_is_no_key_is_not_taken_for_one(name, secret):
    with pytest.raises(ValueError, match="32 bytes") as refused:
        Key(name, secret)

    assert "secret of a key" not in str(refused.value)


def test_names_of_keys_have_one_form():
    assert all(map(is_key_name, ["data", "lookup-1", "440000-10", "match_2026-3"]))
    assert not any(is_key_name(name) for name in TRICKS if name != "x")
