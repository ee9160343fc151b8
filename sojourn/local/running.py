"""One node of the demo under the supervisor: brought up, taken down and brought up again, alone."""

import shutil
import sys
from collections.abc import Mapping
from contextlib import closing

from sojourn.local import doors, environment
from sojourn.local.engines import Engine, engines
from sojourn.local.nodes import Node
from sojourn.local.paths import ROOT
from sojourn.local.ports import HOST, answers_ready
from sojourn.local.postgres import Cluster
from sojourn.local.preparation import Preparation
from sojourn.local.supervisor import Kept, Server, Steps, Supervisor, serving

PATIENCE = 90.0


class Running:
    """A node, what is still to be done until it serves, and whether its servers are looked after now."""

    def __init__(self, node: Node, supervisor: Supervisor, world: str = "") -> None:
        self.node, self.supervisor, self.world = node, supervisor, world
        self.answers = self.is_up = False
        self.coming: Steps | None = None
        self.heirs: list[Node] = []

    def begin(self) -> None:
        self.coming = self._coming_up()

    def go_on(self) -> bool:
        """One step is done towards a node that serves; whether more remain. What is in the way is raised."""
        if self.coming is not None:
            try:
                next(self.coming)
            except StopIteration:
                self.coming = None
        return self.coming is not None

    def follow(self) -> None:
        """The node goes down or comes back as somebody asked by the file that pauses it."""
        wanted = not self.node.paused.exists()
        if (self.is_up or self.coming is not None) and not wanted:
            self.supervisor.say(f"Node {self.node.title} is stopped, as asked.")
            self.take_down()
        elif not self.is_up and self.coming is None and wanted:
            self.supervisor.say(f"Node {self.node.title} is started again, as asked.")
            self.begin()

    def fail(self, setback: Exception) -> None:
        """The node stays down, with the reason told, and the others go on."""
        self.node.paused.write_text(str(setback))
        self.take_down()
        doors.announce(self.node, self.supervisor.say)

    def take_down(self) -> None:
        if self.coming is not None:
            self.coming.close()
        self.coming = None
        self.answers = self.is_up = False
        self.node.serves.unlink(missing_ok=True)
        self.supervisor.release(self.node.name)

    def _coming_up(self) -> Steps:
        """The node serves, with its worker; from an empty folder if need be."""
        self.node.local.make()
        variables = environment.for_demo(self.node)
        with closing(Preparation(self.node, variables, self._say, self.world)) as preparation:
            yield from self._prepared(preparation, variables)
        self._keep(_worker(self.node, variables))
        self.is_up = True
        self.node.serves.touch()
        doors.announce(self.node, self.supervisor.say)

    def _prepared(self, preparation: Preparation, variables: Mapping[str, str]) -> Steps:
        """The node's pages answer and its content is loaded; each part waits for what it needs only."""
        # Static files need no engine and the web server's imports no schema.
        preparation.ahead()
        static_files = preparation.static_files()
        for engine in engines(self.node.local):
            self._say(
                f"Starting {engine.name} …" if not engine.answers() else f"Found {engine.name} running."
            )
            self._keep(engine)
            yield
        preparation.require_world()
        preparation.database_answers()
        schema = preparation.schema()
        yield from static_files
        self._say("Starting the web server …")
        gate = self.node.local.run / "schema-is-current"
        gate.unlink(missing_ok=True)
        web = self._keep(_web(self.node, {**variables, "SOJOURN_SERVES_AFTER": str(gate)}))
        yield from schema
        gate.touch()
        if not preparation.has_content():
            self._pass_on_schema()
        content = preparation.content()
        yield from serving(lambda: answers_ready(self.node.port), web, seconds=PATIENCE)
        self.answers, self.world = True, preparation.world
        yield from content

    def _keep(self, what: Server | Engine) -> Kept:
        return self.supervisor.keep(what, node=self.node.name)

    def _pass_on_schema(self) -> None:
        """Nodes without a database begin with a copy of this one, which holds a schema and nothing else yet.

        That takes a second where migrating takes ten. Whom they host is theirs: they migrate once more for that.
        """
        for heir in self.heirs:
            heir.local.make()
            theirs = Cluster(heir.local)
            if not theirs.is_made():
                theirs.copy_from(Cluster(self.node.local))

    def _say(self, text: str) -> None:
        self.supervisor.say(f"[{self.node.title}] {text}")


def _web(node: Node, variables: Mapping[str, str]) -> Server:
    metrics = node.local.metrics
    if metrics.exists():
        shutil.rmtree(metrics)
    metrics.mkdir(mode=0o700)
    config = str(ROOT / "sojourn" / "settings" / "gunicorn.py")
    options = ("-c", config, "-b", f"{HOST}:{node.port}")
    command = (sys.executable, "-m", "gunicorn", *options, "sojourn.wsgi:application")
    more = {
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "SOJOURN_WEB_GRACE": "5",
        "WEB_CONCURRENCY": str(node.plan.web_processes),
    }
    return Server("web", command, {**variables, **more}, node.local)


def _worker(node: Node, variables: Mapping[str, str]) -> Server:
    schedule = str(node.local.run / "beat-schedule")
    # One may follow a busy peer all the time and one wait for a slow one: a third seals meanwhile.
    options = ("--beat", f"--schedule={schedule}", "--concurrency=3", "--loglevel=INFO", "--without-gossip")
    command = (sys.executable, "-m", "celery", "-A", "sojourn", "worker", *options, "--without-mingle")
    return Server("worker", command, variables, node.local)
