"""What a person is told of the demo's nodes: where they are, and who can sign in."""

import json
from collections.abc import Callable

from sojourn.local.nodes import Node
from sojourn.local.sample.callers import CALLERS

Say = Callable[[str], None]
DOORS = (("", "public pages"), ("admin/", "staff"), ("api/v1/docs/", "API"))


def announce(node: Node, say: Say) -> None:
    """Where a node is and who can sign in there, or why it is not."""
    if not node.serves.exists():
        reason = node.paused.read_text() if node.paused.exists() else "it is being prepared"
        say(
            f"\nNode {node.title} does not serve: {reason}\n  make demo-resume NODE={node.name} starts it again."
        )
        return
    say(f"\nNode {node.title}, which writes for {'、'.join(node.plan.short_names)}:")
    for path, audience in DOORS:
        say(f"  {node.address + path:<36} {audience}")
    known = sign_ins(node)
    if known:
        say(f"  Sample sign-ins of invented people, kept in {node.local.sign_ins}:")
    for entry in known:
        say(f"  {entry['username']:<20} {entry['password']:<24} {entry['role']}")
    if known:
        say(f"  The second factor's six digits: make demo-code NODE={node.name} WHO=<name>")
        say(f"  Families sign in at {node.address}sign-in/ by telephone:")
        for caller in CALLERS:
            say(f"  {caller.phone:<20} {caller.plays}")
        say(f"  Passkeys need a name: they work at {node.named_address} and not at digits")
        say(f"  The code that was sent to them: make demo-messages NODE={node.name}\n")


def sign_ins(node: Node) -> list[dict[str, str]]:
    """The sample sign-ins of a node, as far as they are made."""
    try:
        return json.loads(node.local.sign_ins.read_text("utf-8"))
    except FileNotFoundError:
        return []
