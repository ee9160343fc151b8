"""Two registrations of one person become one by the decision of two officers, and two again if it was wrong."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from residents.registry import following, policy
from residents.registry.errors import MergedAway, NoSuchDuplicate, NoSuchMerge, NoSuchResident, NotOneOwner
from residents.registry.models import Access, CorrectionRequest, Resident
from residents.registry.models.life import Duplicate, LegalHold, Merge
from residents.registry.services.erasing import subject_of
from residents.registry.services.holding import held, permit_proven, person
from residents.registry.services.protecting import protect_alike
from residents.registry.services.waiting import hold_items_of, wait_at_home_of
from residents.registry.states import DUPLICATE_FLOW, RESIDENT_FLOW, DuplicateStatus, ResidentStatus
from sojourn.core.actors import Actor
from sojourn.core.clock import now
from sojourn.core.refusals import WrongStatus
from sojourn.core.trail import record
from sojourn.desk import services as desk
from sojourn.desk.models import Proposal

MERGE, UNDO = "merge_residents", "undo_merge"
HOME, MERGED = "registry.home", "registry.merged"


# --- proposed -------------------------------------------------------------------------------------
@transaction.atomic
def propose_merge(*, resident_id: UUID, survivor_number: str, reason: str, actor: Actor) -> Proposal:
    """It waits for a second person that this registration goes into another of the same person."""
    seen = Resident.objects.visible_to(actor)
    survivor = seen.filter(number=survivor_number.strip().upper()).values_list("pk", flat=True).first()
    if survivor is None:
        raise NoSuchResident
    gone, stays = _both(resident_id, survivor, actor)
    return desk.propose(
        kind=MERGE,
        subject=subject_of(gone, _("合并登记：{number}并入{survivor}").replace("{survivor}", stays.number)),
        facts={"merged": str(gone.pk), "survivor": str(stays.pk)},
        reason=reason,
        actor=actor,
    )


@transaction.atomic
def propose_merge_of(*, duplicate_id: UUID, survivor: str, reason: str, actor: Actor) -> Proposal:
    """The same for a pair that was found; ``survivor`` says whose registration stays, first or second."""
    pair = (
        Duplicate.objects.visible_to(actor).select_related("first", "second").filter(pk=duplicate_id).first()
    )
    if pair is None or survivor not in {"first", "second"}:
        raise NoSuchDuplicate
    stays, gone = (pair.first, pair.second) if survivor == "first" else (pair.second, pair.first)
    return propose_merge(resident_id=gone.pk, survivor_number=stays.number, reason=reason, actor=actor)


@transaction.atomic
def propose_undo(*, merge_id: UUID, reason: str, actor: Actor) -> Proposal:
    """It waits for a second person that a merge is undone."""
    merge = Merge.objects.visible_to(actor).locked().select_related("merged").filter(pk=merge_id).first()
    if merge is None:
        raise NoSuchMerge
    permit_proven(_may_undo(actor, merge, merge.merged), actor)
    _after_undo(merge.merged)
    return desk.propose(
        kind=UNDO,
        subject=subject_of(merge.merged, _("撤销登记合并：{number}")),
        facts={"merge": str(merge.pk)},
        reason=reason,
        actor=actor,
    )


# --- carried out ----------------------------------------------------------------------------------
@transaction.atomic
def merge_residents(*, proposal: Proposal, actor: Actor) -> Merge:
    """Carries out a decision of the kind ``merge_residents``: one registration goes, what it had follows."""
    facts = proposal.facts
    hold_items_of(UUID(facts["merged"]))
    gone, stays = _both(UUID(facts["merged"]), UUID(facts["survivor"]), actor)
    status = RESIDENT_FLOW.after("merge", ResidentStatus(gone.status))
    protect_alike(gone=gone, stays=stays, actor=actor)  # first: what follows is told anew, as of her
    moved = {kind.code: kind.moving(gone.pk, stays.pk) for kind in following.registered()}
    moved[MERGED] = _move_merged(gone.pk, stays.pk)  # last: until now they were found by way of her
    gone.refresh_from_db(fields=["home_division"])
    gone.status, gone.merged_into = status, stays
    gone.save(update_fields=["status", "merged_into"])
    _settle_pair(gone, stays, "merge")
    merge = Merge.objects.create(
        survivor=stays,
        merged=gone,
        reason=proposal.reason,
        moved={code: keys for code, keys in moved.items() if keys},
        proposed_by=proposal.proposed_by,
        merged_by_id=person(actor),
        merged_at=now(),
    )
    record(action="resident.merged", actor=actor, subject=gone, survivor=stays.number)
    record(action="resident.took_over", actor=actor, subject=stays, merged=gone.number)
    return merge


@transaction.atomic
def undo_merge(*, proposal: Proposal, actor: Actor) -> Merge:
    """Carries out a decision of the kind ``undo_merge``: exactly what followed goes back, later rows stay."""
    merge_id = UUID(proposal.facts["merge"])
    pair = Merge.objects.filter(pk=merge_id).values_list("merged_id", "survivor_id").first()
    if pair is None:
        raise NoSuchMerge
    hold_items_of(pair[0])
    rows = {row.pk: row for row in Resident.objects.visible_to(actor).locked().filter(pk__in=pair)}
    if set(rows) != set(pair):
        raise NoSuchResident
    gone, stays = rows[pair[0]], rows[pair[1]]
    merge = Merge.objects.locked().get(pk=merge_id)
    permit_proven(_may_undo(actor, merge, gone) and policy.can_change(actor, stays), actor)
    if stays.status == ResidentStatus.MERGED:
        raise MergedAway
    gone.status, gone.merged_into = _after_undo(gone), None
    gone.save(update_fields=["status", "merged_into"])
    moved = dict(merge.moved)
    went = Resident.objects.filter(pk__in=moved.pop(MERGED, []), status=ResidentStatus.MERGED)
    went.update(merged_into=gone)
    for kind in following.of_record(moved):
        kind.giving_back(moved[kind.code], gone.pk)
    merge.undone_by_id, merge.undone_at = actor.user_id, now()
    merge.save(update_fields=["undone_by", "undone_at"])
    _settle_pair(gone, stays, "undo")
    record(action="resident.merge_undone", actor=actor, subject=gone, survivor=stays.number)
    record(action="resident.merge_undone", actor=actor, subject=stays, merged=gone.number)
    return merge


# --- what of this room follows --------------------------------------------------------------------
def move_accesses(from_id: UUID, to_id: UUID) -> list[str]:
    return _moved(Access.objects.filter(resident=from_id), to_id)


def give_back_accesses(keys: list[str], to_id: UUID) -> None:
    Access.objects.filter(pk__in=keys).update(resident=to_id)


def move_holds(from_id: UUID, to_id: UUID) -> list[str]:
    return _moved(LegalHold.objects.live().filter(resident=from_id), to_id)


def give_back_holds(keys: list[str], to_id: UUID) -> None:
    LegalHold.objects.live().filter(pk__in=keys).update(resident=to_id)


def move_homes(from_id: UUID, to_id: UUID) -> list[str]:
    """The bureau of the one who stays keeps what is known of all; a key is an id and the code of the home it had."""
    home = Resident.objects.values_list("home_division_id", flat=True).get(pk=to_id)
    rows = Resident.objects.filter(pk__in=Resident.objects.with_merged(from_id)).exclude(home_division=home)
    keys = [f"{row.pk} {row.home_division_id}" for row in rows.locked()]
    rows.update(home_division=home)
    return keys


def give_back_homes(keys: list[str], _to_id: UUID) -> None:
    """Not where her household moved to another province in the meantime: each fact has one owner."""
    for pk, code in map(str.split, keys):
        Resident.objects.filter(pk=pk, owner__startswith=code[:2]).update(home_division=code)


def move_corrections(from_id: UUID, to_id: UUID) -> list[str]:
    """What was asked for of the one who goes waits at the desk of the one who stays."""
    waiting = CorrectionRequest.objects.waiting().about(from_id)
    keys = [str(pk) for pk in waiting.order_by("pk").values_list("pk", flat=True)]
    wait_at_home_of(to_id, keys)
    return keys


def give_back_corrections(keys: list[str], to_id: UUID) -> None:
    wait_at_home_of(to_id, keys)


def _moved(rows, to_id: UUID, column: str = "resident") -> list[str]:
    keys = [str(pk) for pk in rows.locked().values_list("pk", flat=True)]
    rows.filter(pk__in=keys).update(**{column: to_id})
    return keys


# --- steps ----------------------------------------------------------------------------------------
def _move_merged(from_id: UUID, to_id: UUID) -> list[str]:
    """What went into the one who goes has gone into the one who stays: a pointer leads to the last one at once."""
    return _moved(Resident.objects.filter(merged_into=from_id), to_id, "merged_into")


def _both(merged_id: UUID, survivor_id: UUID, actor: Actor) -> tuple[Resident, Resident]:
    """Both registrations, held in the order of their keys, where this actor may make one of them."""
    if merged_id == survivor_id:
        raise NoSuchResident
    rows = {pk: held(pk, actor) for pk in sorted({merged_id, survivor_id})}
    gone, stays = rows[merged_id], rows[survivor_id]
    permit_proven(policy.can_change(actor, gone) and policy.can_change(actor, stays), actor)
    if gone.owner != stays.owner:
        raise NotOneOwner
    RESIDENT_FLOW.after("merge", ResidentStatus(gone.status))
    if stays.status not in RESIDENT_FLOW.sources("merge"):
        raise MergedAway
    return gone, stays


def _may_undo(actor: Actor, merge: Merge, gone: Resident) -> bool:
    """Officers of the home she has and of the one that she would have again."""
    again = {key.split()[1] for key in merge.moved.get(HOME, [])}
    return policy.can_change(actor, gone) and all(policy.can_register(actor, code) for code in again)


def _after_undo(gone: Resident) -> ResidentStatus:
    """What the registration was before: one who died is known by her day."""
    verb = "undo_merge" if gone.died_on is None else "undo_merge_of_died"
    return RESIDENT_FLOW.after(verb, ResidentStatus(gone.status))


def _settle_pair(gone: Resident, stays: Resident, verb: str) -> None:
    """The pair, where it was listed, is no question any more, or one again."""
    first, second = sorted([gone.pk, stays.pk])
    pair = Duplicate.objects.locked().filter(first=first, second=second).first()
    if pair is None:
        return
    try:
        pair.status = DUPLICATE_FLOW.after(verb, DuplicateStatus(pair.status))
    except WrongStatus:
        return  # somebody told them apart before: her finding stays as she wrote it
    pair.save(update_fields=["status"])
