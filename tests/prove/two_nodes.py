"""Two nodes of a demo as real processes: writers that remember what was acknowledged, faults, and the last account."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from sojourn.local.nodes import nodes
from sojourn.local.paths import ROOT, Local
from sojourn.local.ports import HOST, answers_ready
from sojourn.local.processes import Process
from sojourn.local.redis import SOCKET
from sojourn.local.witness import Witness, behind, signed_twice
from sojourn.sharing import catalogue

PATIENCE = 300.0
# Alarms that faults of machines must never raise: they would say that somebody lies.
GRAVE = frozenset(
    {"two_histories", "bad_signature", "broken_chain", "wrong_number", "wrong_digest", "wrong_owner"}
)


class Demo:
    """A demo of its own, as a person at a terminal has it."""

    def __init__(self, var: Path, port: int):
        self.local, self.port = Local(var), port
        self.nodes = {node.name: node for node in nodes(self.local, port)}
        self.environ = {**os.environ, "SOJOURN_VAR": str(var)}
        self.command = [sys.executable, "-m", "sojourn.local", "demo", "--port", str(port)]
        self.terminal = None

    def start(self, *, also: Callable[[], bool] | None = None) -> None:
        """The addresses are printed and the pages answer, those of both nodes unless told otherwise."""
        with (self.local.var / "terminal").open("w") as terminal:
            self.terminal = subprocess.Popen(
                self.command,
                env=self.environ,
                cwd=ROOT,
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,
            )
        self.wait(lambda: "Ctrl-C stops everything" in self.told() and (also or self.answer)())

    def answer(self) -> bool:
        """Every node does."""
        return all(answers_ready(node.port) for node in self.nodes.values())

    def ask(self, *words: str) -> None:
        """A second command on the same tree, which does what it was asked."""
        subprocess.run([*self.command[:3], *words], env=self.environ, cwd=ROOT, check=True)

    def told(self) -> str:
        return (self.local.var / "terminal").read_text()

    def wait(self, condition: Callable[[], bool], *, seconds: float = PATIENCE) -> float:
        """The condition holds; how long that took."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() < began + seconds, self.told()
            time.sleep(0.1)
        return time.monotonic() - began

    def process(self, name: str) -> Process | None:
        """The supervisor, called demo, or a server of a node, such as 44/web."""
        node, _, server = name.rpartition("/")
        local = self.nodes[node].local if node else self.local
        return Process.recorded(local.run / f"{server}.pid")

    def witness(self, name: str) -> Witness:
        return Witness(self.nodes[name])

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        if self.terminal is not None and self.terminal.poll() is None:
            os.killpg(self.terminal.pid, number)
            self.terminal.wait(60)

    def left(self) -> list[str]:
        """Live processes that belong to this demo, by their words, their folder or their environment."""
        mark, found = str(self.local.var).encode(), []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words, environ = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
                folder = os.readlink(entry / "cwd").encode()
            except OSError:
                continue
            if any(mark in text for text in (words, environ, folder)) and Process.of(int(entry.name)):
                found.append(f"{entry.name} {words.replace(chr(0).encode(), b' ').decode()}")
        return found


def free_ports() -> int:
    """A port that is free, with one after it that is free too.

    They lie below those the system gives to whoever connects: a node that asks a stopped one again and again
    would be given that very port some day, and answer itself.
    """
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind((HOST, port))
                second.bind((HOST, port + 1))
            except OSError:
                continue
            return port


@contextmanager
def running_demo() -> Iterator[Demo]:
    """A demo that serves, whose nodes have all of each other's facts; nothing of it is left behind."""
    var = Path(tempfile.mkdtemp(prefix="sojourn-proof-"))
    demo = Demo(var, free_ports())
    try:
        demo.start()
        demo.wait(lambda: not unfollowed(demo))
        yield demo
    finally:
        demo.stop()
        demo.ask("stop")
        shutil.rmtree(var)


def seconds_from(name: str, usual: float) -> float:
    """How long a proof is to take, where the environment says so."""
    return float(os.environ.get(name, usual))


# --- writing --------------------------------------------------------------------------------------------
CHANGE_FACILITY = "UPDATE facilities_facility SET telephone_hours = %s WHERE id = %s"
CHANGE_OPERATOR = "UPDATE facilities_operator SET name = %s WHERE id = %s"
REMOVE_OPERATOR = "DELETE FROM facilities_operator WHERE id = %s"
COLUMNS = (
    "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
    " WHERE table_name = 'facilities_operator' AND column_name <> ALL('{id,name,number,credit_code}')"
)


Change = tuple[str, list, tuple[tuple[str, str], str | None]]


@dataclass
class Writer:
    """Changes facts that a node owns, at random; a change counts only once the database acknowledged it.

    ``last`` holds each entity's last acknowledged word, None for one removed. A change that was cut off is tried
    again until it is acknowledged, so that nothing is left in doubt.
    """

    witness: Witness
    seed: int
    pause: float
    last: dict[tuple[str, str], str | None] = field(default_factory=dict)
    acknowledged: int = 0
    cut_off: int = 0
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.stopping = threading.Event()
        query = "SELECT id FROM {} JOIN core_hostedmember ON member = owner ORDER BY id"
        self.facilities = [row[0] for row in self.witness.rows(query.format("facilities_facility"))]
        self.operators = [row[0] for row in self.witness.rows(query.format("facilities_operator"))]
        self.columns = self.witness.rows(COLUMNS)[0][0]
        self.added: list[UUID] = []
        self.thread = threading.Thread(target=self._write_on, daemon=True)

    def begin(self) -> None:
        self.thread.start()

    def finish(self) -> None:
        self.stopping.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive(), "a change was never acknowledged"
        assert not self.faults, self.faults

    def _write_on(self) -> None:
        change, is_in_doubt = self._change(), False
        while is_in_doubt or not self.stopping.is_set():
            try:
                with closing(self.witness.as_app()) as connection:
                    while is_in_doubt or not self.stopping.is_set():
                        is_in_doubt = True
                        self._write(connection, change)
                        change, is_in_doubt = self._change(), False
                        time.sleep(self.pause)
            except psycopg.OperationalError:
                self.cut_off += 1
                time.sleep(0.2)
            except psycopg.Error as fault:
                self.faults.append(f"{change[0]}: {fault}")
                return

    def _write(self, connection: psycopg.Connection, change: Change) -> None:
        statement, parameters, (entity, word) = change
        connection.execute(statement.encode(), parameters)
        self.acknowledged += 1
        self.last[entity] = word

    def _change(self) -> Change:
        """The next statement, and what it will have said of which entity."""
        kind, word = self.random.random(), f"{self.seed}-{self.acknowledged}"
        if kind < 0.1:
            one = uuid4()
            self.added.append(one)
            return self._addition(), [one, word, one.hex, self.operators[0]], (("operators", str(one)), word)
        if kind < 0.15 and self.added:
            one = self.added.pop(self.random.randrange(len(self.added)))
            return REMOVE_OPERATOR, [one], (("operators", str(one)), None)
        if kind < 0.35:
            one = self.random.choice([*self.operators, *self.added])
            return CHANGE_OPERATOR, [word, one], (("operators", str(one)), word)
        one = self.random.choice(self.facilities)
        return CHANGE_FACILITY, [word, one], (("facilities", str(one)), word)

    def _addition(self) -> str:
        """Another operator like the first; once, however often it is tried."""
        return (
            f"INSERT INTO facilities_operator (id, name, number, {self.columns})"
            f" SELECT %s, %s, %s, {self.columns} FROM facilities_operator WHERE id = %s ON CONFLICT DO NOTHING"
        )


def writers(demo: Demo, *, a_second: float, threads: int = 2) -> list[Writer]:
    """Writers at both nodes that together ask for so many changes a second; none begins yet.

    Each node's writers have entities of their own, so that the last word of each is known.
    """
    pause = 2 * threads / a_second
    every = [
        Writer(demo.witness(name), 10 * at + thread, pause)
        for at, name in enumerate(demo.nodes)
        for thread in range(threads)
    ]
    for at, writer in enumerate(every):
        writer.facilities = writer.facilities[at % threads :: threads]
        writer.operators = writer.operators[at % threads :: threads]
    return every


# --- faults ---------------------------------------------------------------------------------------------
FAULTS: Mapping[str, signal.Signals] = {
    "worker": signal.SIGKILL,
    "web": signal.SIGKILL,
    "redis": signal.SIGKILL,
    "postgres": signal.SIGQUIT,  # an immediate stop: everybody is cut off, nothing is flushed
}


class Faults:
    """Kills a process of either node every few seconds and counts; the supervisor starts it again."""

    def __init__(self, demo: Demo, *, every: float, seed: int = 4) -> None:
        self.demo, self.every, self.random = demo, every, random.Random(seed)
        self.done: dict[str, int] = {}

    def rage(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            name = f"{self.random.choice(list(self.demo.nodes))}/{self.random.choice(list(FAULTS))}"
            process = self.demo.process(name)
            if process is not None:
                process.send(FAULTS[name.partition("/")[2]])
                self.done[name] = self.done.get(name, 0) + 1
            time.sleep(self.every)


def say_to_redis(demo: Demo, name: str, *words: str) -> bytes:
    """What a node's Redis answers; nothing where it is down."""
    sockets = demo.nodes[name].local.known_sockets()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(3)
            line.connect(f"{sockets}/{SOCKET}")
            line.sendall(" ".join(words).encode() + b"\r\n")
            return line.recv(4096)
    except OSError:
        return b""


# --- the account ----------------------------------------------------------------------------------------
def unfollowed(demo: Demo) -> list[str]:
    """The feeds with changes that no page covers, or pages that the other node has not applied; all if one is down."""
    one, other = (demo.witness(name) for name in demo.nodes)
    try:
        waiting = [f"{each.node.name} has unsealed changes" for each in (one, other) if each.unsealed()]
        return waiting + behind(one, other) + behind(other, one)
    except psycopg.Error as error:
        return [f"no answer: {type(error).__name__}"]


def differences(demo: Demo) -> list[str]:
    """Every entity of every shared resource and owner that the two nodes do not hold alike."""
    one, other = (_facts(demo.witness(name)) for name in demo.nodes)
    return sorted(
        f"{resource} {entity}"
        for resource, entity in one.keys() | other.keys()
        if one.get((resource, entity)) != other.get((resource, entity))
    )


def _facts(witness: Witness) -> dict[tuple[str, str], tuple]:
    """Version and facts of every shared entity, as a page would spell them."""
    owners = [owner for (owner,) in witness.rows("SELECT DISTINCT owner FROM sharing_feed")]
    nothing = str(UUID(int=0))
    return {
        (resource.name, row[0]): (owner, *row[1:])
        for resource in catalogue.resources()
        if not resource.addressed_by
        for owner in owners
        for row in witness.rows(resource.shape.walking, owner, nothing, 10_000_000)
    }


def lost(demo: Demo, every: list[Writer]) -> list[str]:
    """The acknowledged changes that are not what a node says now."""
    said = {"facilities": "telephone_hours", "operators": "name"}
    found = []
    for name in demo.nodes:
        held = {
            (resource, str(entity)): word
            for resource, column in said.items()
            for entity, word in demo.witness(name).rows(
                f"SELECT id, {column} FROM facilities_{_table(resource)}"
            )
        }
        for writer in every:
            found += [
                f"{name}: {resource} {entity} says {held.get((resource, entity))}, not {word}"
                for (resource, entity), word in writer.last.items()
                if held.get((resource, entity)) != word
            ]
    return found


def _table(resource: str) -> str:
    return {"facilities": "facility", "operators": "operator"}[resource]


def faults_of_feeds(demo: Demo) -> list[str]:
    """What feed_fsck says of either node, and everything else that no fault of a machine may bring about."""
    one, other = (demo.witness(name) for name in demo.nodes)
    found = [f"signed twice: {number}" for number in signed_twice(one, other)]
    for each in (one, other):
        checked = each.manage("feed_fsck")
        if checked.returncode:
            found.append(f"{each.node.name}: {checked.stdout}{checked.stderr[-2000:]}")
        found += [f"{each.node.name}: alarm {reason}" for reason in GRAVE & _reasons(each)]
        found += [
            f"{each.node.name}: {count} feeds {state}"
            for state, count in each.states().items()
            if state != "running"
        ]
    return found


def _reasons(witness: Witness) -> set[str]:
    """The reasons of all alarms there ever were about a feed."""
    return {
        reason for (reason,) in witness.rows("SELECT reason FROM sharing_alarm WHERE subject LIKE '%/%/%'")
    }


@dataclass(frozen=True)
class Account:
    """How a storm ended."""

    seconds: float
    entities: int
    pages: int
    alarms: dict[str, int]


def settle(demo: Demo, every: list[Writer], *, within: float) -> Account:
    """Both nodes hold the same and lost nothing, in that time; an AssertionError says what is not so."""
    took = demo.wait(lambda: not unfollowed(demo) and not differences(demo), seconds=within)
    for found in (lost(demo, every), faults_of_feeds(demo)):
        assert not found, found[:5]
    witnesses = [demo.witness(name) for name in demo.nodes]
    alarms: dict[str, int] = {}
    for each in witnesses:
        for reason, count in each.alarms().items():
            alarms[reason] = alarms.get(reason, 0) + count
    return Account(took, len(_facts(witnesses[0])), len(witnesses[0].headers()), alarms)
