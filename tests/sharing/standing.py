"""Two nodes with a few sealed pages each, made once for many tests: what a test does to them is undone.

Nothing may be sealed inside such a test: the vault, unlike the database, does not forget.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction

from providers.facilities.states import Answer
from sojourn.local.cloning import Cloning
from sojourn.sharing.services import membership
from tests.conftest import owner_url
from tests.factories.facilities import FacilityFactory, FeatureReportFactory, OperatorFactory
from tests.sharing.exchange import seal_all
from tests.sharing.network import TestNode, copy_network, drop_network

COUNTIES = {"44": "440106", "50": "500103"}
Nodes = Mapping[str, TestNode]


@contextmanager
def standing_network(first: Nodes, folder: Path) -> Iterator[Nodes]:
    """粤 and 渝 with operators, facilities and heartbeats in two pages of each feed; nothing pulled yet."""
    cloning = Cloning(owner_url())
    nodes = copy_network(first, folder, cloning)
    try:
        for name, node in nodes.items():
            with node:
                _write(COUNTIES[name])
        yield nodes
    finally:
        drop_network(nodes, cloning)


def _write(county: str) -> None:
    operator = OperatorFactory(division_id=county)
    facilities = FacilityFactory.create_batch(
        4, division_id=county, operator=operator, reported=True, open=True
    )
    FeatureReportFactory(facility=facilities[0], feature="lift", answer=Answer.YES)
    membership.beat_hearts()
    seal_all()
    operator.credit_code = None
    operator.name = f"{operator.name}（续）"
    operator.save()
    for facility in facilities[:2]:
        facility.telephone = "00000000"
        facility.save()
    facilities[3].delete()
    FacilityFactory(division_id=county, operator=operator)
    membership.beat_hearts()
    seal_all()


@contextmanager
def undone(nodes: Nodes) -> Iterator[Nodes]:
    """Whatever the nodes write meanwhile is taken back at the end."""
    with ExitStack() as stack:
        stack.enter_context(_kept_open())
        for node in nodes.values():
            stack.enter_context(_undone(node))
        yield nodes


@contextmanager
def _kept_open() -> Iterator[None]:
    """A request leaves the connection open, as it does in Django's own test client."""
    moments = (request_started, request_finished)
    for moment in moments:
        moment.disconnect(close_old_connections)
    try:
        yield
    finally:
        for moment in moments:
            moment.connect(close_old_connections)


@contextmanager
def _undone(node: TestNode) -> Iterator[None]:
    whole = transaction.atomic()
    with node.at_work():
        whole.__enter__()
    try:
        yield
    finally:
        with node.at_work():
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
