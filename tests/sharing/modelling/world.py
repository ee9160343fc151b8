"""Three nodes whose databases can be put back, and whose clocks stand where the story says."""

import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg.rows import tuple_row

from sojourn.core.clock import frozen, now
from sojourn.local import fingerprints
from sojourn.local.cloning import Cloning
from sojourn.provinces.rules import rule
from sojourn.sharing import catalogue
from sojourn.sharing.services import applying, care, membership, pulling, serving
from tests.conftest import build_template, owner_url
from tests.sharing.network import REGISTRAR, SUITE, TestNode, drop_network, make_network, signed_registry

PLAN = {"44": ("440000", "450000"), "50": ("500000",), "21": ("210000",)}


MOMENT = timedelta(milliseconds=1)
RESOURCES = ("heartbeats", "operators", "facilities")


class Killed(Exception):
    """The process died here."""


@contextmanager
def brief() -> Iterator[None]:
    """No time goes into feeds that stay empty, rules that stay the same and lines that nobody reads."""
    kept = {name: resource for name, resource in catalogue._resources.items() if name in RESOURCES}
    remembered = lru_cache(rule)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(catalogue, "_resources", kept))
        for module in (applying, care, pulling, serving):
            stack.enter_context(mock.patch.object(module, "rule", remembered))
        logging.disable(logging.INFO)
        stack.callback(logging.disable, logging.NOTSET)
        yield


@contextmanager
def a_world(folder: Path) -> Iterator["World"]:
    """Three nodes as they are in the beginning; to be entered where databases may be used."""
    url = owner_url()
    cloning = Cloning(url)
    template = cloning.template(fingerprints.reference(), lambda name: build_template(name, url))
    with brief():
        world = World.made(folder, cloning, template)
        try:
            yield world
        finally:
            world.drop()


@dataclass
class World:
    """The nodes, the registrar who signs their registry, and the moment it is."""

    nodes: dict[str, TestNode]
    cloning: Cloning
    registrar: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    edition: int = 1
    at: datetime = field(default_factory=now)
    skew: dict[str, timedelta] = field(default_factory=dict)
    copies: list[str] = field(default_factory=list)
    _readers: dict[str, psycopg.Connection] = field(default_factory=dict)

    @classmethod
    def made(cls, folder: Path, cloning: Cloning, template: str, plan: dict = PLAN) -> "World":
        """Nodes that know each other, with nothing of their own yet; what they are now can be had again."""
        world = cls(make_network(folder, cloning, template, plan), cloning)
        for node in world.nodes.values():
            node.own_settings["REGISTRARS"] = {REGISTRAR: SUITE.public_of(world.registrar)}
        world.publish_registry(*world.nodes)
        for node in world.nodes.values():
            with node, node.connection.cursor() as cursor:
                membership.load_registry()
                cursor.execute(
                    "TRUNCATE facilities_facility, facilities_operator, facilities_featurereport,"
                    " sharing_marker CASCADE"
                )
            world.keep_copy(node.name, _pristine(node))
        return world

    def renew(self) -> None:
        """Everything is as it was in the beginning."""
        self.forget_copies()
        self.skew, self.edition, self.at = {}, 2, now()
        for node in self.nodes.values():
            shutil.rmtree(node.vault / "watermarks", ignore_errors=True)
            for key in (node.vault / "keys").glob("*.key"):
                if not key.stem.endswith("-1"):
                    key.unlink()
            self.put_back(node.name, _pristine(node))
        self.edition = 1
        self.publish_registry(*self.nodes)

    def begin(self) -> None:
        """Everything is as it was in the beginning, and the nodes hold the registry of now."""
        self.renew()
        for name in self.nodes:
            with self.work(name):
                membership.load_registry()

    def drop(self) -> None:
        for node in self.nodes.values():
            self.cloning.drop(_pristine(node))
        self.forget_copies()
        drop_network(self.nodes, self.cloning)

    # --- at work ----------------------------------------------------------------------------------
    @contextmanager
    def work(self, name: str, connection: DatabaseWrapper | None = None) -> Iterator[TestNode]:
        """A node works, a moment later, by its own clock, over its connection or another one."""
        node = self.nodes[name]
        self.at += MOMENT
        with frozen(self.at + self.skew.get(name, timedelta())), node.at_work():
            if connection is not None:
                connections[DEFAULT_DB_ALIAS] = connection
            yield node

    def connect(self, name: str) -> DatabaseWrapper:
        """Another connection to a node's database."""
        return DatabaseWrapper(deepcopy(self.nodes[name].connection.settings_dict), DEFAULT_DB_ALIAS)

    @contextmanager
    def second(self, name: str) -> Iterator[DatabaseWrapper]:
        """Another connection to a node's database, for a while."""
        connection = self.connect(name)
        try:
            yield connection
        finally:
            connection.close()

    def restart(self, name: str) -> None:
        """The node's process is a new one."""
        connection = self.nodes[name].connection
        connection.close()
        connection.in_atomic_block = connection.closed_in_transaction = connection.needs_rollback = False
        connection.savepoint_ids, connection.atomic_blocks, connection.run_on_commit = [], [], []

    def rows(self, name: str, query: str, *parameters: Any) -> list[tuple]:
        """What anybody sees who looks at a node's database now."""
        if name not in self._readers:
            url = self.nodes[name].connection.get_connection_params()
            known = {key: url[key] for key in ("host", "port", "user", "password", "dbname") if url.get(key)}
            self._readers[name] = psycopg.connect(**known, autocommit=True, row_factory=tuple_row)
        return self._readers[name].execute(query, parameters or None).fetchall()

    # --- copies -----------------------------------------------------------------------------------
    def keep_copy(self, name: str, copy: str = "") -> str:
        """A copy of a node's database as it is now."""
        if not copy:
            copy = f"test_{os.getpid()}_copy_{secrets.token_hex(4)}"
            self.copies.append(copy)
        self._leave(name)
        self.cloning.clone(self.nodes[name].database, copy)
        return copy

    def put_back(self, name: str, copy: str) -> None:
        """A node's database is the copy's content."""
        self._leave(name)
        self.cloning.clone(copy, self.nodes[name].database)

    def forget_copies(self) -> None:
        """No copy is kept, and nobody looks into a database beside its node."""
        for name in self.nodes:
            self._leave(name)
        for copy in self.copies:
            self.cloning.drop(copy)
        self.copies = []

    def _leave(self, name: str) -> None:
        self.restart(name)
        reader = self._readers.pop(name, None)
        if reader is not None:
            reader.close()

    # --- registry and keys ------------------------------------------------------------------------
    def publish_registry(self, *names: str) -> None:
        """A new edition, by the keys that lie in the vaults, is put into the registry files of these nodes."""
        self.edition += 1
        text = signed_registry(self.nodes, self.registrar, edition=self.edition)
        for name in names:
            Path(self.nodes[name].own_settings["REGISTRY"]).write_bytes(text)

    def rotate(self, name: str, member: str) -> None:
        """A member signs with a new key from now on; its own node has the edition that says so."""
        folder = self.nodes[name].vault / "keys"
        newest = max(int(path.stem.rpartition("-")[2]) for path in folder.glob(f"{member}-*.key"))
        (folder / f"{member}-{newest + 1}.key").write_text(secrets.token_hex(32))
        self.publish_registry(name)


def _pristine(node: TestNode) -> str:
    return f"{node.database}_first"
