"""A resident's household moves, and her registration with it, in two steps: out by the old home, in by the new.

Where both bureaus stand on this node, both steps are here. To a member of another node she travels by a room above
(residents.registry.elsewhere), and what the other side said comes back by feed (leaving.py).
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from residents.registry import elsewhere, policy
from residents.registry.errors import (
    AlreadyMoving,
    DivisionUnknown,
    MovesElsewhere,
    NoSuchTransfer,
)
from residents.registry.models import Resident, ResidentKey
from residents.registry.models.life import Transfer
from residents.registry.services.holding import held, permit_proven, person, safe_of
from residents.registry.services.waiting import hold_items_of, wait_at_home_of
from residents.registry.services.withholding import reason_of
from residents.registry.states import RESIDENT_FLOW, TRANSFER_FLOW, ResidentStatus, TransferStatus
from sojourn.core.actors import Actor
from sojourn.core.clock import now
from sojourn.core.constraints import refusing
from sojourn.core.hosting import hosted_members
from sojourn.core.trail import record
from sojourn.desk import services as desk
from sojourn.desk.subjects import Subject
from sojourn.provinces.models import Division

QUEUE = "resident_transfers"
TRANSFER = "registry.transfer"


@transaction.atomic
def transfer_out(
    *, resident_id: UUID, to_division_code: str, reason: str, notice: str = "", actor: Actor
) -> Transfer:
    """The old home hands a registration out to the division (six digits) where her household is now.

    It waits at that division's desk until a working day; until it is taken in nothing of the registration changes.
    To another node it goes by feed, with ``notice`` of how she was told, and the desk of the old home keeps an eye on it.
    """
    resident = held(resident_id, actor)
    permit_proven(policy.can_change(actor, resident), actor)
    RESIDENT_FLOW.after("transfer", ResidentStatus(resident.status))
    _refuse_unless_another_home(resident, to_division_code)
    with refusing("transfer_one_under_way", AlreadyMoving):
        transfer = Transfer.objects.create(
            resident=resident,
            from_division_id=resident.home_division_id,
            to_division_id=to_division_code,
            reason=reason_of(reason),
            out_by_id=person(actor),
            out_at=now(),
        )
    if is_elsewhere(transfer):
        elsewhere.hand_out(transfer, notice=notice, actor=actor)
        title, desk_of = _("等待外省接收户籍迁入：{number}"), resident.home_division_id
    else:
        title, desk_of = _("接收户籍迁入：{number}"), to_division_code
    desk.open_item(
        queue=QUEUE,
        subject=Subject(TRANSFER, str(transfer.pk), title.format(number=resident.number), desk_of),
        facts={"from": resident.home_division_id},
        actor=actor,
    )
    record(action="resident.transfer_out", actor=actor, subject=resident, to_division=to_division_code)
    return transfer


@transaction.atomic
def transfer_in(*, transfer_id: UUID, actor: Actor) -> Resident:
    """The new home takes the registration in: she belongs to its province, and its key wraps hers.

    Number, history and what was opened of her stay; officers of the old home reach her no longer. What was asked to be
    put right of her waits at the new one's desk.
    """
    _hold_corrections_of(transfer_id)
    resident, transfer = _under_way(transfer_id, actor)
    _permit_new_home(transfer, actor)
    transfer.status = TRANSFER_FLOW.after("transfer_in", TransferStatus(transfer.status))
    RESIDENT_FLOW.after("transfer", ResidentStatus(resident.status))
    if resident.home_division_id != transfer.from_division_id:
        raise MovesElsewhere
    for row in Resident.objects.locked().filter(pk__in=Resident.objects.with_merged(resident.pk)):
        give_to(row, transfer.to_division_id)  # what went into hers goes with her
    resident.refresh_from_db()
    close_transfer(transfer, actor)
    wait_at_home_of(resident.pk)
    record(
        action="resident.transfer_in", actor=actor, subject=resident, from_division=transfer.from_division_id
    )
    return resident


@transaction.atomic
def refuse_transfer(*, transfer_id: UUID, reason: str, actor: Actor) -> Transfer:
    """The new home does not take her in, and says why; she stays where she was."""
    resident, transfer = _under_way(transfer_id, actor)
    _permit_new_home(transfer, actor)
    transfer.status = TRANSFER_FLOW.after("refuse_transfer", TransferStatus(transfer.status))
    transfer.opinion = reason_of(reason)
    close_transfer(transfer, actor)
    record(action="resident.transfer_refused", actor=actor, subject=resident)
    return transfer


@transaction.atomic
def cancel_transfer(*, transfer_id: UUID, actor: Actor) -> Transfer:
    """The old home takes it back, as long as nobody has taken her in."""
    resident, transfer = _under_way(transfer_id, actor)
    permit_proven(policy.can_register(actor, transfer.from_division_id), actor)
    transfer.status = TRANSFER_FLOW.after("cancel_transfer", TransferStatus(transfer.status))
    if is_elsewhere(transfer):
        elsewhere.take_back(transfer, actor=actor)
    close_transfer(transfer, actor)
    record(action="resident.transfer_cancelled", actor=actor, subject=resident)
    return transfer


# --- steps ----------------------------------------------------------------------------------------
def _hold_corrections_of(transfer_id: UUID) -> None:
    for resident_id in Transfer.objects.filter(pk=transfer_id).values_list("resident_id", flat=True):
        hold_items_of(resident_id)


def _under_way(transfer_id: UUID, actor: Actor) -> tuple[Resident, Transfer]:
    """The resident and then her transfer, held; whoever takes her in does not see her yet, but sees the transfer."""
    place = Transfer.objects.visible_to(actor).filter(pk=transfer_id).values_list("resident_id", flat=True)
    found = place.first()
    if found is None:
        raise NoSuchTransfer
    resident = Resident.objects.locked().get(pk=found)
    return resident, Transfer.objects.locked().get(pk=transfer_id)


def give_to(resident: Resident, division_code: str) -> None:
    """A registration is the province's of this division, and that province's key wraps hers."""
    safe, owner = safe_of(resident), province_of(division_code)
    resident.owner, resident.home_division_id = owner, division_code
    resident.save(update_fields=["owner", "home_division"])
    ResidentKey.objects.filter(pk=resident.pk).update(wrapped=safe.wrapped_by(owner))


def close_transfer(transfer: Transfer, actor: Actor) -> None:
    """The transfer, its new status and opinion set, is decided now, and waits at no desk any more."""
    transfer.decided_by_id, transfer.decided_at = actor.user_id, now()
    transfer.save(update_fields=["status", "decided_by", "decided_at", "opinion"])
    desk.close_item(
        queue=QUEUE,
        subject_kind=TRANSFER,
        subject_id=str(transfer.pk),
        outcome=TransferStatus(transfer.status).value,
        actor=actor,
    )


def is_elsewhere(transfer: Transfer) -> bool:
    """Whether the new home's member is another node's."""
    return province_of(transfer.to_division_id) not in hosted_members()


def _permit_new_home(transfer: Transfer, actor: Actor) -> None:
    """The officers of the new home, where that is this node's."""
    permit_proven(policy.can_register(actor, transfer.to_division_id), actor)
    if is_elsewhere(transfer):
        raise MovesElsewhere


def _refuse_unless_another_home(resident: Resident, to_division_code: str) -> None:
    province_of(to_division_code)
    if to_division_code == resident.home_division_id:
        raise DivisionUnknown


def province_of(division_code: str) -> str:
    """The member's code of a division; DivisionUnknown where there is none of this code."""
    province = Division.objects.filter(pk=division_code).values_list("province_code", flat=True).first()
    if province is None:
        raise DivisionUnknown
    return province
