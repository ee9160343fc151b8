"""Databases for tests: a migrated template for each state of the tree, cloned for each worker."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from sojourn.local.processes import Process

# Any number that no other lock on this server uses.
LOCK = 20211115
TEMPLATES_KEPT = 8
CLONE = re.compile(r"test_(\d+)_\w+")


@dataclass(frozen=True)
class Cloning:
    """Templates and clones on the server of one address, made in the role that owns the databases."""

    url: str

    @contextmanager
    def server(self) -> Iterator[psycopg.Connection]:
        """A connection beside the databases in question, holding the lock of all who make them."""
        address = urlsplit(self.url)._replace(path="/postgres").geturl()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("SET lock_timeout = 0")
            connection.execute("SET statement_timeout = 0")
            connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            yield connection

    def template(self, state: str, build: Callable[[str], None]) -> str:
        """The template of a state, built once; whoever comes meanwhile waits for it."""
        name, unfinished = f"template_{state}", f"unfinished_{state}"
        with self.server() as server:
            if name not in _databases(server):
                _drop(server, unfinished)
                server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
                build(unfinished)
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                server.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
                _forget(server, keep=name)
        return name

    def clone(self, template: str, name: str) -> None:
        """A fresh copy of the template, in place of an older one of that name."""
        with self.server() as server:
            _drop(server, name)
            # Copying files takes half the time of writing them through the log, without fsync.
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            server.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))

    def drop(self, name: str) -> None:
        with self.server() as server:
            _drop(server, name)

    def drop_stale(self) -> None:
        """Drop the clones of test runs that ended without doing so."""
        with self.server() as server:
            for name in _databases(server):
                match = CLONE.fullmatch(name)
                if match and Process.of(int(match[1])) is None:
                    _drop(server, name)


def _databases(server: psycopg.Connection) -> list[str]:
    """All databases, the newest first."""
    return [row[0] for row in server.execute("SELECT datname FROM pg_database ORDER BY oid DESC").fetchall()]


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _forget(server: psycopg.Connection, *, keep: str) -> None:
    """Drop templates of states long past, and unfinished ones of other states."""
    templates = [name for name in _databases(server) if name.startswith("template_") and name != keep]
    past = [name for name in templates if re.fullmatch(r"template_[0-9a-f]{16}", name)][TEMPLATES_KEPT:]
    unfinished = [name for name in _databases(server) if name.startswith("unfinished_")]
    for name in [*past, *unfinished]:
        _drop(server, name)
