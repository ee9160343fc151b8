"""Registrations that may be one person's are found, and told apart where they are not."""

from collections.abc import Iterable, Iterator
from itertools import combinations, groupby
from operator import itemgetter
from uuid import UUID

from django.db import transaction
from django.db.models import BinaryField, F, Func
from django.db.models.expressions import Combinable

from residents.registry import policy
from residents.registry.errors import NoSuchDuplicate
from residents.registry.likeness import Known, Likeness, likeness
from residents.registry.models import Resident
from residents.registry.models.life import Duplicate
from residents.registry.services.holding import permit_proven
from residents.registry.services.withholding import reason_of
from residents.registry.states import DUPLICATE_FLOW, DuplicateStatus, ResidentStatus
from sojourn.core.actors import Actor
from sojourn.core.clock import now, today
from sojourn.core.hosting import hosted_members
from sojourn.core.trail import record
from sojourn.provinces.rules import rule

LEAST = "duplicate_score"
AT_ONCE = 5_000
# More people than this behind one phone is a facility's or a village's: it tells nothing of anybody.
MOST_BEHIND_A_PHONE = 20
# A row for each of her own telephones.
EACH_PHONE = Func(F("phone_indexes"), function="unnest", output_field=BinaryField())

Pair = tuple[UUID, UUID]


def find_duplicates() -> int:
    """Pairs of one member that are alike enough are listed, pairs that no longer are leave; how many wait.

    A pair that officers told apart stays told apart.
    """
    return sum(_find(owner) for owner in sorted(hosted_members()))


@transaction.atomic
def tell_apart(*, duplicate_id: UUID, reason: str, actor: Actor) -> Duplicate:
    """An officer looked: the two registrations are two people's."""
    pair = Duplicate.objects.visible_to(actor).locked().filter(pk=duplicate_id).first()
    if pair is None:
        raise NoSuchDuplicate
    permit_proven(policy.can_change(actor, pair.first) and policy.can_change(actor, pair.second), actor)
    pair.status = DUPLICATE_FLOW.after("tell_apart", DuplicateStatus(pair.status))
    pair.reason, pair.settled_by_id, pair.settled_at = reason_of(reason), actor.user_id, now()
    pair.save(update_fields=["status", "reason", "settled_by", "settled_at"])
    record(action="duplicate.told_apart", actor=actor, subject=pair)
    return pair


@transaction.atomic
def _find(owner: str) -> int:
    least = rule(LEAST, on=today(), member=owner)
    found = {pair: like for pair, like in _alike(owner) if like.score >= least}
    standing = {(row.first_id, row.second_id): row for row in Duplicate.objects.of_owner(owner).locked()}
    at = now()
    gone = [
        row.pk for pair, row in standing.items() if pair not in found and row.status == DuplicateStatus.OPEN
    ]
    Duplicate.objects.filter(pk__in=gone).delete()
    fresh = (
        Duplicate(
            first_id=pair[0], second_id=pair[1], score=like.score, reasons=list(like.reasons), found_at=at
        )
        for pair, like in found.items()
        if pair not in standing
    )
    Duplicate.objects.bulk_create(fresh, batch_size=AT_ONCE, ignore_conflicts=True)
    return Duplicate.objects.of_owner(owner).open().count()


def _alike(owner: str) -> Iterator[tuple[Pair, Likeness]]:
    """Pairs that share birth or phone, each with how alike they are."""
    for group in _groups(owner, F("birth_on")):
        yield from _pairs(group)
    for group in _groups(owner, EACH_PHONE):
        if len(group) <= MOST_BEHIND_A_PHONE:
            yield from _pairs(group)


def _groups(owner: str, shared: Combinable) -> Iterator[list[Known]]:
    """The people of a member who share this, each as often as she has something to share."""
    alive = [ResidentStatus.REGISTERED, ResidentStatus.DIED]
    rows = Resident.objects.filter(owner=owner, status__in=alive).annotate(shared=shared)
    columns = ("shared", "pk", "name_normal", "pinyin", "birth_on", "phone_indexes")
    known = (
        (value, Known(pk, name, pinyin, birth_on, frozenset(map(bytes, phones or ()))))
        for value, pk, name, pinyin, birth_on, phones in rows.order_by("shared", "pk")
        .values_list(*columns)
        .iterator(AT_ONCE)
    )
    for _value, group in groupby(known, key=itemgetter(0)):
        yield [one for _shared, one in group]


def _pairs(group: Iterable[Known]) -> Iterator[tuple[Pair, Likeness]]:
    for first, second in combinations(group, 2):
        yield (first.resident_id, second.resident_id), likeness(first, second)
