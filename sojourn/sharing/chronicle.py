"""What became of one feed: its last pages and comparisons, what was found wrong, and what people did."""

from dataclasses import dataclass

from django.db.models import Q

from sojourn.core.models import AuditEntry
from sojourn.sharing.models import Alarm, Feed, HeadSeen, Page, Reconciliation

PAGES, COMPARISONS, LINES = 10, 5, 30


@dataclass(frozen=True)
class Chronicle:
    """All of it, the newest first."""

    pages: list[Page]
    comparisons: list[Reconciliation]
    alarms: list[Alarm]
    evidence: list["Evidence"]
    entries: list[AuditEntry]


@dataclass(frozen=True)
class Evidence:
    """A header that a node showed for a number under which another stands here, both as they were signed."""

    seen: HeadSeen
    ours: Page | None

    @property
    def header(self) -> str:
        return bytes(self.seen.header).decode(errors="replace")

    @property
    def signature(self) -> str:
        return bytes(self.seen.signature).decode(errors="replace")

    @property
    def our_header(self) -> str:
        return bytes(self.ours.header).decode(errors="replace") if self.ours else ""

    @property
    def our_signature(self) -> str:
        return bytes(self.ours.signature).decode(errors="replace") if self.ours else ""

    @property
    def is_fork(self) -> bool:
        """Whether two headers were signed for one number."""
        return self.ours is not None and self.ours.digest != self.seen.digest


def chronicle_of(feed: Feed) -> Chronicle:
    kinds = ("sharing.feed", "sharing.cursor", "sharing.feedhead")
    entries = AuditEntry.objects.filter(subject_kind__in=kinds, subject_id=str(feed.pk))
    return Chronicle(
        pages=list(Page.objects.filter(feed=feed).defer("packed").order_by("-epoch", "-no")[:PAGES]),
        comparisons=list(Reconciliation.objects.filter(feed=feed).order_by("-at")[:COMPARISONS]),
        alarms=list(Alarm.objects.filter(subject=str(feed)).order_by("-last_at")[:LINES]),
        evidence=evidence_about(str(feed)),
        entries=list(entries.order_by("-id")[:LINES]),
    )


def evidence_about(subject: str) -> list[Evidence]:
    """The headers kept about a feed, each beside what stands here under its number; nothing for another subject."""
    owner, _slash, rest = subject.partition("/")
    resource, _slash, audience = rest.partition("/")
    feed = Feed.objects.named(owner, resource, audience).first()
    if feed is None:
        return []
    seen = list(HeadSeen.objects.filter(feed=feed).order_by("-seen_at")[:LINES])
    places = Q(pk__in=[])
    for each in seen:
        places |= Q(epoch=each.epoch, no=each.no)
    pages = {(page.epoch, page.no): page for page in Page.objects.filter(places, feed=feed).defer("packed")}
    return [Evidence(each, pages.get((each.epoch, each.no))) for each in seen]
