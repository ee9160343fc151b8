"""Feeds, pages and cursors; entries set aside; the other nodes and what was said to them."""

from sojourn.sharing.models.access import DataApplication, Departure, Grant
from sojourn.sharing.models.entries import EntryPlace, SetAsideEntry, Withdrawal
from sojourn.sharing.models.feeds import Cursor, Feed, FeedHead, Heartbeat, Marker, Page
from sojourn.sharing.models.network import Alarm, HeadSeen, Nonce, Peer, RegistryEdition, ServeRecord
from sojourn.sharing.models.snapshots import Reconciliation, Snapshot, SnapshotPiece

__all__ = [
    "Alarm",
    "Cursor",
    "DataApplication",
    "Departure",
    "EntryPlace",
    "Feed",
    "FeedHead",
    "Grant",
    "HeadSeen",
    "Heartbeat",
    "Marker",
    "Nonce",
    "Page",
    "Peer",
    "Reconciliation",
    "RegistryEdition",
    "ServeRecord",
    "SetAsideEntry",
    "Snapshot",
    "SnapshotPiece",
    "Withdrawal",
]
