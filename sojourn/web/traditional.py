"""What is shown in simplified Chinese, shown in traditional: the words of a page, never its wiring."""

import re
from collections.abc import Iterator
from functools import cache

from opencc import OpenCC

# s2tw gives the characters that readers of traditional Chinese use today (床位, 為) and changes no word. Plain
# s2t writes older ones (牀位, 爲); the tables with idioms (s2twp) would rewrite terms of law that must stay as
# the mainland's bureaus wrote them.
TABLE = "s2tw"

SEPARATOR = "\x1e"
SHOWN_ATTRIBUTES = frozenset(
    {"alt", "title", "placeholder", "label", "abbr", "aria-label", "aria-description", "aria-valuetext"}
)
SHOWN_METAS = frozenset({"description", "og:title", "og:description", "og:site_name"})
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)

# The table knows no ASCII, so plain tags go through it unharmed. Only what could be harmed is looked for:
# comments and elements whose content is no prose (RAW), and tags that hold a value which is not plain, or a
# yes or no which may be that of translate (SPECIAL: plain double-quoted values are passed by in one sweep).
REST_OF_TAG = r"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+>"""
RAW = rf"""<!--.*?-->|<(?:script|style|textarea)\b{REST_OF_TAG}.*?</(?:script|style|textarea)\s*>"""
PLAIN_VALUES = r"""[^>"']*+(?:"(?!(?:no|yes)")[\x00-!\#-\x7f]*+"[^>"']*+)*+"""
SPECIAL = re.compile(rf"""{RAW}|<[a-zA-Z]{PLAIN_VALUES}(?=["']){REST_OF_TAG}""", re.DOTALL)
OPENING = re.compile(rf"<([a-zA-Z][^\s/>]*){REST_OF_TAG}")
ATTRIBUTE = re.compile(r"""\s([^\s=>"'/]+)\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+)""")
TRANSLATE = re.compile(r"""\stranslate\s*=\s*["'](no|yes)["']""")


def to_traditional(html: str) -> str:
    """A page of HTML whose shown words are in traditional characters, all else unchanged.

    Shown are text nodes and the attributes a reader meets (alt, title, placeholder, aria-label …). Left alone
    are values, addresses, scripts, styles, what a person typed into a text area, and all inside an element
    marked ``translate="no"``: people's names, numbers, quoted law.
    """
    runs = list(_runs(html, 0, len(html), shown=True))
    words = [run for run, shown in runs if shown]
    answer = iter(_convert(words))
    return "".join(next(answer) if shown else run for run, shown in runs)


@cache
def converter() -> OpenCC:
    """The one conversion table of this process, read from disk at first use."""
    return OpenCC(TABLE)


def _convert(words: list[str]) -> list[str]:
    """Each run of words converted, by one call for all."""
    answer = converter().convert(SEPARATOR.join(words)).split(SEPARATOR)
    if len(answer) != len(words):  # the page itself holds the separator
        return [converter().convert(word) for word in words]
    return answer


def _runs(html: str, start: int, end: int, *, shown: bool) -> Iterator[tuple[str, bool]]:
    """The page cut into runs, each with whether its words are shown and so converted."""
    for found in SPECIAL.finditer(html, start, end):
        if found.start() < start:  # within a marked element that was read whole
            continue
        yield html[start : found.start()], shown
        start = found.end()
        tag = OPENING.match(found[0])
        if tag is None:  # a comment
            yield found[0], False
            continue
        mark = TRANSLATE.search(tag[0])
        within = mark[1] == "yes" if mark else shown
        yield from _attributes(tag[0]) if within else [(tag[0], False)]
        yield found[0][tag.end() :], False
        if mark and tag[1].lower() not in VOID and tag.end() == len(found[0]):
            inner, start = start, _end_of_element(html, tag[1], start, end)
            yield from _runs(html, inner, start, shown=within)
    yield html[start:end], shown


def _end_of_element(html: str, name: str, start: int, end: int) -> int:
    """Where the element ends whose content begins at ``start``: after as many closings as openings."""
    depth = 1
    for tag in _tags_named(name).finditer(html, start, end):
        if tag[1] is None:
            continue
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.start()
    return end


@cache
def _tags_named(name: str) -> re.Pattern:
    return re.compile(rf"{RAW}|<(/?){re.escape(name)}(?=[\s/>]){REST_OF_TAG}", re.DOTALL | re.IGNORECASE)


def _attributes(tag: str) -> Iterator[tuple[str, bool]]:
    """One tag cut so that the attributes a reader meets are runs of their own."""
    done = 0
    for attribute in ATTRIBUTE.finditer(tag):
        name, value = attribute[1].lower(), attribute[2]
        if not value.isascii() and (name in SHOWN_ATTRIBUTES or _is_shown_meta(tag, name)):
            yield tag[done : attribute.start(2)], False
            yield value, True
            done = attribute.end(2)
    yield tag[done:], False


def _is_shown_meta(tag: str, name: str) -> bool:
    """Whether this is the content of a meta element that search results and shared links show."""
    if name != "content" or tag[:5].lower() != "<meta":
        return False
    attributes = {found[1].lower(): found[2].strip("\"'").lower() for found in ATTRIBUTE.finditer(tag)}
    return bool(SHOWN_METAS & {attributes.get("name"), attributes.get("property")})
