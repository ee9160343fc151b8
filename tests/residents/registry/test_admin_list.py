"""What the list of residents asks of the database: one statement for its rows, and no column that is locked."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from residents.registry.models import Resident
from sojourn.core.actors import Role
from sojourn.core.rotations import told_columns
from tests.factories.accounts import MembershipFactory
from tests.factories.residents import ResidentFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
LIST = "admin:registry_resident_changelist"
LOCKED = {column.rpartition(".")[2] for column in told_columns() if column.startswith("registry.resident.")}


@pytest.fixture
def officer() -> Client:
    return sign_in(MembershipFactory(role=Role.OFFICER, division_code="440106").user)


def asked_for(client: Client, **words) -> list[str]:
    """The statements of a list that is opened, or searched by these words."""
    ask = client.post if words else client.get
    with CaptureQueriesContext(connection) as asked:
        assert "单**" in ask(reverse(LIST), words).content.decode()
    return [one["sql"] for one in asked.captured_queries]


def test_a_list_of_twenty_asks_no_more_than_a_list_of_two(officer):
    ResidentFactory.create_batch(2)
    asked_for(officer)
    two = asked_for(officer)
    ResidentFactory.create_batch(18)

    assert len(asked_for(officer)) == len(two)


@pytest.mark.parametrize("words", [{}, {"q": "单雪"}], ids=["opened", "searched"])
def test_no_locked_column_is_read_for_a_list(officer, words):
    ResidentFactory(whereabouts_protected=True)
    asked_for(officer)

    everything = str(Resident.objects.all().query)
    of_rows = [sql for sql in asked_for(officer, **words) if '"registry_resident"."name"' in sql]

    assert len(of_rows) == 1
    assert {"identity_cipher", "phone_indexes"} <= LOCKED
    assert {column for column in LOCKED if column in everything} == LOCKED
    assert {column for column in LOCKED if column in of_rows[0]} == set()
