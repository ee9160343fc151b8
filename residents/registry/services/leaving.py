"""A move to a member of another node ends here as the answers that came by feed say; no edge calls this."""

from uuid import UUID

from django.db import transaction

from residents.registry.models import Resident
from residents.registry.models.life import Transfer
from residents.registry.services.moving import close_transfer
from residents.registry.states import RESIDENT_FLOW, TRANSFER_FLOW, ResidentStatus, TransferStatus
from sojourn.core.actors import Actor
from sojourn.core.clock import today
from sojourn.core.trail import record


def held_with_person(transfer_id: UUID) -> tuple[Resident, Transfer]:
    """Who stands for the resident that was handed out, and the transfer, both held until commit."""
    resident = Resident.objects.select_related("merged_into").get(pk=_resident_of(transfer_id))
    person = Resident.objects.locked().get(pk=resident.person_id)
    return person, Transfer.objects.locked().get(pk=transfer_id)


@transaction.atomic
def move_out(*, transfer_id: UUID, actor: Actor) -> Resident:
    """The other node's member takes her in: from this instant she is at home there and here no longer.

    What is known of her stays as long as its retention says, is changed by nobody and opened to nobody anew.
    """
    person, transfer = held_with_person(transfer_id)
    transfer.status = TRANSFER_FLOW.after("transfer_in", TransferStatus(transfer.status))
    person.status = RESIDENT_FLOW.after("move_out", ResidentStatus(person.status))
    person.moved_out_on = today()
    person.save(update_fields=["status", "moved_out_on"])
    close_transfer(transfer, actor)
    record(action="resident.moved_out", actor=actor, subject=person, to_division=transfer.to_division_id)
    return person


@transaction.atomic
def return_transfer(*, transfer_id: UUID, verb: str, opinion: str = "", actor: Actor) -> Transfer:
    """She stays where she was: the other side refused with its reason, or the term is over (``lapse_transfer``)."""
    person, transfer = held_with_person(transfer_id)
    transfer.status = TRANSFER_FLOW.after(verb, TransferStatus(transfer.status))
    transfer.opinion = opinion
    close_transfer(transfer, actor)
    record(action=f"resident.transfer_{transfer.status}", actor=actor, subject=person)
    return transfer


def _resident_of(transfer_id: UUID) -> UUID:
    return Transfer.objects.values_list("resident_id", flat=True).get(pk=transfer_id)
