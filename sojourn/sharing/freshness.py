"""How old the copies of other provinces' facts are: read by the rooms that show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q

from sojourn.core.clock import now, today
from sojourn.provinces.rules import rule
from sojourn.sharing.models import Cursor


@dataclass(frozen=True)
class Freshness:
    """One member's copies: the instant up to which they are complete, and whether that is too long ago.

    ``as_of`` is None where nothing was ever followed to its end.
    """

    owner: str
    as_of: datetime | None
    is_stale: bool

    @property
    def age(self) -> timedelta | None:
        return None if self.as_of is None else now() - self.as_of


def freshness_of_copies(*resources: str) -> dict[str, Freshness]:
    """The freshness of each member whose facts are copies here, by its code; its oldest feed counts.

    With resources only their feeds count. Members hosted here have no copies and do not appear.
    """
    cursors = Cursor.objects.order_by()
    if resources:
        cursors = cursors.filter(feed__resource__in=resources)
    never = Q(confirmed_at__isnull=True)
    rows = list(
        cursors.values_list("feed__owner").annotate(Min("confirmed_at"), any_never=Min("pk", filter=never))
    )
    if not rows:
        return {}
    late = now() - timedelta(minutes=rule("sharing_stale_minutes", on=today()))
    found = {}
    for owner, oldest, any_never in rows:
        as_of = None if any_never else oldest
        found[owner] = Freshness(owner, as_of, as_of is None or as_of < late)
    return found
