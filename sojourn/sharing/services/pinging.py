"""Telling the peers that something is new; a ping carries heads and nothing else, and may get lost."""

from collections.abc import Collection

from sojourn.sharing.client import PeerFailed
from sojourn.sharing.models import Peer
from sojourn.sharing.services.heads import own_heads_for
from sojourn.sharing.services.pulling import Connect, connect
from sojourn.sharing.states import PeerState


def ping_peers(*, feeds: Collection[int], reach: Connect = connect) -> int:
    """Every active peer that can be reached knows the newest pages of these feeds; how many peers."""
    told = 0
    for peer in Peer.objects.filter(state=PeerState.ACTIVE, failures=0).order_by("pk"):
        try:
            reach(peer).ping(own_heads_for(peer.node, feeds))
        except PeerFailed:
            continue
        told += 1
    return told
