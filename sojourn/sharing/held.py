"""What is held back of others' feeds, as groups: a feed and a reason."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import ngettext

from sojourn.sharing.models import SetAsideEntry
from sojourn.sharing.overview import member_names
from sojourn.sharing.wording import reason_in_words, subject_in_words


@dataclass(frozen=True)
class HeldGroup:
    """Entries that one feed has held for one reason."""

    feed_id: int
    feed: str
    reason: str
    entries: int

    @property
    def key(self) -> str:
        return f"{self.feed_id}:{self.reason}"

    def __str__(self) -> str:
        line = ngettext(
            "{feed}：{reason}（{n} 条）",
            "{feed}：{reason}（{n} 条）",
            self.entries,
        )
        return line.format(feed=self.feed, reason=reason_in_words(self.reason), n=self.entries)


def held_groups() -> list[HeldGroup]:
    """All of them, the largest first."""
    names = member_names()
    by = ("feed_id", "feed__owner", "feed__resource", "reason")
    rows = SetAsideEntry.objects.held().order_by().values_list(*by).annotate(n=Count("pk"))
    return [
        HeldGroup(feed_id, subject_in_words(f"{owner}/{resource}", names), reason, n)
        for feed_id, owner, resource, reason, n in sorted(rows, key=lambda row: (-row[4], row[0], row[3]))
    ]
