"""A connection that dies before or after a chosen statement, BEGIN and COMMIT counted, or at a step of the vault."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from django.db import DatabaseError, InterfaceError

from sojourn.sharing import vault
from tests.sharing.modelling.world import Killed, World

DEAD = (Killed, DatabaseError, InterfaceError)


@dataclass
class Killing:
    """The server ends the connection before (``after`` is False) or after the so-many-th statement."""

    world: World
    node: str
    at: int
    after: bool
    statements: list[str] = field(default_factory=list)
    is_done: bool = False

    def run(self, statement: str, execute: Callable):
        number = len(self.statements)
        self.statements.append(statement)
        if number == self.at and not self.after:
            self._kill()
        result = execute()
        if number == self.at and self.after:
            self._kill()
            raise Killed
        return result

    def _kill(self) -> None:
        self.is_done = True
        raw = self.world.nodes[self.node].connection.connection
        assert isinstance(raw, psycopg.Connection)
        self.world.rows(self.node, "SELECT pg_terminate_backend(%s, 5000)", raw.info.backend_pid)


@contextmanager
def killing(world: World, node: str, at: int, *, after: bool) -> Iterator[Killing]:
    """Every statement of the node's connection is counted, and one of them is its last."""
    connection: Any = world.nodes[node].connection
    killing = Killing(world, node, at, after)
    commit = connection._commit

    def counted_commit() -> None:
        killing.run("COMMIT", commit)

    def wrapper(execute, sql, params, many, context):
        return killing.run(sql, lambda: execute(sql, params, many, context))

    with (
        world.work(node),
        connection.execute_wrapper(wrapper),
        mock.patch.object(connection, "_commit", counted_commit),
    ):
        yield killing


def die(world: World, node: str, act: Callable, at: int, *, after: bool) -> Killing:
    """``act`` under a killing, which is not done where there is no such statement; the next process finds what is left."""
    with killing(world, node, at, after=after) as told, suppress(*DEAD):
        act()
    world.restart(node)
    return told


# --- the vault's steps -----------------------------------------------------------------------------------
@contextmanager
def dying_on_disk(at: int, *, after: bool) -> Iterator[list[str]]:
    """The process dies before or after one of the steps by which the vault writes through: fsync, rename, fsync."""
    steps: list[str] = []

    def counted(name: str, step: Callable) -> Callable:
        def run(*words):
            number = len(steps)
            steps.append(name)
            if number == at and not after:
                raise Killed
            result = step(*words)
            if number == at and after:
                raise Killed
            return result

        return run

    with (
        mock.patch.object(vault.os, "fsync", counted("fsync", os.fsync)),
        mock.patch.object(vault.Path, "replace", counted("rename", Path.replace)),
    ):
        yield steps
