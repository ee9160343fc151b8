"""Staff of 广东 and of less than a province, signed in."""

import pytest

from sojourn.core.actors import Role
from tests.factories.accounts import MembershipFactory
from tests.sharing.network import TWO_NODES
from tests.web.signing_in import sign_in


@pytest.fixture(autouse=True)
def hosted(settings):
    settings.HOSTED_PROVINCES = list(TWO_NODES["44"])


def signed_in(division_code: str = "440000", role: Role = Role.OFFICER):
    return sign_in(MembershipFactory(role=role, division_code=division_code).user)


@pytest.fixture
def client(db):
    """An officer of the whole province."""
    return signed_in()
