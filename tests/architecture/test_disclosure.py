"""What a masked value hides leaves it in one place of the code, which writes down who saw it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import house

DISCLOSER = "disclose"
WAYS_OUT = {"plain", "_plain"}
GETTERS = ("getattr", "attrgetter", "__getattribute__")
# A path to the content in a text: a serializer's source, a look-up, a format string.
NAMED = re.compile(r"\S*(?:\.|__|\{)_?plain\b\S*")
IN_A_TEMPLATE = re.compile(r"\._?plain\b")
# In the feeds' protocol these have a size of that name, and the door a request.
OF_THE_PROTOCOL = re.compile(r"(?:page\.header|header|each|piece|self|(?:visit\.)?door)\.plain")


def disclosures(root: Path = house.ROOT) -> list[str]:
    """Where the content of a masked value is asked for: the path, and the function around it."""
    found = []
    for path in house.sources(root):
        where = path.relative_to(root).as_posix()
        if where != "sojourn/core/masking.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [f"{where} {name}" for name in _askers(tree, "", "sojourn/sharing/" in where)]
    for template in sorted(root.rglob("templates/**/*.*")):
        if IN_A_TEMPLATE.search(template.read_text(encoding="utf-8")):
            found.append(f"{template.relative_to(root).as_posix()} template")
    return sorted(set(found))


def _askers(node: ast.AST, function: str, is_protocol: bool) -> Iterator[str]:
    """The names of the functions in which content is asked for, ``-`` outside of any."""
    for child in ast.iter_child_nodes(node):
        if _asks(child) and not (is_protocol and OF_THE_PROTOCOL.fullmatch(ast.unparse(child))):
            yield function or "-"
        name = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        yield from _askers(child, name, is_protocol)


def _asks(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in WAYS_OUT
    if isinstance(node, ast.Call):
        named = any(isinstance(each, ast.Constant) and each.value in WAYS_OUT for each in node.args)
        return named and ast.unparse(node.func).endswith(GETTERS)
    return isinstance(node, ast.Constant) and NAMED.fullmatch(str(node.value)) is not None


def plant(root: Path, path: str, text: str) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def test_content_is_asked_for_by_disclose_alone_and_there_are_two():
    askers = disclosures()

    assert [asker for asker in askers if not asker.endswith(f" {DISCLOSER}")] == []
    assert askers == [  # of residents at home, and of what other members shared of theirs
        "residents/consents/services/reading.py disclose",
        "residents/registry/services/disclosing.py disclose",
    ]


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("residents/registry/services/disclosing.py", "def disclose(m):\n    return m.plain\n", "disclose"),
        ("residents/registry/admin.py", "def shown(m):\n    return m.identity.plain\n", "shown"),
        (
            "residents/registry/admin.py",
            "class A:\n    def shown(self, m):\n        return m().plain\n",
            "shown",
        ),
        ("residents/registry/admin.py", "names = [m.plain for m in []]\n", "-"),
        ("residents/registry/admin.py", "shown = lambda m: m.plain\n", "-"),
        ("residents/registry/admin.py", "def shown(m):\n    return getattr(m, 'plain')\n", "shown"),
        ("residents/registry/admin.py", "def shown(m):\n    return m._plain\n", "shown"),
        ("residents/registry/admin.py", "text = object.__getattribute__(masked, '_plain')\n", "-"),
        ("residents/registry/admin.py", "get = attrgetter('identity.plain')\n", "-"),
        ("residents/registry/admin.py", "def shown(m):\n    return '{0.plain}'.format(m)\n", "shown"),
        ("residents/registry/admin.py", "def shown(m):\n    return f'{m.plain}'\n", "shown"),
        ("residents/registry/api.py", "source = CharField(source='identity.plain')\n", "-"),
        ("residents/registry/api.py", "fields = ['identity__plain']\n", "-"),
        ("sojourn/sharing/feeds.py", "def body(m):\n    return m.plain\n", "body"),
        ("templates/registry/resident.html", "<p>{{ resident.identity.plain }}</p>\n", "template"),
        ("residents/registry/templates/registry/a.txt", "{{ m.plain|safe }}\n", "template"),
    ],
)
def test_a_planted_way_out_is_found(tmp_path, path, text, found):
    plant(tmp_path, path, text)

    assert disclosures(tmp_path) == [f"{path} {found}"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("sojourn/core/masking.py", "def plain(self):\n    return self._plain\n"),
        ("sojourn/sharing/protocol/pages.py", "bound = page.header.plain\n"),
        ("sojourn/web/renderers.py", "def render(v):\n    return dumps(v, default=_plain)\n"),
        ("sojourn/web/views.py", "kind = 'text/plain'\nkeys['plain'] = 1\nwords = 'in plain words. plain'\n"),
        ("templates/base.html", "<p class='plain'>plain. text</p>\n"),
    ],
)
def test_what_only_looks_like_a_way_out_is_none(tmp_path, path, text):
    plant(tmp_path, path, text)

    assert disclosures(tmp_path) == []


def test_the_protocol_is_the_only_other_one_that_has_the_word():
    assert not OF_THE_PROTOCOL.fullmatch("resident.plain")
    assert OF_THE_PROTOCOL.fullmatch("page.header.plain")
