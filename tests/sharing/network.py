"""Several nodes in one process: each has a database, a vault and settings of its own, and one is at work at a time.

``with network["44"]:`` makes a node the one whose code runs; what it asks of another goes through that node's own
door, without a socket.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import override_settings

from providers.designation.models import Base, Batch, Scheme
from providers.facilities.models import Facility, FeatureReport, Operator
from sojourn.core.hosting import apply_hosting
from sojourn.core.ownership import APPLYING
from sojourn.local import keyrings
from sojourn.local.cloning import Cloning
from sojourn.sharing.client import PeerClient
from sojourn.sharing.models import Peer
from sojourn.sharing.protocol import registry as documents
from sojourn.sharing.protocol.pages import Signature
from sojourn.sharing.protocol.registry import MemberKey, Registry
from sojourn.sharing.protocol.suites import SUITES
from sojourn.sharing.services import membership
from sojourn.wsgi import application

SUITE = SUITES["ed25519"]
REGISTRAR = "registrar-1"
TWO_NODES = {
    "44": ("440000", "450000", "360000", "430000", "510000", "520000"),
    "50": ("500000", "610000", "210000", "220000", "230000"),
}
ISSUED, EXPIRES = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


@dataclass
class TestNode:
    """One node; entering it makes its database and settings those of the running code."""

    __test__ = False

    name: str
    members: tuple[str, ...]
    vault: Path
    database: str
    connection: DatabaseWrapper
    own_settings: dict
    others: "dict[str, TestNode]" = field(default_factory=dict)
    between: "Callable[[httpx.Request, httpx.Response], httpx.Response]" = lambda _request, answer: answer

    @property
    def keyring(self) -> Path:
        return self.vault.with_name(f"{self.vault.name}-keyring")

    @contextmanager
    def at_work(self) -> Iterator["TestNode"]:
        before = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self.connection
        try:
            with override_settings(**self.own_settings, KEYRING=str(self.keyring)):
                yield self
        finally:
            connections[DEFAULT_DB_ALIAS] = before

    def __enter__(self) -> "TestNode":
        self._work = self.at_work()
        return self._work.__enter__()

    def __exit__(self, *error) -> None:
        self._work.__exit__(*error)

    def reach(self, peer: Peer) -> PeerClient:
        """The client of a peer, its requests led to that node's own code."""
        return PeerClient(peer.node, peer.address, Wire(self.others[peer.node], self.between))


@dataclass
class Wire(httpx.BaseTransport):
    """A request is answered by the other node's code at once; ``between`` may spoil or lose the answer."""

    to: TestNode
    between: Callable[[httpx.Request, httpx.Response], httpx.Response]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self.to.at_work():
            inner = httpx.WSGITransport(app=application)
            answer = inner.handle_request(request)
            content = answer.read()
        whole = httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(content))
        return self.between(request, whole)


def make_network(
    folder: Path, cloning: Cloning, template: str, plan: Mapping[str, tuple[str, ...]] = TWO_NODES
) -> dict[str, TestNode]:
    """Nodes with fresh databases and keys that know each other; their feeds are open."""
    registrar = secrets.token_bytes(32)
    nodes = {name: _node(name, members, folder / name, cloning, template) for name, members in plan.items()}
    text = signed_registry(nodes, registrar)
    for node in nodes.values():
        keyrings.keep(node.keyring, node.members)
    keyrings.keep_between([(node.keyring, node.members) for node in nodes.values()])
    for node in nodes.values():
        node.others = nodes
        path = node.vault / "registry"
        path.write_bytes(text)
        node.own_settings |= {
            "REGISTRY": str(path),
            "REGISTRARS": {REGISTRAR: SUITE.public_of(registrar)},
            "REGISTRARS_NEEDED": 1,
        }
        with node:
            apply_hosting(node.connection)
            _clear(node.connection)
            membership.load_registry()
            membership.open_feeds()
    return nodes


def _clear(connection: DatabaseWrapper) -> None:
    """No operator, facility or base stands: what the reference data brought belongs to one node only."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [APPLYING])
        for model in (Base, Batch, Scheme, FeatureReport, Facility, Operator):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")


def copy_network(nodes: Mapping[str, TestNode], folder: Path, cloning: Cloning) -> dict[str, TestNode]:
    """The same network once more, its databases and vaults as they stand now."""
    copies = {}
    for name, node in nodes.items():
        node.connection.close()
        shutil.copytree(node.vault, folder / name)
        shutil.copytree(node.keyring, folder / f"{name}-keyring")
        database = f"{node.database}_{secrets.token_hex(3)}"
        cloning.clone(node.database, database)
        own = {**node.own_settings, "VAULT": str(folder / name), "REGISTRY": str(folder / name / "registry")}
        copies[name] = TestNode(name, node.members, folder / name, database, connection_to(database), own)
    for node in copies.values():
        node.others = copies
    return copies


def connection_to(database: str) -> DatabaseWrapper:
    now = connections[DEFAULT_DB_ALIAS]
    return DatabaseWrapper(
        {**deepcopy(now.settings_dict), "NAME": database, "CONN_MAX_AGE": None}, DEFAULT_DB_ALIAS
    )


def _node(name: str, members: tuple[str, ...], vault: Path, cloning: Cloning, template: str) -> TestNode:
    (vault / "keys").mkdir(parents=True)
    for key in [f"{member}-1" for member in members] + [f"node-{name}-1"]:
        (vault / "keys" / f"{key}.key").write_text(secrets.token_hex(32))
    database = f"test_{os.getpid()}_node_{name}_{secrets.token_hex(3)}"
    cloning.clone(template, database)
    own = {"NODE": name, "HOSTED_PROVINCES": list(members), "VAULT": str(vault), "ALLOWED_HOSTS": ["*"]}
    return TestNode(name, members, vault, database, connection_to(database), own)


def signed_registry(nodes: Mapping[str, TestNode], registrar: bytes, *, edition: int = 1) -> bytes:
    """The registry of these nodes as it goes over the wire."""
    keys = []
    for node in nodes.values():
        for path in sorted((node.vault / "keys").glob("*.key")):
            holder = node.name if path.stem.startswith("node-") else path.stem.partition("-")[0]
            keys.append(
                MemberKey(path.stem, holder, "ed25519", SUITE.public_of(bytes.fromhex(path.read_text())), ())
            )
    document = Registry(
        edition=edition,
        issued_at=ISSUED,
        expires_at=EXPIRES,
        nodes=tuple(documents.Node(node.name, "http://127.0.0.1", node.members) for node in nodes.values()),
        keys=tuple(keys),
    ).spelt()
    value = SUITE.sign_bytes(registrar, documents.signed_text(document))
    return document + b"\n" + Signature("ed25519", REGISTRAR, value).spelt() + b"\n"


def drop_network(nodes: Mapping[str, TestNode], cloning: Cloning) -> None:
    for node in nodes.values():
        node.connection.close()
        cloning.drop(node.database)
