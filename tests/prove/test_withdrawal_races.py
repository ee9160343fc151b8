"""A thousand withdrawals against sealing, serving and following: no body is sealed after one, none is left at the peer."""

import os

import pytest

from residents.consents.models import Extract
from tests.prove.report import report
from tests.residents.consents.exchange import bodies
from tests.residents.consents.racing import Figures, bodies_left_in_pages, raced, reading_without_the_lock
from tests.residents.dumping import dump
from tests.sharing.conftest import first_network, network  # noqa: F401 - fixtures

COUNT = int(os.environ.get("PROVE_RACES", "1000"))
SEED = int(os.environ.get("PROVE_SEED", "20261122"))
SABOTAGED = 100
pytestmark = pytest.mark.prove
figures: dict[str, Figures] = {}


def test_a_thousand_withdrawals_are_sealed_last_and_erased_at_the_peer(network):  # noqa: F811
    found = raced(network, COUNT, SEED)

    assert found.faults == []
    assert found.races == COUNT
    assert min(found.stood_at_peer, found.put_before) > COUNT // 20, "too few races were races"
    for name in ("44", "50"):
        with network[name]:
            assert bodies() == []
            assert not Extract.objects.exists()
            text = dump()
            assert "v1.share_440000_500000" not in text
            assert "v1.500000-1" not in text
    figures["races"] = found


@pytest.mark.parametrize(
    ("sabotage", "noticed"),
    [(reading_without_the_lock, "was sealed"), (bodies_left_in_pages, "stands at its owner")],
)
def test_a_sabotaged_build_does_not_pass(network, sabotage, noticed, monkeypatch):  # noqa: F811
    monkeypatch.setattr("tests.residents.consents.racing.PATIENCE", 3.0)
    with sabotage():
        found = raced(network, SABOTAGED, SEED)

    assert any(noticed in fault for fault in found.faults)
    figures[sabotage.__name__] = found


def test_the_figures_are_reported():
    races, *sabotages = figures.values()
    assert len(sabotages) == 2, "a proof did not pass"

    report(
        "Withdrawal races",
        [
            (
                f"{races.races} consents withdrawn while two sealers, a server and a following process were at work, seed"
                f" {SEED}: no body was sealed after its withdrawal had committed, none was served that was asked for later"
            ),
            (
                f"{races.put_before} were in a page before, {races.stood_at_peer} of them waited for at the peer,"
                f" {races.never_sealed} were in none; {races.served} pages served meanwhile"
            ),
            (
                f"gone at the peer after at most {races.longest:.1f} s (60 allowed): rows, page bodies and what was set"
                " aside; no ciphertext of them in a dump of either database"
            ),
        ]
        + [
            f"sabotage, {name.replace('_', ' ')}: noticed after {found.races} races"
            for name, found in figures.items()
            if name != "races"
        ],
    )
