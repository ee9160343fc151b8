"""What keeps the exchange healthy between its jobs: retries, tidying, and the proof that it works."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from sojourn.core.actors import Actor
from sojourn.core.clock import now, today
from sojourn.core.trail import record
from sojourn.provinces.rules import rule
from sojourn.sharing import catalogue, policy
from sojourn.sharing.errors import AlreadySettled, NoSuchEntry, NotForYou, PageGone, WhyMissing
from sojourn.sharing.models import Feed, FeedHead, Heartbeat, Page, SetAsideEntry
from sojourn.sharing.protocol.pages import FIRST
from sojourn.sharing.protocol.reasons import Refused
from sojourn.sharing.protocol.verifying import Place, entity_of, verified
from sojourn.sharing.services.alarms import close_alarms, raise_alarm
from sojourn.sharing.services.applying import try_again
from sojourn.sharing.services.granting import expire_grants
from sojourn.sharing.services.membership import live_registry, warn_of_expiry
from sojourn.sharing.services.quarantine import close_matters
from sojourn.sharing.services.sealing import seal_feed
from sojourn.sharing.services.serving import forget_nonces, page_for
from sojourn.sharing.services.withdrawing import applying
from sojourn.sharing.states import EntryState
from sojourn.sharing.vault import VaultMissing

HEARTBEAT_FAILED = "heartbeat_failed"


def retry_waiting(*, at_most: int = 1000) -> int:
    """Entries whose parent came by another way are applied now; how many they were."""
    done = 0
    for resource in catalogue.resources():
        for name, parent in resource.shape.parents.items():
            table = connection.ops.quote_name(parent._meta.db_table)
            ready = SetAsideEntry.objects.filter(
                feed__resource=resource.name, state=EntryState.WAITING, detail=name
            ).extra(where=[f"missing IN (SELECT id FROM {table})"])  # noqa: S610 - a table of ours
            for pk in ready.values_list("pk", flat=True)[:at_most]:
                done += _retry(pk)
    return done


@transaction.atomic
def _retry(pk: int) -> bool:
    aside = SetAsideEntry.objects.locked().select_related("feed").filter(pk=pk).first()
    if aside is None or aside.settled_at is not None:
        return False
    with applying():
        return try_again(aside)


@transaction.atomic
def retry_entry(*, entry_id: int, actor: Actor) -> bool:
    """An entry that was held is tried once more; whether it is applied now. Where not, its reason is the present one."""
    entry = _unsettled(entry_id, actor)
    with applying():
        applied = try_again(entry)
    record(action="entry.retried", actor=actor, subject=entry, reason=entry.reason, applied=applied)
    close_matters(actor=actor)
    return applied


@transaction.atomic
def dismiss_entry(*, entry_id: int, reason: str, actor: Actor) -> SetAsideEntry:
    """An entry that was held is given up, its body emptied; the next comparison will tell its owner."""
    entry = _dismissed(_unsettled(entry_id, actor), reason, actor)
    close_matters(actor=actor)
    return entry


@transaction.atomic
def retry_entries(*, feed_id: int, held_for: str, actor: Actor, at_most: int = 1000) -> int:
    """All that a feed has held for one reason is tried once more; how many entries are applied now."""
    entries = _held(feed_id, held_for, at_most, actor)
    with applying():
        applied = sum(try_again(entry) for entry in entries)
    if entries:
        record(
            action="entry.retried",
            actor=actor,
            subject=entries[0].feed,
            reason=held_for,
            entries=len(entries),
            applied=applied,
        )
    close_matters(actor=actor)
    return applied


@transaction.atomic
def dismiss_entries(*, feed_id: int, held_for: str, reason: str, actor: Actor, at_most: int = 1000) -> int:
    """All that a feed has held for one reason is given up; how many entries they were."""
    entries = _held(feed_id, held_for, at_most, actor)
    for entry in entries:
        _dismissed(entry, reason, actor)
    close_matters(actor=actor)
    return len(entries)


def _unsettled(entry_id: int, actor: Actor) -> SetAsideEntry:
    _permit(actor)
    entry = SetAsideEntry.objects.locked().select_related("feed").filter(pk=entry_id).first()
    if entry is None:
        raise NoSuchEntry
    if entry.settled_at is not None:
        raise AlreadySettled
    return entry


def _held(feed_id: int, held_for: str, at_most: int, actor: Actor) -> list[SetAsideEntry]:
    _permit(actor)
    rows = SetAsideEntry.objects.held().filter(feed_id=feed_id, reason=held_for)
    return list(rows.locked().select_related("feed")[:at_most])


def _dismissed(entry: SetAsideEntry, reason: str, actor: Actor) -> SetAsideEntry:
    if not reason.strip():
        raise WhyMissing
    entry.state, entry.settled_at, entry.body = EntryState.DISMISSED, now(), b""
    entry.save(update_fields=["state", "settled_at", "body"])
    record(action="entry.dismissed", actor=actor, subject=entry, held=entry.reason, reason=reason.strip())
    return entry


def _permit(actor: Actor) -> None:
    if not policy.can_look_after_feeds(actor):
        raise NotForYou


def tidy() -> None:
    """What is past is forgotten, and what will end soon is told."""
    forget_nonces()
    forget_pages()
    expire_grants()
    close_matters()
    warn_of_expiry(days=rule("sharing_registry_warning_days", on=today()))


def forget_pages(*, at_most: int = 500) -> int:
    """Pages older than the rule says are gone, but for the newest of each feed; how many.

    A follower that still asks for one is told that it is gone, and begins anew from a snapshot.
    """
    before = now() - timedelta(days=rule("sharing_page_days", on=today()))
    newest = Page.objects.filter(feed=OuterRef("feed")).order_by("-epoch", "-no").values("pk")[:1]
    old = Page.objects.filter(kept_at__lt=before).exclude(pk=Subquery(newest)).order_by("pk")
    return Page.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:at_most])).delete()[0]


def prove_heartbeats() -> int:
    """Each hosted member's heartbeat is sealed, and the door gives it as a peer would believe it; how many it did.

    When that was last so is noted; where it is not, there is an alarm until it is.
    """
    proved = 0
    for feed in Feed.objects.filter(is_own=True, resource="heartbeats").order_by("pk"):
        if fault := _fault_of(feed):
            raise_alarm(reason=HEARTBEAT_FAILED, subject=str(feed), detail=fault)
            continue
        FeedHead.objects.filter(pk=feed.pk).update(proved_at=now())
        close_alarms(subject=str(feed), reasons=(HEARTBEAT_FAILED,))
        proved += 1
    return proved


def _fault_of(feed: Feed) -> str:
    """Why the present heartbeat does not come out of the door as it should; empty where it does."""
    try:
        with transaction.atomic():
            head = FeedHead.objects.locked().get(pk=feed.pk)  # another sealer's page is waited for
            seal_feed(feed_id=feed.pk)
        head.refresh_from_db()
        served = page_for(settings.NODE, feed.feed_name, head.epoch, head.no)
        if served is None:
            return "no_page"
        entries = verified(served, after=_before(head, feed), registry=live_registry()).entries
    except VaultMissing:
        return "no_key"
    except PageGone:
        return PageGone.code
    except Refused as refusal:
        return refusal.reason
    beat = Heartbeat.objects.get(owner=feed.owner)
    shown = {(entry.entity, entry.version) for entry in entries}
    return "" if (entity_of(feed.owner, beat.pk), beat.version) in shown else "not_sealed"


def _before(head: FeedHead, feed: Feed) -> Place:
    before = Page.objects.at(head.epoch, head.no - 1).filter(feed=feed).first()
    return Place(feed.feed_name, head.epoch, head.no - 1, before.digest if before else FIRST)
