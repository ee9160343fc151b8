"""What is installed is named, pinned and hashed, and comes from no address written here."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture import house

LOCKED = sorted((house.ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((house.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GROUPS = {"prod": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
PINNED = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[A-Za-z0-9.]+)(?: ; (?P<marker>[^\\]+))?")
# Imported only with the local services, which production leaves out.
LOCAL_ROOM = house.ROOT / "sojourn" / "local"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirement: str) -> str:
    return normal(re.match(r"[A-Za-z0-9._-]+", requirement)[0])


def entries(text: str) -> list[tuple[str, list[str]]]:
    """Each requirement of a locked file with its hashes."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            requirement, *hashes = line.split(" --hash=")
            found.append((requirement.strip(), [digest.strip() for digest in hashes]))
    return found


def troubles(text: str) -> list[str]:
    """What is wrong with a locked file: an address, a version left open, a hash missing."""
    found = ["an address"] if "://" in text else []
    for requirement, hashes in entries(text):
        if not PINNED.fullmatch(requirement):
            found.append(f"{requirement}: not pinned")
        if not hashes or any(not re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes):
            found.append(f"{requirement}: without a hash")
    return found


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.name)
def test_every_locked_requirement_is_pinned_with_hashes_and_without_an_address(path):
    assert troubles(path.read_text(encoding="utf-8")) == []


HASH = " \\\n    --hash=sha256:" + "a" * 64 + "\n"


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("django==5.2.19" + HASH, []),
        ("django==5.2.19\n", ["django==5.2.19: without a hash"]),
        ("django>=5.2" + HASH, ["django>=5.2: not pinned"]),
        ("# from https://packages.example/\ndjango==5.2.19" + HASH, ["an address"]),
    ],
)
def test_a_loose_requirement_is_found(planted, found):
    assert troubles(planted) == found


@pytest.mark.parametrize("group", ["prod", "local", "dev"])
def test_every_direct_dependency_is_locked(group):
    wanted = {named(requirement) for requirement in (*GROUPS["prod"], *GROUPS[group])}
    text = (house.ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
    locked = {named(requirement) for requirement, _ in entries(text)}

    assert wanted - locked == set()


def test_what_production_installs_is_the_same_everywhere():
    """The demo and the suite run the versions that production runs."""
    prod, local, dev = (
        dict(
            PINNED.fullmatch(requirement).group("name", "version")
            for requirement, _ in entries(path.read_text())
        )
        for path in (house.ROOT / "requirements" / f"{group}.txt" for group in ("prod", "local", "dev"))
    )

    assert prod.items() <= local.items()
    assert local.items() <= dev.items()


def imported(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_what_the_platform_imports_is_a_direct_dependency():
    own = {*house.WINGS, "manage"}
    direct = {named(requirement) for requirement in GROUPS["prod"]}
    providers = packages_distributions()

    undeclared = set()
    for path in house.sources():
        allowed = direct | ({named(r) for r in GROUPS["local"]} if LOCAL_ROOM in path.parents else set())
        for name in imported(path) - own - sys.stdlib_module_names:
            if not {normal(found) for found in providers.get(name, [name])} & allowed:
                undeclared.add(f"{path.relative_to(house.ROOT)} imports {name}")

    assert undeclared == set()
