"""The vault: no number is signed twice, and what was signed last is there whole."""

import stat
from dataclasses import replace

import pytest

from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import FeedName, Header
from sojourn.sharing.protocol.suites import SUITES
from sojourn.sharing.vault import AlreadySigned, Vault, VaultMissing

FEED = FeedName("440000", "operators", "all")
LINES = [pages.put_line(entity="440000:x", epoch=1, version=1, body={"name": "样例"}, salt="0" * 32)]


def header(no: int, epoch: int = 1, at: str = "2026-11-22T00:00:00Z") -> Header:
    digest = pages.digest_over(pages.line_digest(line) for line in LINES)
    return Header("440000", "operators", "all", epoch, no, pages.FIRST, "operators/1", 1, 99, digest, at)


@pytest.fixture
def vault(tmp_path):
    (tmp_path / "keys").mkdir()
    for name in ("440000-1", "440000-2", "440000-10", "node-44-1"):
        (tmp_path / "keys" / f"{name}.key").write_text(SUITES["ed25519"].new_key().hex() + "\n")
    return Vault(tmp_path)


def sign(vault: Vault, what: Header, markers: list[int] | None = None):
    with vault.feed(FEED) as watermark:
        return watermark.sign(what, pages.packed(LINES), key="440000-1", markers=markers or [])


def test_what_was_signed_last_is_there_whole(vault):
    sign(vault, header(1), markers=[4, 7])

    with vault.feed(FEED) as watermark:
        last = watermark.last()

    assert (last.epoch, last.no, last.markers) == (1, 1, [4, 7])
    assert (last.header, last.packed) == (header(1).spelt(), pages.packed(LINES))
    assert last.digest == pages.digest_of(header(1).spelt())


@pytest.mark.parametrize("second", [header(3), header(2), header(3, at="2026-11-22T00:00:01Z"), header(1)])
def test_a_number_is_signed_once_and_no_lower_one_after_it(vault, second):
    sign(vault, header(3))

    with pytest.raises(AlreadySigned):
        sign(vault, second)


def test_a_new_epoch_counts_anew(vault):
    sign(vault, header(3))

    assert sign(vault, header(1, epoch=2)).epoch == 2


def test_feeds_have_their_own_numbers(vault):
    sign(vault, header(3))
    other = replace(FEED, audience="member.500000")

    with vault.feed(other) as watermark:
        assert watermark.last() is None
        assert watermark.sign(header(1), b"", key="440000-1", markers=[]).no == 1


def test_the_signature_is_one_that_the_public_key_verifies(vault):
    signed = sign(vault, header(1))
    public = SUITES["ed25519"].public_of(vault.key("440000-1"))
    value = pages._signature_of(signed.signature).value

    assert SUITES["ed25519"].verify_bytes(public, value, pages.signed_text(signed.header))


def test_the_newest_key_of_a_holder_is_the_highest_number_not_the_last_word(vault):
    assert vault.key_names("440000") == ["440000-1", "440000-2", "440000-10"]
    assert vault.key_names("node-44") == ["node-44-1"]


def test_only_its_owner_may_read_what_was_signed(vault):
    sign(vault, header(1))
    [file] = [path for path in (vault.folder / "watermarks").iterdir() if path.suffix != ".lock"]

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [None, "", "no hex"])
def test_a_key_that_is_not_there_is_said_so_without_its_content(vault, content):
    if content is not None:
        (vault.folder / "keys" / "510000-1.key").write_text(content)

    with pytest.raises(VaultMissing) as missing:
        vault.key("510000-1")

    assert str(missing.value) == "510000-1"
