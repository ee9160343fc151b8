"""A slice of the withdrawal races, and each broken on purpose."""

import pytest

from tests.residents.consents.racing import bodies_left_in_pages, raced, reading_without_the_lock


def test_no_body_is_sealed_after_its_withdrawal_and_the_peer_has_erased_it(network):
    figures = raced(network, count=12, seed=1)

    assert figures.faults == []
    assert figures.races == 12


@pytest.mark.parametrize(
    ("sabotage", "noticed"),
    [(reading_without_the_lock, "was sealed"), (bodies_left_in_pages, "stands at its owner")],
)
def test_a_sabotaged_build_is_noticed(network, sabotage, noticed, monkeypatch):
    monkeypatch.setattr("tests.residents.consents.racing.PATIENCE", 3.0)
    with sabotage():
        figures = raced(network, count=40, seed=2)

    assert any(noticed in fault for fault in figures.faults)
