"""What other commands ask of a demo that runs: one node stopped and started alone, the codes of its accounts."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sojourn.local import doors, environment
from sojourn.local.doors import Say
from sojourn.local.errors import Trouble
from sojourn.local.nodes import Node, node_named, nodes, running_port
from sojourn.local.paths import ROOT, Local
from sojourn.local.processes import Process

PATIENCE = 120.0
BEAT = 0.2


def require_running(root: Local) -> tuple[Node, ...]:
    """The nodes of the demo that runs; refuse what needs one while none does."""
    port = running_port(root)
    if port is None or Process.recorded(root.run / "demo.pid") is None:
        raise Trouble("The demo does not run: make demo starts it.")
    return nodes(root, port)


def require_up(name: str, root: Local) -> Node:
    """A node of the demo that serves; the first, where none is named."""
    node = node_named(name, require_running(root))
    if not node.serves.exists():
        raise Trouble(f"Node {node.title} does not serve now.")
    return node


def pause(name: str, root: Local, say: Say) -> int:
    """One node of the demo is stopped, the others go on."""
    node = node_named(name, require_running(root))
    if not node.paused.exists():
        node.paused.write_text("it was stopped by make demo-pause.")
    _wait_until(lambda: not node.serves.exists() and not _servers(node), node, "stop")
    say(f"Node {node.title} is stopped: make demo-resume NODE={node.name} starts it again.")
    return 0


def resume(name: str, root: Local, say: Say) -> int:
    """A node that was stopped alone serves again."""
    node = node_named(name, require_running(root))
    node.paused.unlink(missing_ok=True)
    _wait_until(lambda: node.serves.exists() or node.paused.exists(), node, "start")
    doors.announce(node, say)
    return 0 if node.serves.exists() else 1


def tell_codes(who: str, name: str, root: Local, say: Say) -> int:
    """The six digits that a sample account's app shows now are printed, for each node with such an account."""
    every = require_running(root)
    asked = (node_named(name, every),) if name else every
    holders = [node for node in asked if who in {entry["username"] for entry in doors.sign_ins(node)}]
    failed = 0
    for node in holders or asked[:1]:
        if len(holders) > 1:
            say(f"At node {node.title}, {node.address}:")
        command = [sys.executable, "manage.py", "demo_code", who]
        told = subprocess.run(command, env=environment.for_demo(node), cwd=ROOT, check=False)
        failed = failed or told.returncode
    return failed


def _servers(node: Node) -> list[Path]:
    """The records of what runs for a node; the supervisor removes each when its server has ended."""
    return list(node.local.run.glob("*.pid"))


def _wait_until(condition: Callable[[], bool], node: Node, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        require_running(node.root)
        if time.monotonic() > deadline:
            raise Trouble(f"Node {node.title} did not {what} within {PATIENCE:.0f} s.")
        time.sleep(BEAT)
