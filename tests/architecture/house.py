"""Readers of the source tree: each finds one kind of breach of the house style and says where."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WINGS = ("sojourn", "providers", "residents", "credit", "contracts")
# The import order of the rooms, lowest first; a foreign key may only point the same way.
ROOMS = (
    "core",
    "provinces",
    "accounts",
    "files",
    "desk",
    "outbox",
    "sharing",
    "facilities",
    "designation",
    "search",
    "registry",
    "assessments",
    "consents",
    "local",
)
BANNED_NAMES = {"utils", "helpers", "common", "manager", "managers", "misc"}
EDGES = {"api", "pages", "admin", "tasks", "feeds", "urls"}
LONGEST_FILE, LONGEST_FUNCTION, MOST_ARGUMENTS = 400, 40, 6


def sources(root: Path = ROOT) -> Iterator[Path]:
    for wing in WINGS:
        for path in sorted((root / wing).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def crowded(root: Path = ROOT) -> list[str]:
    """Files over 400 lines, functions over 40 lines or 6 arguments, and names that say nothing."""
    found = []
    for path in sources(root):
        text = path.read_text(encoding="utf-8")
        where = path.relative_to(root)
        if path.stem in BANNED_NAMES or path.parent.name in BANNED_NAMES:
            found.append(f"{where}: the name says nothing")
        if text.count("\n") > LONGEST_FILE:
            found.append(f"{where}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [f"{where}:{node.lineno} {node.name}: {trouble}" for trouble in _too_big(node)]
    return found


def _too_big(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    lines = node.end_lineno - node.lineno + 1
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    count = len([a for a in arguments if a.arg not in {"self", "cls"}])
    troubles = [f"{lines} lines"] if lines > LONGEST_FUNCTION else []
    return troubles + ([f"{count} arguments"] if count > MOST_ARGUMENTS else [])


def hidden_writes(root: Path = ROOT) -> list[str]:
    """Signals, save() overrides with effects and generic keys: ways to write that nobody sees."""
    found = []
    for path in sources(root):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        where = path.relative_to(root)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(("dispatch", "signals")):
                found.append(f"{where}:{node.lineno} signals")
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "django.contrib.contenttypes"
            ):
                found.append(f"{where}:{node.lineno} generic foreign key")
            if isinstance(node, ast.ClassDef) and "models" in {path.stem, path.parent.name}:
                found += [
                    f"{where}:{item.lineno} {node.name}.{item.name}"
                    for item in node.body
                    if isinstance(item, ast.FunctionDef) and item.name in {"save", "delete"}
                ]
    return found


WRITES = {
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "delete",
    "save",
    "update_or_create",
    "get_or_create",
}


def careless_edges(root: Path = ROOT) -> list[str]:
    """Edges that read rows unscoped (``.objects.filter``) or write them past the services."""
    found = []
    for path in sources(root):
        if path.stem not in EDGES and path.parent.name not in EDGES:
            continue
        where = path.relative_to(root)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            chain = ast.unparse(node.func)
            unscoped = chain.endswith((".objects.filter", ".objects.get", ".objects.all", ".objects.exclude"))
            if unscoped or (".objects." in chain and node.func.attr in WRITES):
                found.append(f"{where}:{node.lineno} {chain}")
    return found


def announced_names(root: Path = ROOT) -> set[str]:
    """The job names that services announce with after_commit()."""
    names = set()
    for path in sources(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("after_commit"):
                names |= {name.value for name in node.args[:1] if isinstance(name, ast.Constant)}
    return names
