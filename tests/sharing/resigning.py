"""Pages made anew from good ones: other entries or another header, signed again."""

from collections.abc import Callable
from dataclasses import replace

from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import Header, Signature
from tests.sharing.network import SUITE

Lines = list[bytes]


def lines_of(page: bytes) -> Lines:
    """The entries' lines of a good page."""
    return pages.lines_of(pages.unframed(page))


def resigned(
    page: bytes,
    private: bytes,
    *,
    lines: Callable[[Lines], Lines] = lambda lines: lines,
    header: Callable[[Header], Header] = lambda header: header,
    tail: Callable[[bytes], bytes] = lambda tail: tail,
    key: str = "",
) -> bytes:
    """The page with these changes, its header true to them and signed with this key under the same name."""
    framed = pages.unframed(page)
    changed = lines(pages.lines_of(framed))
    true = replace(
        framed.header,
        entries=len(changed),
        plain=pages.plain_size(changed),
        digest=pages.digest_over(digest_in(line) for line in changed),
    )
    text = header(true).spelt()
    value = SUITE.sign_bytes(private, pages.signed_text(text))
    signature = Signature("ed25519", key or framed.signature.key, value)
    return pages.framed(text, signature, tail(pages.packed(changed)))


def digest_in(line: bytes) -> bytes:
    """The digest that a line adds to its page's."""
    return pages.line_digest(line)
