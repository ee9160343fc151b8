"""What was ever committed, read past the code under test: which row said what, in which version, and when."""

from dataclasses import dataclass, field
from typing import Any

from tests.sharing.modelling.world import World

# Every column but the instant of the change, which each node sets by its own clock.
OPERATORS = "SELECT owner, id::text, epoch, version, to_jsonb(t) - 'changed_at' FROM facilities_operator AS t"
FACILITIES = """
    SELECT owner, id::text, epoch, version, to_jsonb(t) - 'changed_at' || jsonb_build_object('features', (
        SELECT coalesce(jsonb_agg(to_jsonb(p) - 'id' - 'facility_id' ORDER BY feature), '[]')
        FROM facilities_featurereport AS p WHERE p.facility_id = t.id))
    FROM facilities_facility AS t
"""
HEARTBEATS = "SELECT owner, id::text, epoch, version, to_jsonb(t) - 'changed_at' FROM sharing_heartbeat AS t"
READING = {"operators": OPERATORS, "facilities": FACILITIES, "heartbeats": HEARTBEATS}

Name = tuple[str, str]  # resource and entity
Version = tuple[int, int]


@dataclass(frozen=True)
class Row:
    """One row as anybody sees it."""

    owner: str
    at: Version
    body: dict[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Change:
    """One committed change: the state of an entity from then on, None where it is gone."""

    owner: str
    resource: str
    entity: str
    at: Version
    body: dict[str, Any] | None
    began: int
    committed: int

    @property
    def name(self) -> Name:
        return self.resource, self.entity


def rows_at(world: World, name: str) -> dict[Name, Row]:
    """All rows of the shared resources in a node's database."""
    return {
        (resource, entity): Row(owner, (epoch, version), body)
        for resource, query in READING.items()
        for owner, entity, epoch, version, body in world.rows(name, query)
    }


@dataclass
class Record:
    """The changes in the order of their commits, and what stands at each node of its own facts."""

    world: World
    tick: int = 0
    changes: list[Change] = field(default_factory=list)
    standing: dict[str, dict[Name, Row]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def note(self, name: str, *, began: int | None = None) -> None:
        """What one commit at a node changed of its own facts is on record."""
        self.tick += 1
        members, before = self.world.nodes[name].members, self.standing.get(name, {})
        after = {key: row for key, row in rows_at(self.world, name).items() if row.owner in members}
        start = self.tick if began is None else began
        for key, row in after.items():
            known = before.get(key)
            if known != row:
                if known is not None and row.at <= known.at:
                    self.complaints.append(f"{key} changed and its version did not rise: {row.at}")
                self.changes.append(Change(row.owner, *key, row.at, row.body, start, self.tick))
        for key in before.keys() - after.keys():
            epoch, version = before[key].at
            at = (epoch, version + 1)
            self.changes.append(Change(before[key].owner, *key, at, None, start, self.tick))
        self.standing[name] = after

    def forget_after(self, name: str, position: int, standing: dict[Name, Row]) -> list[Change]:
        """A node was put back to an earlier time: the changes since then that it lost."""
        members = self.world.nodes[name].members
        lost = [change for change in self.changes[position:] if change.owner in members]
        self.standing[name] = dict(standing)
        return lost
