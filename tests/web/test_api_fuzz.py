"""A slice of the fuzz; `make prove` runs the whole."""

import pytest

from tests.factories.facilities import FacilityFactory
from tests.web.fuzzing import fuzz
from tests.web.sweeping import ROLES, client_of


@pytest.mark.django_db(transaction=True)  # the server closes connections between requests, as in real life
@pytest.mark.parametrize("role", ROLES)
def test_no_question_gets_an_undeclared_answer(role, monkeypatch):
    monkeypatch.setattr("sojourn.web.throttles.ByActor.allow_request", lambda *_: True)
    FacilityFactory.create_batch(3, status="open")
    client = client_of(role)

    asked = fuzz(examples=3, seed=20261121, client=client)

    assert asked > 60
