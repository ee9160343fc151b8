"""What the platform says, collected from its sources, and what the English catalogue still lacks of it."""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCES = ("sojourn", "providers", "residents", "contracts", "credit")
TEMPLATES = "templates"
# These must stand when nothing else does, so they say all three themselves.
IN_THREE_LANGUAGES = {"500.html", "503.html"}
ENGLISH = Path("sojourn/locale/en/LC_MESSAGES/django.po")

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

HEADER = b"""# English for Sojourn. The sources speak simplified Chinese; `manage.py messages` keeps this file.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

# Django writes a template as calls of gettext among blanked-out text: these are the calls.
STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b((?:np|n|p)?gettext|_)\(((?:\s*{STRING}\s*,?)+)")
BRACED = re.compile(r"{(\w*)[^{}]*}")
TRANSLATED = re.compile(
    r"{%\s*comment.*?endcomment\s*%}|{%\s*blocktrans.*?endblocktrans\w*\s*%}|{#.*?#}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def collect(root: Path) -> Catalog:
    """Every message in use below ``root``, each with the files that say it."""
    catalogue = Catalog(locale="en", charset="utf-8")
    for path in sorted(_files(root)):
        place = path.relative_to(root).as_posix()
        for context, message, flags in _messages(path):
            catalogue.add(message, None, [(place, 1)], flags=flags, context=context)
    return catalogue


def read(path: Path) -> Catalog:
    """The catalogue kept in a .po file; an empty one where there is none yet."""
    if not path.exists():
        return Catalog(locale="en", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def merge(kept: Catalog, in_use: Catalog) -> Catalog:
    """The messages in use with the translations kept for them; what nothing says any more is dropped."""
    for message in in_use:
        known = kept.get(message.id, message.context) if message.id else None
        if known is not None:
            message.string = known.string
            if known.fuzzy:
                message.flags.add("fuzzy")
    return in_use


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a .po file, the same bytes for the same messages."""
    out = BytesIO()
    write_po(out, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=True)
    return HEADER + out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as a .mo file, as Django reads it."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def said(catalogue: Catalog) -> int:
    """How many messages have their English."""
    return sum(1 for message in catalogue if message.id and all(_texts(message.string)))


def gaps(kept: Catalog, in_use: Catalog) -> list[str]:
    """What is wrong with the English, one line for each message: missing, fuzzy, untranslated or unlike."""
    lines = []
    for message in in_use:
        if not message.id:
            continue
        known = kept.get(message.id, message.context)
        problem = "missing" if known is None else _problem_of(known, kept)
        if problem:
            where = ", ".join(sorted({place for place, _ in message.locations}))
            lines.append(f"{problem}: {_texts(message.id)[0]!r} ({where})")
    return lines


def unmarked_templates(root: Path) -> list[str]:
    """The Chinese words of templates that stand outside every translation tag, one line for each."""
    return [
        f"outside translation: {words!r} ({path.relative_to(root).as_posix()})"
        for path in sorted(_templates(root))
        if path.name not in IN_THREE_LANGUAGES
        for words in unmarked(path.read_text("utf-8"))
    ]


def unmarked(template: str) -> list[str]:
    """The lines of one template with Chinese words that no catalogue can translate."""
    blanked = TRANSLATED.sub("", template)
    return [line.strip() for line in blanked.splitlines() if CHINESE.search(line)]


def _files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        yield from (root / source).rglob("*.py")
    yield from _templates(root)


def _templates(root: Path) -> Iterator[Path]:
    return (path for path in (root / TEMPLATES).rglob("*") if path.suffix in {".html", ".txt", ".svg"})


def _messages(path: Path) -> Iterator[tuple[str | None, str | tuple[str, ...], set[str]]]:
    """The messages of one file: context, the message (or singular and plural), format flags."""
    if path.suffix == ".py":
        with path.open("rb") as file:
            for _, message, _, context in extract("python", file, KEYWORDS):
                yield context, message, set()
        return
    for function, arguments in CALL.findall(templatize(path.read_text("utf-8"), origin=path.as_posix())):
        strings = list(ast.literal_eval(f"[{arguments}]"))
        context = strings.pop(0) if "p" in function[:2] else None
        message = tuple(strings) if len(strings) > 1 else strings[0]
        yield context, message, {"python-format"}


def _problem_of(known: Message, catalogue: Catalog) -> str:
    if known.fuzzy:
        return "fuzzy"
    if not all(_texts(known.string)):
        return "untranslated"
    if any(CHINESE.search(text) for text in _texts(known.string)):
        return "Chinese in the English"
    return _unlike(known, catalogue)


def _unlike(known: Message, catalogue: Catalog) -> str:
    """Whether the translation lost or gained a fact that the message is filled with."""
    asked = {name for text in _texts(known.id) for name in BRACED.findall(text)}
    if any(set(BRACED.findall(text)) != asked for text in _texts(known.string)):
        return "other facts"
    return "other facts" if known.check(catalogue) else ""


def _texts(value) -> tuple[str, ...]:
    """The one text of a message, or its singular and plural."""
    return tuple(value) if isinstance(value, list | tuple) else (value or "",)
