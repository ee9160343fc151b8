"""A matching key belongs to the grant under which two members began with it, and gives way to a newer one in order."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from residents.consents.models import MARKS, EarlierMark, Mark, MatchingKey
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import local, now, today
from sojourn.core.keyring import Key, KeyMissing, keyring
from sojourn.desk import services as desk
from sojourn.desk.models import WorkItem
from sojourn.desk.subjects import Subject
from sojourn.provinces.models import Member
from sojourn.provinces.rules import rule
from sojourn.sharing.models import Grant

QUEUE, SUBJECT = "matching_keys", "consents.matchingkey"


def purpose_of(one: str, other: str) -> str:
    """What the matching keys of two members are called, the same whoever asks."""
    first, second = sorted((one, other))
    return f"match_{first}_{second}"


def agreed_key(grant: Grant) -> Key | None:
    """The newest matching key of the two, where it was begun under this grant or one that still stands; else none.

    A key outlives no agreement: what was granted anew asks for a new one. The grant is held by the caller.
    """
    try:
        key = keyring().newest(purpose_of(grant.owner, grant.to))
    except KeyMissing:
        return None
    use, _begun = MatchingKey.objects.get_or_create(
        owner=grant.owner, other=grant.to, key=key.name, defaults={"grant": grant, "in_use_since": now()}
    )
    return key if _stands(use) else None


def older_keys(grant: Grant, newest: Key) -> list[Key]:
    """Keys of the two under which the other member still has marks: by these ours are made beside the newest."""
    theirs = Mark.objects.of_pair(grant.to, grant.owner).exclude(key=newest.name)
    wanted = set(theirs.values_list("key", flat=True).distinct())
    return [key for key in keyring().every(newest.purpose) if key.name in wanted]


@transaction.atomic
def drop_earlier_marks() -> int:
    """Where the other member has no mark of an older key left, ours of that key go; how many."""
    gone = 0
    standing = EarlierMark.objects.values_list("row__owner", "row__other", "key").distinct()
    for owner, other, key in list(standing.order_by()):
        if not Mark.objects.of_pair(other, owner).filter(key=key).exists():
            rows = EarlierMark.objects.filter(row__owner=owner, row__other=other, key=key)
            gone += rows.delete()[0]
    return gone


@transaction.atomic
def ask_for_new_keys() -> int:
    """Where a matching key served its time, or its grant is over, its change waits at the member's desk; how many wait."""
    uses = {str(use.pk): use for use in MatchingKey.objects.select_related("grant").order_by("pk")}
    spent = {pk: use for pk, use in uses.items() if _is_newest(use) and _is_spent(use)}
    for use in spent.values():
        desk.open_item(queue=QUEUE, subject=_subject(use), facts={"member": use.other}, actor=SYSTEM)
    waiting = WorkItem.objects.unfinished().filter(queue=QUEUE).values_list("subject_id", flat=True)
    for pk in set(waiting) - spent.keys():
        outcome = "lapsed" if pk in uses and _is_newest(uses[pk]) else "changed"
        desk.close_item(queue=QUEUE, subject_kind=SUBJECT, subject_id=pk, outcome=outcome, actor=SYSTEM)
    return len(spent)


def _is_newest(use: MatchingKey) -> bool:
    later = MatchingKey.objects.of_pair(use.owner, use.other).filter(in_use_since__gt=use.in_use_since)
    return not later.exists()


def _is_spent(use: MatchingKey) -> bool:
    """It is wanted, and its grant is over or its time is."""
    if not _live(use.owner, use.other).exists():
        return False
    days = rule("match_key_days", on=today(), member=use.owner)
    return not _stands(use) or local(use.in_use_since).date() + timedelta(days=days) <= today()


def _stands(use: MatchingKey) -> bool:
    return _live(use.owner, use.other).filter(pk=use.grant_id).exists()


def _live(owner: str, other: str):
    return Grant.objects.live_on(today()).between(owner=owner, to=(other,), resource=MARKS)


def _subject(use: MatchingKey) -> Subject:
    member = Member.objects.get(pk=use.other).name
    return Subject(SUBJECT, str(use.pk), _("更换与{member}的比对密钥").format(member=member), use.owner)
