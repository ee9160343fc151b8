"""Visit a node as a simulated member and say, step by step, whether it keeps to docs/protocol.md."""

from pathlib import Path

import orjson
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sojourn.settings.environment import PUBLIC_KEY
from sojourn.sharing.conformance.door import TEXT, Door, Failed
from sojourn.sharing.conformance.run import run
from sojourn.sharing.conformance.visit import Outcome, Report, Visit
from sojourn.sharing.protocol.reasons import Refused
from sojourn.sharing.protocol.registry import read
from sojourn.sharing.vault import Vault, VaultMissing

MARKS = {Outcome.PASSED: "pass", Outcome.FAILED: "FAIL", Outcome.SKIPPED: "skip"}
PRIVATE_KEY_BYTES = 32


class Command(BaseCommand):
    help = (
        "Runs the whole protocol between nodes against the node at URL and reports step by step. It signs as a node"
        " that the registry lists: this one, or the one named with its key. The visited node puts the refusals on"
        " record and raises its alarms."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("url", help="the address before /sharing/v1/")
        parser.add_argument(
            "--node", help="the name of the node under test; by default the one at that address"
        )
        parser.add_argument("--as-node", default=settings.NODE, help="the node we are; this one by default")
        parser.add_argument("--key", help="the name of our request key; node-<node>-1 where a file is given")
        parser.add_argument(
            "--key-file", help="our private request key in hex; from this node's vault by default"
        )
        parser.add_argument(
            "--registrar",
            action="append",
            default=[],
            metavar="NAME:HEX",
            help="a registrar's public key; by default those of this node",
        )
        parser.add_argument("--registrars-needed", type=int, help="how many of them must have signed")
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, **options):
        name, private = _key(options)
        node = options["node"] or _node_at(options["url"])
        report = run(
            Visit(
                Door(options["url"], node, name, private),
                node,
                _registrars(options["registrar"]),
                options["registrars_needed"] or settings.REGISTRARS_NEEDED,
            )
        )
        if options["json"]:
            self.stdout.write(orjson.dumps(report.as_facts(), option=orjson.OPT_INDENT_2).decode())
        else:
            self._tell(report)
        if not report.passed:
            raise SystemExit(1)

    def _tell(self, report: Report) -> None:
        for taken in report.steps:
            self.stdout.write(f"{MARKS[taken.outcome]}  {taken.step:36} {taken.detail}".rstrip())
        failed, skipped = report.of(Outcome.FAILED), report.of(Outcome.SKIPPED)
        self.stdout.write(
            f"{report.node} at {report.url}: {len(report.steps)} steps,"
            f" {len(failed)} failed, {len(skipped)} could not be taken."
        )


def _node_at(url: str) -> str:
    """The name of the node that its own registry has at this address; whether to believe it is for the steps."""
    door = Door(url, "", "", b"")
    try:
        text = door.send(door.plain("GET", "/keys/")).expect_given(TEXT)
        nodes = read(text.partition(b"\n")[0]).nodes
    except (Failed, Refused) as error:
        raise CommandError(f"No registry at {url}: {error}") from None
    found = [node.name for node in nodes if node.address.rstrip("/") == url.rstrip("/")]
    if not found:
        raise CommandError("The registry names no node at this address: say with --node which it is.")
    return found[0]


def _key(options: dict) -> tuple[str, bytes]:
    """The name and the private half of the key that we sign with."""
    holder = f"node-{options['as_node']}"
    try:
        if options["key_file"]:
            private = bytes.fromhex(Path(options["key_file"]).read_text().strip())
            if len(private) != PRIVATE_KEY_BYTES:
                raise CommandError("The key file holds no key of 64 hexadecimal digits.")
            return options["key"] or f"{holder}-1", private
        if not settings.VAULT:
            raise CommandError("This node has no vault: give --as-node and --key-file.")
        vault = Vault(Path(settings.VAULT))
        name = options["key"] or next(reversed(vault.key_names(holder)), "")
        return name, vault.key(name)
    except (OSError, ValueError, VaultMissing):
        raise CommandError("The request key cannot be read.") from None


def _registrars(told: list[str]) -> dict[str, bytes]:
    if not told:
        return dict(settings.REGISTRARS)
    found = {}
    for each in told:
        name, _, digits = each.partition(":")
        if not name or not PUBLIC_KEY.fullmatch(digits):
            raise CommandError("--registrar is NAME:64 hexadecimal digits.")
        found[name] = bytes.fromhex(digits)
    return found
