"""What a node of the demo is made from, each part only when what it comes from changed."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from sojourn.local import environment, fingerprints
from sojourn.local.errors import Trouble, explained
from sojourn.local.nodes import Node
from sojourn.local.paths import rotate
from sojourn.local.postgres import Cluster
from sojourn.local.processes import last_lines, spawn
from sojourn.local.sample.sizes import SMALL
from sojourn.local.supervisor import Steps, ended

# What a node does once it knows its content and the members' registry.
AFTER_CONTENT = ("open_feeds",)
GATHER = "collectstatic --noinput --clear"
# The checks are for developers, and make check runs them.
MIGRATE = "migrate --noinput --skip-checks"


class Job(NamedTuple):
    """A command of manage.py at work."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path


class Preparation:
    """What has to be made before a node can serve; the work is done by jobs, which others need not wait for.

    What needs no look at the database is one job, begun before there is one (decision 0049). Jobs end with it.
    """

    def __init__(
        self, node: Node, variables: Mapping[str, str], say: Callable[[str], None], world: str = ""
    ) -> None:
        self.node, self.local, self.variables, self.say = node, node.local, variables, say
        self.cluster = Cluster(node.local)
        self.wanted = world
        self.jobs: list[Job] = []
        self.early: Job | None = None
        self.migrates_early = False
        self.done = node.local.run / "done"
        self.answering = self.done / "database"

    @cached_property
    def made(self) -> dict[str, str]:
        """What the database's content was made from."""
        return json.loads(self.cluster.note() or "{}")

    def ahead(self) -> None:
        """One process gathers changed static files, and migrates a database that is still to be made."""
        self.migrates_early = not self.cluster.is_made()
        commands = [GATHER] if self._gathers else []
        if self.migrates_early:
            commands += [f"wait_for {self.answering}", MIGRATE]
        if not commands:
            return
        shutil.rmtree(self.done, ignore_errors=True)
        self.done.mkdir()
        owner = environment.as_owner(self.variables)
        self.early = self._begin("in_turn", f"--notes={self.done}", *commands, variables=owner, log="ahead")

    def static_files(self) -> Steps:
        """Wait until the static files of all nodes are gathered, if they changed."""
        if not self._gathers:
            return _nothing()
        self.say("Gathering the static files …")
        return self._noted("collectstatic", lambda: self._stamp.write_text(self._static))

    def database_answers(self) -> None:
        """What was begun ahead goes on now that there is a database."""
        if self.migrates_early:
            self.answering.touch()

    def schema(self) -> Steps:
        """Begin to migrate, if a migration changed and it was not begun ahead; the steps wait for the schema."""
        current = self._here(fingerprints.migrations())
        if self.made.get("schema") == current:
            return _nothing()
        self.say("Migrating the database …")
        if self.migrates_early:
            return self._noted("migrate", lambda: self._remember(schema=current))
        job = self._begin(*MIGRATE.split(), variables=environment.as_owner(self.variables))
        return self._finish(job, lambda: self._remember(schema=current))

    def content(self) -> Steps:
        """Begin to load reference data and sample world, and what follows from them; the steps wait for it."""
        reference, sample = self._here(fingerprints.reference()), self._here(fingerprints.sample_world())
        feeds = fingerprints.feeds(self.node.registry, sample)
        commands = []
        if self.made.get("reference") != reference:
            self.say("Loading the reference data …")
            commands.append("load_reference")
        if self.made.get("sample") != sample or not self.local.sign_ins.exists():
            self.say(f"Making the sample world {self.world} …")
            commands.append(f"sample_world {self.world}")
        if self.made.get("feeds") != feeds:
            commands.extend(AFTER_CONTENT)
        made = {"reference": reference, "sample": sample, "world": self.world, "feeds": feeds}
        if not commands:
            return _nothing()
        # Written first: who is killed in the middle has content too.
        self._remember(begun="yes")
        unhurried = environment.unhurried(self.variables, self.local)
        job = self._begin("in_turn", *commands, variables=unhurried)
        return self._finish(job, lambda: self._remember(**made))

    def has_content(self) -> bool:
        """Whether more than a schema is, or may be, in the database."""
        return self.made.keys() > {"schema"}

    @property
    def standing_world(self) -> str:
        """The name of the sample world that was made; older notes, which name none, mean the small one."""
        return self.made.get("world", SMALL.name) if "sample" in self.made else ""

    @property
    def world(self) -> str:
        """The name of the sample world that is to stand."""
        return self.wanted or self.standing_world or SMALL.name

    def require_world(self) -> None:
        """Refuse another sample world than the one that stands: two do not stand together."""
        standing = self.standing_world
        if standing and self.wanted not in {"", standing}:
            raise Trouble(
                f"The demo holds the sample world {standing}: make demo-reset removes it, and"
                f" make demo WORLD={self.wanted} makes the other."
            )

    def close(self) -> None:
        """No job works on; who stops a node in the middle leaves none behind."""
        for job in self.jobs:
            if job.process.poll() is None:
                job.process.terminate()
                job.process.wait()

    @property
    def _stamp(self) -> Path:
        return self.node.root.var / "static.fingerprint"

    @cached_property
    def _static(self) -> str:
        """What the static files are to be gathered from."""
        return fingerprints.static_files()

    @cached_property
    def _gathers(self) -> bool:
        return not self._stamp.exists() or self._stamp.read_text() != self._static

    def _here(self, made_from: str) -> str:
        return fingerprints.hosting(self.node.plan.members, made_from)

    def _begin(self, *words: str, variables: Mapping[str, str], log: str = "") -> Job:
        to = rotate(self.local.log / f"{log or words[0]}.log")
        command = [sys.executable, "manage.py", *words]
        job = Job(words[0], spawn(command, environment=variables, log=to, dies_with_us=signal.SIGTERM), to)
        self.jobs.append(job)
        return job

    def _finish(self, job: Job, done: Callable[[], object]) -> Steps:
        code = yield from ended(job.process)
        if code:
            raise explained(f"manage.py {job.name} failed", job.log, last_lines(job.log))
        done()

    def _noted(self, command: str, done: Callable[[], object]) -> Steps:
        """Wait until the job that was begun ahead has done one of its commands."""
        assert self.early is not None, "nothing was begun ahead"
        noted = self.done / command
        while not noted.exists():
            if self.early.process.poll() is not None and not noted.exists():
                raise explained(f"manage.py {command} failed", self.early.log, last_lines(self.early.log))
            yield
        done()

    def _remember(self, **made: str) -> None:
        self.made.update(made)
        self.cluster.write_note(json.dumps(self.made))


def _nothing() -> Steps:
    """There is nothing to wait for."""
    yield from ()
