"""What the database and the static files were made from, as digests: unchanged means nothing to do."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sojourn.local.paths import ROOT

WINGS = ("sojourn", "providers", "residents", "credit", "contracts")
LOCKED = ("requirements/prod.txt",)
GRANTS = (
    "sojourn/core/grants.py",
    "sojourn/core/hosting.py",
    "sojourn/core/management/commands/migrate.py",
)
# Rooms whose services load reference data, without the edges that cannot change what is loaded.
LOADERS = ("sojourn/provinces", "providers/designation", "providers/facilities")
# How a name is folded and spelt stands in the rows that were loaded.
SPELLING = ("sojourn/core/hanzi.py",)
EDGES = {"admin.py", "api.py", "apps.py", "pages.py", "policy.py", "payloads.py", "tasks.py", "urls.py"}


def _in_wings(pattern: str) -> list[Path]:
    return [path for wing in WINGS for path in (ROOT / wing).glob(pattern)]


def _named(names: Iterable[str]) -> list[Path]:
    return [ROOT / name for name in names]


def digest(paths: Iterable[Path], *also: str) -> str:
    """A digest over names and contents of files, in one order whatever order they come in."""
    total = hashlib.sha256("\n".join(also).encode())
    for path in sorted({path for path in paths if path.is_file() and path.suffix != ".pyc"}):
        total.update(f"\n{path.relative_to(ROOT)}\n".encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def migrations() -> str:
    """Every migration, ours by content and the libraries' by locked version, and the grants that follow."""
    return digest([*_in_wings("*/migrations/*.py"), *_named(LOCKED), *_named(GRANTS)])


def reference() -> str:
    """The reference data, and the code that loads it into this schema."""
    code = [path for room in _named(LOADERS) for path in room.rglob("*.py") if path.name not in EDGES]
    return digest(
        [
            *_in_wings("*/data/**/*"),
            *_in_wings("*/management/commands/load_reference.py"),
            *_named(SPELLING),
            *code,
        ],
        migrations(),
    )


def sample_world() -> str:
    """The sample world's own code and data, on this reference data."""
    return digest(
        [
            *_in_wings("local/sample*"),
            *_in_wings("local/sample*/**/*"),
            *_in_wings("local/management/commands/*.py"),
        ],
        reference(),
    )


def hosting(members: Iterable[str], made_from: str) -> str:
    """The same, as it is for a node that hosts these members: they decide what it writes."""
    return digest([], made_from, *sorted(members))


def feeds(registry: Path, content: str) -> str:
    """What is shared, and with whom: the resources of the rooms, the members' registry, this content."""
    code = (ROOT / "sojourn" / "sharing").rglob("*.py")
    known = registry.read_text() if registry.exists() else ""
    return digest([*_in_wings("*/feeds.py"), *code], content, known)


def static_files() -> str:
    """Our static files, and the libraries' by locked version."""
    return digest([*_in_wings("*/static/**/*"), *_named(LOCKED), *_named(["sojourn/settings/production.py"])])
