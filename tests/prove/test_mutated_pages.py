"""Ten thousand spoilt pages: all refused, each for a reason, and nothing else happens."""

import os
from collections import Counter

import pytest

from sojourn.sharing.protocol import suites
from tests.prove.report import report
from tests.sharing.conftest import first_network, standing_nodes  # noqa: F401 - fixtures
from tests.sharing.feeding import begun, feed_page
from tests.sharing.mutants import MUTATIONS, good_pages, mutants
from tests.sharing.tally import fed_to

COUNT = int(os.environ.get("PROVE_MUTANTS", "10000"))
SEED = int(os.environ.get("PROVE_SEED", "20261122"))
SABOTAGED = 500


@pytest.mark.prove
def test_ten_thousand_spoilt_pages_change_nothing(standing_nodes, monkeypatch):  # noqa: F811
    reader, goods = begun(standing_nodes), good_pages(standing_nodes)

    tally = fed_to(reader, mutants(goods, COUNT, SEED))

    assert tally.believed == []
    assert tally.refused == COUNT
    with monkeypatch.context() as sabotage:
        sabotage.setattr(suites.Ed25519, "verify_bytes", lambda *_: True)
        taken = Counter(fed_to(reader, mutants(goods, SABOTAGED, SEED)).believed)
    assert taken["signed_by_a_stranger"]
    for good in goods:
        assert feed_page(reader, good.page, good.feed).no == 2  # the good page is taken after all that

    report(
        "Spoilt pages",
        [f"{reason}: {times} refused" for reason, times in sorted(tally.reasons.items())]
        + [
            f"total {COUNT} of {len(MUTATIONS)} kinds, seed {SEED}: all refused, one alarm each, no row changed",
            f"sabotage: with the signature check off {taken.total()} of {SABOTAGED} are believed",
        ],
    )
