"""Entries set aside as matters at the desk: one a feed and reason, however many entries there are."""

from collections.abc import Iterable

from sojourn.core.actors import SYSTEM, Actor
from sojourn.desk import services as desk
from sojourn.desk.models import WorkItem
from sojourn.sharing.models import Feed, SetAsideEntry
from sojourn.sharing.services.desks import desk_of, names_in, subject_of
from sojourn.sharing.states import EntryState

QUEUE, SUBJECT = "quarantined_entries", "sharing.quarantine"


def open_matters(feed_id: int, reasons: Iterable[str]) -> None:
    """Somebody is asked to look at what is held of this feed, once for each of these reasons."""
    told = sorted(set(reasons))
    feed = Feed.objects.get(pk=feed_id) if told and desk_of() else None
    for reason in told if feed else ():
        desk.open_item(
            queue=QUEUE,
            subject=subject_of(SUBJECT, f"{feed_id}:{reason}", f"{feed}: {reason}"),
            facts={"feed": str(feed), "reason": reason, "names": names_in(str(feed))},
            actor=SYSTEM,
        )


def close_matters(*, actor: Actor = SYSTEM) -> int:
    """What waits at the desk for entries of which none is held any more is closed; how many matters."""
    waiting = WorkItem.objects.unfinished().filter(queue=QUEUE).order_by("pk")
    matters = list(waiting.values_list("subject_id", flat=True))
    if not matters:
        return 0
    rows = SetAsideEntry.objects.filter(state=EntryState.HELD).values_list("feed_id", "reason")
    held = {f"{feed}:{reason}" for feed, reason in rows.distinct().order_by()}
    settled = [matter for matter in matters if matter not in held]
    for matter in settled:
        desk.close_item(queue=QUEUE, subject_kind=SUBJECT, subject_id=matter, outcome="settled", actor=actor)
    return len(settled)
