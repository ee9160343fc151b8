"""The command line of the local services: ``python -m sojourn.local demo|node|code|stop|reset|services|run|env``."""

import argparse
import os
import shlex
import sys

from sojourn.local import demo, engines, environment, steering
from sojourn.local.errors import DiskFull, NotOurs, Trouble, is_full_disk
from sojourn.local.nodes import node_named, nodes
from sojourn.local.paths import BENCHES, DEMO, TESTS, Local
from sojourn.local.ports import as_port
from sojourn.local.sample.sizes import SIZES


def say(text: str) -> None:
    """Print a line at once; a terminal that is gone is no reason to fail."""
    try:
        print(text, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m sojourn.local", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    demonstrate = verbs.add_parser("demo", help="run the demo")
    demonstrate.add_argument("--port", default="8000")
    demonstrate.add_argument("--world", default="", choices=["", *SIZES], help="its sample world")
    one = verbs.add_parser("node", help="stop or start one node of the demo that runs")
    one.add_argument("node")
    one.add_argument("wish", choices=["stop", "start"])
    code = verbs.add_parser("code", help="tell the six digits of a sample account")
    code.add_argument("who")
    code.add_argument("--node", default="")
    verbs.add_parser("stop", help="stop it").add_argument("--tests", action="store_true")
    verbs.add_parser("reset", help="remove the demo's data")
    services = verbs.add_parser("services", help="start a node's PostgreSQL and Redis and leave them running")
    services.add_argument("--node", default="")
    verbs.add_parser("test-services", help="the same for the tests")
    env = verbs.add_parser("env", help="print the environment of a node")
    env.add_argument("--tests", action="store_true")
    env.add_argument("--node", default="")
    run = verbs.add_parser("run", help="run a command beside the tests' services")
    run.add_argument("--benches", action="store_true", help="beside those of the benchmarks")
    run.add_argument("--production", action="store_true", help="with a production node's environment")
    run.add_argument("--demo", action="store_true", help="as a node of the demo, which has to run")
    run.add_argument("--node", default="", help="which node of the demo")
    run.add_argument("command", nargs=argparse.REMAINDER)
    return top


def run(words: argparse.Namespace) -> int:
    """Become a command that finds the services of the tests, or of a node of the demo, in its environment."""
    if words.demo:
        root = Local.from_environment(os.environ, purpose=DEMO)
        variables = environment.for_demo(steering.require_up(words.node, root))
    else:
        local = Local.from_environment(os.environ, purpose=BENCHES if words.benches else TESTS)
        engines.services(local, say)
        strict = environment.for_production_checks if words.production else environment.for_tests
        variables = strict(local)
    command = words.command[1:] if words.command[:1] == ["--"] else words.command
    sys.stdout.flush()
    os.execvpe(command[0], command, variables)


def show(words: argparse.Namespace, local: Local) -> int:
    """Print what a node of the demo, or the suite, has in its environment."""
    if words.tests:
        shown, known = environment.for_tests(local), environment.variables(local)
    else:
        node = node_named(words.node, nodes(local))
        node.local.make()
        shown, known = environment.for_demo(node), environment.of_node(node)
    for name in sorted(known):
        if name in shown:
            say(f"export {name}={shlex.quote(shown[name])}")
    return 0


def act(words: argparse.Namespace) -> int:
    for_tests = getattr(words, "tests", False) or words.verb == "test-services"
    local = Local.from_environment(os.environ, purpose=TESTS if for_tests else DEMO)
    match words.verb:
        case "demo":
            return demo.demo(local, as_port(words.port), say, words.world)
        case "node":
            wish = steering.pause if words.wish == "stop" else steering.resume
            return wish(words.node, local, say)
        case "code":
            return steering.tell_codes(words.who, words.node, local, say)
        case "stop":
            return demo.stop(local, say)
        case "reset":
            return demo.reset(local, say)
    return serve(words, local)


def serve(words: argparse.Namespace, local: Local) -> int:
    """What needs services, or tells about them."""
    match words.verb:
        case "services":
            engines.services(node_named(words.node, nodes(local)).local, say)
            return 0
        case "test-services":
            engines.services(local, say)
            return 0
        case "env":
            local.make()
            return show(words, local)
    return run(words)


def main() -> int:
    """Do what was asked; what stands in the way is told in one sentence."""
    try:
        return act(parser().parse_args())
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
    except PermissionError as error:
        print(NotOurs(error.filename), file=sys.stderr)
    except OSError as error:
        if not is_full_disk(error):
            raise
        print(DiskFull(error.filename or "var/"), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
