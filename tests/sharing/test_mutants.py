"""A slice of the proof in tests/prove/test_mutated_pages.py, and the sabotage that must make it fail."""

import pytest

from sojourn.sharing.protocol import suites
from tests.sharing.feeding import begun
from tests.sharing.mutants import MUTATIONS, good_pages, mutants
from tests.sharing.tally import fed_to

SEED = 20261122


@pytest.fixture
def reader(standing):
    return begun(standing)


def test_spoilt_pages_are_refused_each_with_one_alarm_and_no_row_changed(standing, reader):
    count = 2 * len(MUTATIONS)

    tally = fed_to(reader, mutants(good_pages(standing), count, SEED))

    assert tally.believed == []
    assert tally.refused == count
    assert len(tally.reasons) >= 12


def test_without_its_signatures_the_proof_fails(standing, reader, monkeypatch):
    monkeypatch.setattr(suites.Ed25519, "verify_bytes", lambda *_: True)

    tally = fed_to(reader, mutants(good_pages(standing), len(MUTATIONS), SEED))

    assert {"signed_by_a_stranger", "swapped_signature"} & set(tally.believed)
