"""Databases with a large sample world, made once for a state of the tree and kept between runs."""

import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from sojourn.local import fingerprints
from sojourn.local.cloning import Cloning
from sojourn.local.paths import ROOT
from sojourn.local.sample.sizes import Size
from sojourn.local.sample.writer import Outcome, write_world
from tests.conftest import build_template, point_to

# One that no other lock on this server uses; tests that need other databases do not wait for it.
LOCK = 20211116


def standing(size: Size, url: str) -> str:
    """The name of a database that holds the world of this size; made, and its making told, if there is none."""

    def write() -> None:
        assert write_world(size, 1) is Outcome.WRITTEN

    return kept(size.name, url, write)


def kept(world: str, url: str, write: Callable[[], None], *, is_whole: bool = True) -> str:
    """The name of a database that was written so; an older one, or one that is not whole any more, is made again."""
    name = f"bench_{world}_{_state()}"
    with psycopg.connect(_beside(url), autocommit=True) as server:
        server.execute("SET statement_timeout = 0")
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        names = [row[0] for row in server.execute("SELECT datname FROM pg_database").fetchall()]
        if name not in names or not is_whole:
            for old in names:
                if re.fullmatch(rf"bench_{world}_\w+", old):
                    _run(server, "DROP DATABASE {} WITH (FORCE)", old)
            _make(world, f"bench_{world}_unfinished", url, write)
            _run(server, "ALTER DATABASE {} RENAME TO {}", f"bench_{world}_unfinished", name)
    return name


def _state() -> str:
    """What decides the tables and the world in them; services may change without changing either."""
    return fingerprints.digest((ROOT / "sojourn/local/sample").glob("*.py"), fingerprints.migrations())


def _make(world: str, name: str, url: str, write: Callable[[], None]) -> None:
    cloning = Cloning(url)
    template = cloning.template(fingerprints.reference(), lambda fresh: build_template(fresh, url))
    cloning.clone(template, name)
    point_to(name, url)
    started = time.monotonic()
    write()
    written = time.monotonic()
    point_to(name, url)
    address = urlsplit(url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(address, autocommit=True) as own:
        own.execute("SET statement_timeout = 0")
        own.execute("VACUUM ANALYZE")
    print(
        f"\nThe {world} world was written in {written - started:.0f} s"
        f" and vacuumed in {time.monotonic() - written:.0f} s."
    )


def _beside(url: str) -> str:
    return urlsplit(url)._replace(path="/postgres").geturl()


def _run(server: psycopg.Connection, statement: str, *names: str) -> None:
    server.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))
