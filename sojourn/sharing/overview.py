"""The exchange as one looks after it: every peer and feed, what is wrong first, and what to do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sojourn.core.actors import Actor
from sojourn.core.clock import now, today
from sojourn.provinces.models import Member
from sojourn.provinces.rules import rule
from sojourn.sharing import catalogue
from sojourn.sharing.models import (
    Alarm,
    Cursor,
    Feed,
    FeedHead,
    Marker,
    Peer,
    RegistryEdition,
    SetAsideEntry,
)
from sojourn.sharing.states import EntryState, FeedState, PeerState
from sojourn.sharing.wording import Label, reason_in_words, resource_in_words, subject_in_words

GOOD, WAITS, BAD = "good", "waits", "bad"
TONES = {
    FeedState.RUNNING: GOOD,
    FeedState.PAUSED: WAITS,
    FeedState.REBOOTSTRAP: WAITS,
    FeedState.BEHIND_SCHEMA: BAD,
    FeedState.QUARANTINE_LIMIT: BAD,
    FeedState.INTEGRITY_STOP: BAD,
    FeedState.RECOVER: BAD,
}
# One or two happen; after the third an alarm is raised as well.
TELLING_FAILURES = 3
NEXT: Mapping[FeedState, Label] = {
    FeedState.PAUSED: gettext_lazy("需要时由人恢复同步；对方撤回的数据仍照常撤下。"),
    FeedState.BEHIND_SCHEMA: gettext_lazy("先升级本节点，再恢复同步；对方撤回的数据仍照常撤下。"),
    FeedState.QUARANTINE_LIMIT: gettext_lazy("先看隔离条目的原因；确认可以接受后恢复同步，这一页放行一次。"),
    FeedState.INTEGRITY_STOP: gettext_lazy("先与归属省份核对；查明后由一人提请、另一人复核解除。"),
    FeedState.REBOOTSTRAP: gettext_lazy("系统正从快照重新引导，会自动完成。"),
    FeedState.RECOVER: gettext_lazy("系统正向各节点取回已签的页；确认都没有时由两人决定开始新纪元。"),
}


@dataclass(frozen=True)
class FeedLine:
    """One feed as it stands: its state in a word, why and since when, how far behind, and what to do."""

    feed: Feed
    place: FeedHead | Cursor
    owner_name: str
    unsealed: int
    held: int
    waiting: int
    late_after: timedelta

    @property
    def state(self) -> FeedState:
        return FeedState(self.place.state)

    @property
    def label(self) -> str:
        return resource_in_words(self.feed.resource)

    @property
    def is_stale(self) -> bool:
        """Whether it should go on by itself and yet was not confirmed for too long."""
        if self.feed.is_own or self.state != FeedState.RUNNING:
            return False
        return self.confirmed_at is None or now() - self.confirmed_at > self.late_after

    @property
    def is_out_of_touch(self) -> bool:
        """Whether that is all that is wrong with it."""
        return self.is_stale and not self.held

    @property
    def tone(self) -> str:
        if self.state == FeedState.RUNNING and (self.is_stale or self.held):
            return WAITS
        return TONES[self.state]

    @property
    def why(self) -> str:
        return reason_in_words(self.place.reason)

    @property
    def confirmed_at(self) -> datetime | None:
        return None if self.feed.is_own else self.place.confirmed_at  # type: ignore[union-attr]

    @property
    def last_at(self) -> datetime | None:
        return self.place.sealed_at

    @property
    def pages_behind(self) -> int:
        return 0 if self.feed.is_own else self.place.pages_behind  # type: ignore[union-attr]

    @property
    def lag(self) -> str:
        """How far behind, in pages and in time; for an own feed what waits to be sealed."""
        if self.feed.is_own:
            line = ngettext("{n} 处变更待封页", "{n} 处变更待封页", self.unsealed)
            return line.format(n=self.unsealed) if self.unsealed else _("没有待封的变更")
        if self.pages_behind:
            line = ngettext("落后 {n} 页", "落后 {n} 页", self.pages_behind).format(n=self.pages_behind)
            return (
                line
                if self.confirmed_at is None
                else _("{pages}，约 {time}").format(
                    pages=line, time=length_in_words(now() - self.confirmed_at)
                )
            )
        if self.confirmed_at is None:
            return _("还没有核对过")
        return _("核对于 {when}").format(when=ago(self.confirmed_at))

    @property
    def next_action(self) -> str:
        if self.state != FeedState.RUNNING:
            return str(NEXT[self.state])
        if self.is_stale:
            return _("系统会自动重试；持续不通请联系该节点的值班人员。")
        if self.held:
            return _("请看隔离条目，补入或剔除。")
        return _("正在追赶，会自动完成。") if self.pages_behind else ""


@dataclass(frozen=True)
class PeerLine:
    """Another node: how the exchange with it goes."""

    peer: Peer
    members: str

    @property
    def tone(self) -> str:
        if self.peer.state != PeerState.ACTIVE:
            return WAITS
        return BAD if self.peer.failures >= TELLING_FAILURES else GOOD

    @property
    def said(self) -> str:
        """How it last answered, in one line."""
        if self.peer.failures:
            line = ngettext("连续 {n} 次没有应答", "连续 {n} 次没有应答", self.peer.failures)
            return f"{line.format(n=self.peer.failures)}{_('：')}{self.why}"
        return ago(self.peer.answered_at) if self.peer.answered_at else _("还没有应答过")

    @property
    def why(self) -> str:
        return reason_in_words(self.peer.last_failure)


@dataclass(frozen=True)
class MemberLines:
    """The feeds of one member, as a group that is read or left closed."""

    name: str
    is_own: bool
    lines: list[FeedLine]

    @property
    def tone(self) -> str:
        return worst(line.tone for line in self.lines)

    @property
    def troubled(self) -> int:
        return sum(line.tone != GOOD for line in self.lines)

    @property
    def said(self) -> str:
        """All of it in one line."""
        if self.troubled:
            line = ngettext("{n} 条数据流需要关注", "{n} 条数据流需要关注", self.troubled)
            return line.format(n=self.troubled)
        if self.is_own:
            waiting = sum(line.unsealed for line in self.lines)
            line = ngettext("{n} 处变更待封页", "{n} 处变更待封页", waiting)
            return line.format(n=waiting) if waiting else _("全部已封页")
        oldest = min((line.confirmed_at for line in self.lines if line.confirmed_at), default=None)
        return _("最旧一份核对于 {when}").format(when=ago(oldest)) if oldest else _("还没有核对过")


@dataclass(frozen=True)
class AlarmLine:
    alarm: Alarm
    subject: str

    @property
    def why(self) -> str:
        return reason_in_words(self.alarm.reason)

    @property
    def since(self) -> str:
        return ago(self.alarm.first_at)


@dataclass(frozen=True)
class Overview:
    """The whole page."""

    members: list[MemberLines]
    peers: list[PeerLine]
    alarms: list[AlarmLine]
    registry: RegistryEdition | None

    @property
    def troubles(self) -> list[FeedLine]:
        """Feeds that are not as they should be, the worst first; those only out of touch stand apart."""
        lines = [line for member in self.members for line in member.lines if line.tone != GOOD]
        return sorted((line for line in lines if not line.is_out_of_touch), key=lambda line: line.tone != BAD)

    @property
    def out_of_touch(self) -> list[MemberLines]:
        """Members with feeds of which nothing was heard for too long: one line each, not one a feed."""
        groups = (
            MemberLines(member.name, member.is_own, [line for line in member.lines if line.is_out_of_touch])
            for member in self.members
        )
        return [group for group in groups if group.lines]

    @property
    def other_alarms(self) -> list[AlarmLine]:
        """Alarms about something else than those feeds."""
        told = {str(line.feed) for line in self.troubles}
        return [line for line in self.alarms if line.alarm.subject not in told]

    @property
    def is_calm(self) -> bool:
        quiet = not self.troubles and not self.out_of_touch and not self.alarms
        return quiet and all(line.tone == GOOD for line in self.peers)

    @property
    def headline(self) -> str:
        """One sentence that says whether anybody has to do anything."""
        if not self.members:
            return _("本节点还没有数据流：请先配置成员名册和密钥。")
        if not self.is_calm:
            wrong = len(self.troubles) + len(self.out_of_touch) + len(self.other_alarms)
            wrong = wrong or sum(line.tone != GOOD for line in self.peers)
            line = ngettext("有 {n} 处需要关注。", "有 {n} 处需要关注。", wrong)
            return line.format(n=wrong)
        oldest = self.oldest
        count = len(self.members)
        if oldest is None:
            return _("{n} 个成员的数据流全部正常。").format(n=count)
        line = _("{n} 个成员的数据流全部正常，最旧一份核对于 {when}。")
        return line.format(n=count, when=ago(oldest))

    @property
    def oldest(self) -> datetime | None:
        lines = (line for member in self.members for line in member.lines)
        return min((line.confirmed_at for line in lines if line.confirmed_at), default=None)


def overview_of(actor: Actor) -> Overview:
    """Everything about the exchange that this officer looks after; empty for those who reach no whole province."""
    names = member_names()
    lines = feed_lines(Feed.objects.managed_by(actor), names)
    peers = Peer.objects.managed_by(actor).order_by("pk")
    alarms = Alarm.objects.managed_by(actor).open().order_by("-last_at")
    return Overview(
        members=_grouped(lines, names),
        peers=[PeerLine(peer, "、".join(names.get(m, m) for m in peer.members)) for peer in peers],
        alarms=[AlarmLine(alarm, subject_in_words(alarm.subject, names)) for alarm in alarms],
        registry=RegistryEdition.objects.order_by("-edition").defer("document", "signatures").first(),
    )


def feed_lines(feeds, names: Mapping[str, str]) -> list[FeedLine]:
    """These feeds as they stand, with four reads however many they are."""
    rows = [f for f in feeds.select_related("head", "cursor").order_by("owner", "pk") if place_of(f)]
    keys = [feed.pk for feed in rows]
    unsealed = _counts(Marker.objects.filter(feed_id__in=keys))
    held = _counts(SetAsideEntry.objects.held().filter(feed_id__in=keys))
    waits = SetAsideEntry.objects.filter(state=EntryState.WAITING, feed_id__in=keys)
    waiting = _counts(waits)
    late = timedelta(minutes=rule("sharing_stale_minutes", on=today()))
    return [
        FeedLine(
            feed=feed,
            place=place_of(feed),  # type: ignore[arg-type]  # those without a place were left out
            owner_name=names.get(feed.owner, feed.owner),
            unsealed=unsealed.get(feed.pk, 0),
            held=held.get(feed.pk, 0),
            waiting=waiting.get(feed.pk, 0),
            late_after=late,
        )
        for feed in rows
    ]


def place_of(feed: Feed) -> FeedHead | Cursor | None:
    """Where a feed stands here: its head where it is written here, else how far it was followed."""
    return getattr(feed, "head" if feed.is_own else "cursor", None)


def member_names() -> dict[str, str]:
    """The members by code, in their order."""
    return dict(Member.objects.order_by("position").values_list("pk", "name"))


def _grouped(lines: list[FeedLine], names: Mapping[str, str]) -> list[MemberLines]:
    order = {resource.name: at for at, resource in enumerate(catalogue.resources())}
    found: dict[str, list[FeedLine]] = {}
    for line in sorted(lines, key=lambda line: order.get(line.feed.resource, len(order))):
        found.setdefault(line.feed.owner, []).append(line)
    groups = [MemberLines(names.get(code, code), own[0].feed.is_own, own) for code, own in found.items()]
    places = {name: at for at, name in enumerate(names.values())}
    return sorted(groups, key=lambda group: (group.is_own, places.get(group.name, len(places))))


def _counts(rows) -> dict[int, int]:
    return dict(rows.order_by().values_list("feed_id").annotate(Count("pk")))


def worst(tones: Iterable[str]) -> str:
    found = set(tones)
    return BAD if BAD in found else WAITS if WAITS in found else GOOD


def ago(instant: datetime | None) -> str:
    """How long ago, in the unit that tells most."""
    return "" if instant is None else _("{time}前").format(time=length_in_words(now() - instant))


def length_in_words(length: timedelta) -> str:
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return ngettext("{n} 秒", "{n} 秒", seconds).format(n=seconds)
    if seconds < 3600:
        return ngettext("{n} 分钟", "{n} 分钟", seconds // 60).format(n=seconds // 60)
    if seconds < 86_400:
        return ngettext("{n} 小时", "{n} 小时", seconds // 3600).format(n=seconds // 3600)
    return ngettext("{n} 天", "{n} 天", seconds // 86_400).format(n=seconds // 86_400)
