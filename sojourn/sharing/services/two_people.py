"""What takes two people: proposed at the desk by one, approved by another, and then it happens."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from sojourn.core.actors import Actor
from sojourn.desk import services as desk
from sojourn.desk.models import Proposal
from sojourn.sharing.errors import NoSuchFeed, NoSuchPeer, NotListed, StillRecovering
from sojourn.sharing.models import Alarm, Cursor, Feed, FeedHead, Peer
from sojourn.sharing.services import holding, looking_after, recovering
from sojourn.sharing.services.desks import names_in, subject_of
from sojourn.sharing.services.membership import live_registry
from sojourn.sharing.states import FEED_FLOW, PEER_FLOW, FeedState, PeerState
from sojourn.sharing.wording import subject_in_words

FEED, PEER = "sharing.feed", "sharing.peer"
RELEASE, NEW_EPOCH, REJOIN = "release_feed", "new_epoch", "rejoin_peer"


@transaction.atomic
def propose_release(*, feed_id: int, reason: str, actor: Actor) -> Proposal:
    """It waits for a second person that a feed which stopped for its integrity goes on."""
    cursor = Cursor.objects.locked().select_related("feed").filter(pk=feed_id).first()
    if cursor is None:
        raise NoSuchFeed
    FEED_FLOW.after("release", FeedState(cursor.state))
    return _proposed(RELEASE, _("解除完整性停用：{feed}"), cursor.feed, reason, actor)


@transaction.atomic
def propose_epoch(*, feed_id: int, reason: str, actor: Actor) -> Proposal:
    """It waits for a second person that an own feed whose last pages nobody has counts anew."""
    head = FeedHead.objects.locked().select_related("feed").filter(pk=feed_id).first()
    if head is None:
        raise NoSuchFeed
    FEED_FLOW.after("begin_epoch", FeedState(head.state))
    lost = Alarm.objects.open().filter(subject=str(head.feed), reason=recovering.LOST)
    if not lost.exists():
        raise StillRecovering
    return _proposed(NEW_EPOCH, _("开始新纪元：{feed}"), head.feed, reason, actor)


@transaction.atomic
def propose_rejoin(*, node: str, reason: str, actor: Actor) -> Proposal:
    """It waits for a second person that a peer which left, and which the registry lists, is taken up again."""
    peer = Peer.objects.locked().filter(pk=node).first()
    if peer is None:
        raise NoSuchPeer
    PEER_FLOW.after("rejoin", PeerState(peer.state))
    _refuse_if_unlisted(node)
    title = _("重新加入：{node}").format(node=subject_in_words(f"node {node}", {}))
    return desk.propose(
        kind=REJOIN,
        subject=subject_of(PEER, node, title, actor=actor),
        facts={"node": node},
        reason=reason,
        actor=actor,
    )


def _refuse_if_unlisted(node: str) -> None:
    if not any(listed.name == node for listed in live_registry().nodes):
        raise NotListed


def _proposed(kind: str, title: str, feed: Feed, reason: str, actor: Actor) -> Proposal:
    said = title.format(feed=subject_in_words(str(feed), names_in(str(feed))))
    owner = feed.owner if feed.owner in settings.HOSTED_PROVINCES else ""
    return desk.propose(
        kind=kind,
        subject=subject_of(FEED, str(feed.pk), said, owner=owner, actor=actor),
        facts={"feed": str(feed)},
        reason=reason,
        actor=actor,
    )


def release(*, proposal: Proposal, actor: Actor) -> Cursor:
    """Carries out a decision of the kind ``release_feed``."""
    return holding.release_feed(feed_id=_meant(proposal), reason=proposal.reason, actor=actor)


def begin_epoch(*, proposal: Proposal, actor: Actor) -> FeedHead:
    """Carries out a decision of the kind ``new_epoch``."""
    return recovering.begin_epoch(feed_id=_meant(proposal), reason=proposal.reason, actor=actor)


def rejoin(*, proposal: Proposal, actor: Actor) -> Peer:
    """Carries out a decision of the kind ``rejoin_peer``."""
    _refuse_if_unlisted(proposal.facts["node"])
    return looking_after.rejoin_peer(node=proposal.facts["node"], reason=proposal.reason, actor=actor)


def _meant(proposal: Proposal) -> int:
    """The feed that a proposal names: the one that both people read."""
    return Feed.objects.named(*proposal.facts["feed"].split("/", 2)).get().pk
