"""The two nodes of the tests of the exchange."""

from tests.sharing.conftest import first_network, network

__all__ = ["first_network", "network"]
