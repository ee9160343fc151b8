"""Restore drills on the demo that runs: ``python -m sojourn.local.drills producer|consumer``.

One node's database is put back to an earlier copy while the other node went on; afterwards the exchange must be
whole again by itself, the trail too, and whoever was erased since stays erased. What was done and what was found is
printed, with times.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable

from sojourn.local import steering
from sojourn.local.doors import Say
from sojourn.local.errors import Trouble
from sojourn.local.nodes import Node, node_named
from sojourn.local.paths import DEMO, Local, forget_elsewhere
from sojourn.local.postgres import Cluster
from sojourn.local.witness import Witness, behind, signed_twice

CHANGES = 12
PATIENCE = 240.0
BEAT = 0.2
FACILITIES = (
    "SELECT id::text, telephone_hours FROM facilities_facility JOIN core_hostedmember ON member = owner"
    " WHERE is_sample ORDER BY id LIMIT %s"
)
SAID = "SELECT id::text, telephone_hours FROM facilities_facility WHERE id = ANY(%s::uuid[])"
CHANGE = "UPDATE facilities_facility SET telephone_hours = %s WHERE id = %s"
COMPARE = "from sojourn.sharing.services.reconciling import reconcile_with; print(reconcile_with(node={!r}))"
COMPARED = (
    "SELECT count(*), coalesce(sum(theirs), 0), coalesce(sum(ours), 0), coalesce(sum(jsonb_array_length(differing)), 0)"
    " FROM sharing_reconciliation WHERE at > %s"
)
CANARY = "from sojourn.local import canary; print(canary.{})"
STEPS = "SELECT action, count(*) FROM core_auditentry WHERE at > %s AND action = ANY(%s) GROUP BY action"


class Drill:
    """A node whose database is put back, the node that went on, and what the facts were before the drill."""

    def __init__(self, restored: Node, other: Node, say: Say, *, patience: float = PATIENCE) -> None:
        self.node, self.restored, self.other = restored, Witness(restored), Witness(other)
        self.patience = patience
        self.began = time.monotonic()
        self.tell: Callable[[str], None] = lambda text: say(f"{time.monotonic() - self.began:7.1f} s  {text}")

    # --- what every drill is made of ---------------------------------------------------------------
    def write_at(self, witness: Witness, word: str) -> dict[str, str]:
        """Some facilities that a node owns say the word, one change after the other; what each says."""
        told = {}
        with witness.as_app() as connection:
            for facility, _ in witness.rows(FACILITIES, CHANGES):
                told[facility] = f"{word} {len(told) + 1}"
                connection.execute(CHANGE.encode(), [told[facility], facility])
                time.sleep(BEAT)
        return told

    def wait(self, what: str, condition: Callable[[], bool]) -> None:
        """The condition holds, within the patience of the drill."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() > began + self.patience:
                raise Trouble(f"After {self.patience:.0f} s it is still not so that {what}.")
            time.sleep(BEAT)
        self.tell(f"{what[0].upper()}{what[1:]} (after {time.monotonic() - began:.1f} s).")

    def is_followed(self) -> bool:
        """Whether each node has all that the other sealed, and nothing waits to be sealed."""
        one, other = self.restored, self.other
        return not (one.unsealed() or other.unsealed() or behind(one, other) or behind(other, one))

    def says(self, witness: Witness, told: dict[str, str]) -> bool:
        return dict(witness.rows(SAID, list(told))) == told

    def copy(self) -> Local:
        """A base backup of the node's database, taken while it works."""
        place = Local(self.node.local.var / "drill")
        shutil.rmtree(place.var, ignore_errors=True)
        place.make()
        if not Cluster(place).copy_from(Cluster(self.node.local)):
            raise Trouble(f"The base backup of node {self.node.title} failed.")
        forget_elsewhere(place.run / "sockets")
        self.tell(f"Base backup of node {self.node.title} taken.")
        return place

    def put_back(self, copy: Local) -> None:
        """The copy stands where the database was; vault, registry and logs stay as they are."""
        data = Cluster(self.node.local).data
        lost = data.with_name("lost")
        shutil.rmtree(lost, ignore_errors=True)
        data.rename(lost)
        shutil.move(Cluster(copy).data, data)
        shutil.rmtree(copy.var)
        shutil.rmtree(lost)
        self.tell("The base backup stands in its place; vault and registry are as they were.")

    def restart_on(self, copy: Local) -> None:
        quiet: Say = lambda _text: None  # noqa: E731 - says nothing
        if steering.pause(self.node.name, self.node.root, quiet):
            raise Trouble(f"Node {self.node.title} does not stop.")
        self.tell(f"Node {self.node.title} is stopped.")
        self.put_back(copy)
        if steering.resume(self.node.name, self.node.root, quiet):
            raise Trouble(f"Node {self.node.title} does not start.")
        self.tell(f"Node {self.node.title} is started.")

    def look_over(self) -> None:
        """What is to be done after every restore is done: who was erased is erased here too, and the trail is whole."""
        for command in ("erase_again", "verify_trail"):
            done = self.restored.manage(command)
            if done.returncode:
                raise Trouble(f"{command} at node {self.node.title}: {done.stdout}{done.stderr[-2000:]}")
            self.tell(
                f"{command} at node {self.node.title}: {done.stdout.strip() or 'nobody had come back.'}"
            )

    def conclude(self) -> None:
        """No number was signed twice, feed_fsck finds nothing, both hold the same, and the trail is whole."""
        twice = signed_twice(self.restored, self.other)
        if twice:
            raise Trouble(f"Signed twice: {', '.join(twice[:5])}.")
        self.tell(f"No number was signed twice: {len(self.other.headers())} headers compared.")
        for witness, peer in ((self.restored, self.other), (self.other, self.restored)):
            checked = witness.manage("feed_fsck")
            if checked.returncode:
                raise Trouble(f"feed_fsck at node {witness.node.title}: {checked.stdout}")
            self.tell(f"feed_fsck at node {witness.node.title}: {checked.stdout.strip()}")
            self._compare(witness, peer)
        self.look_over()

    def _compare(self, witness: Witness, peer: Witness) -> None:
        """A node's copies are what their owner holds, as the daily comparison finds it."""
        [(at,)] = witness.rows("SELECT now()")
        done = witness.manage("shell", "-v", "0", "-c", COMPARE.format(peer.node.name))
        [(feeds, theirs, ours, differing)] = witness.rows(COMPARED, at)
        if done.returncode or not feeds or differing:
            raise Trouble(
                f"Node {witness.node.title} holds {differing} rows unlike their owner's: {done.stderr}"
            )
        self.tell(
            f"Node {witness.node.title} compared {feeds} feeds with their owner: {ours} of {theirs} entities, none differs."
        )


class ProducerDrill(Drill):
    """A node that published more than its restored database knows of."""

    def run(self) -> None:
        before = dict(self.restored.rows(FACILITIES, CHANGES))
        self.wait("both nodes have all of each other's pages", self.is_followed)
        self.canary = self.ask("registered()").split()
        copy = self.copy()
        self.erase_one()
        told = self.write_at(self.restored, "after the backup")
        self.wait(f"{len(told)} changes since are at node {self.other.node.title}", lambda: self._has(told))
        heads = self.restored.heads()
        [(at,)] = self.restored.rows("SELECT now()")
        self.restart_on(copy)
        self.wait(
            "the node noticed that it stands behind its vault (RECOVER)",
            lambda: self._did(at, "feed.recover"),
        )
        self.wait("its feeds are as far as they were, from its peer's pages", lambda: self._is_back(heads))
        if not self.says(self.restored, told):
            raise Trouble("Facts published after the backup did not come back.")
        self.tell(f"{len(told)} facts published after the backup are back.")
        self.stays_erased()
        self.restore_words(before)
        self.conclude()

    def ask(self, what: str) -> str:
        """What the node that is put back says of the drill's resident."""
        done = self.restored.manage("shell", "-v", "0", "-c", CANARY.format(what))
        if done.returncode:
            raise Trouble(
                f"Node {self.node.title} failed at canary.{what.partition('(')[0]}: {done.stderr[-2000:]}"
            )
        return done.stdout.strip()

    def traces(self) -> str:
        """How much still tells who the drill's resident was."""
        return self.ask("traces({!r}, {!r})".format(*self.canary))

    def erase_one(self) -> None:
        """A resident who stands in the backup is erased behind it."""
        if self.traces() == "0":
            raise Trouble("The drill's resident was not to be found even before she was erased.")
        self.ask(f"erase({self.canary[0]!r})")
        self.tell("A resident who stands in the backup was erased.")

    def stays_erased(self) -> None:
        if self.traces() != "0":
            raise Trouble("Who was erased after the backup came back with it.")
        self.tell("She is erased in it too: no key, no number, nobody found by it.")

    def _has(self, told: dict[str, str]) -> bool:
        return self.is_followed() and self.says(self.other, told)

    def _did(self, since: object, action: str) -> bool:
        return bool(self.restored.rows(STEPS, since, [action]))

    def _is_back(self, heads: dict) -> bool:
        now = self.restored.heads()
        reached = all(now[feed][:2] >= place[:2] for feed, place in heads.items())
        return reached and set(self.restored.states()) == {"running"}

    def restore_words(self, before: dict[str, str]) -> None:
        """The facts say again what they did before the drill, under new numbers."""
        with self.restored.as_app() as connection:
            for facility, said in before.items():
                connection.execute(CHANGE.encode(), [said, facility])
        self.wait("new changes got new numbers and are at the other node", lambda: self._has(before))


class ConsumerDrill(Drill):
    """A node that had applied more of the other's pages than its restored database knows of."""

    def run(self) -> None:
        before = dict(self.other.rows(FACILITIES, CHANGES))
        self.wait("both nodes have all of each other's pages", self.is_followed)
        copy = self.copy()
        told = self.write_at(self.other, "after the backup")
        self.wait(f"{len(told)} changes at node {self.other.node.title} are here", lambda: self._has(told))
        alarms, matters = self.restored.alarms(), self.restored.matters()
        self.restart_on(copy)
        if self.says(self.restored, told) and self.is_followed():
            self.tell("It had followed again before we looked.")
        self.wait("the node has all pages again", lambda: self._has(told))
        self._nothing_twice(alarms, matters)
        with self.other.as_app() as connection:
            for facility, said in before.items():
                connection.execute(CHANGE.encode(), [said, facility])
        self.wait("newer changes are here too", lambda: self._has(before))
        self.conclude()

    def _has(self, told: dict[str, str]) -> bool:
        return self.is_followed() and self.says(self.restored, told)

    def _nothing_twice(self, alarms: dict[str, int], matters: dict[str, int]) -> None:
        """Following again raised no alarm and laid no matter on the desk that had not been there."""
        new = {
            reason: count for reason, count in self.restored.alarms().items() if count > alarms.get(reason, 0)
        }
        doubled = {
            matter for matter, count in self.restored.matters().items() if count > matters.get(matter, 0)
        }
        # That the other node was away while this one was started is no news twice.
        new.pop("peer_unreachable", None)
        if new or doubled:
            raise Trouble(f"Told again: alarms {new}, matters {sorted(doubled)}.")
        self.tell("Following again raised no alarm and laid nothing on the desk a second time.")


DRILLS = {"producer": ProducerDrill, "consumer": ConsumerDrill}


def main(root: Local, say: Say) -> int:
    """The drill that was asked for took place; what failed is told in one sentence."""
    top = argparse.ArgumentParser(prog="python -m sojourn.local.drills", description=__doc__)
    top.add_argument("side", choices=[*DRILLS])
    top.add_argument(
        "--node", default="", help="whose database is put back; the first of the demo, if none is named"
    )
    words = top.parse_args()
    try:
        every = steering.require_running(root)
        node = node_named(words.node, every)
        other = next(each for each in every if each != node)
        say(f"Restore drill, {words.side}: node {node.title} is put back, node {other.title} goes on.")
        DRILLS[words.side](node, other, say).run()
    except Trouble as trouble:
        say(f"The drill failed. {trouble}")
        return 1
    say("The drill passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(Local.from_environment(os.environ, purpose=DEMO), lambda text: print(text, flush=True)))
