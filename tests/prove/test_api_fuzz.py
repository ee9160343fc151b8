"""The whole fuzz: every operation, every role, until the cases asked for are through."""

import os

import pytest

from tests.factories.facilities import FacilityFactory
from tests.prove.report import report
from tests.web.fuzzing import fuzz
from tests.web.sweeping import ROLES, client_of

CASES = int(os.environ.get("PROVE_CASES", "50000"))
SEED = int(os.environ.get("PROVE_SEED", "20261121"))
EXAMPLES = 100


@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
def test_fifty_thousand_questions_get_no_undeclared_answer(monkeypatch):
    monkeypatch.setattr("sojourn.web.throttles.ByActor.allow_request", lambda *_: True)
    FacilityFactory.create_batch(20, status="open")
    clients = {role: client_of(role) for role in ROLES}
    asked, rounds = dict.fromkeys(ROLES, 0), 0

    while sum(asked.values()) < CASES:
        for role, client in clients.items():
            asked[role] += fuzz(examples=EXAMPLES, seed=SEED + rounds, client=client)
        rounds += 1

    report(
        "API fuzz from its own schema",
        [f"{role}: {count} cases" for role, count in asked.items()]
        + [
            f"total {sum(asked.values())} cases, seed {SEED}, {rounds} rounds; server errors 0, undeclared answers 0"
        ],
    )
