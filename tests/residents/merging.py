"""Two registrations made one, and two again, as two officers of the province do it."""

from residents.registry.models import Resident
from residents.registry.models.life import Merge
from residents.registry.services import propose_merge, propose_undo
from sojourn.desk import services as desk
from tests.residents.actors import staff


def merged(goes: Resident, stays: Resident) -> Merge:
    """One goes into the other."""
    proposal = propose_merge(
        resident_id=goes.pk, survivor_number=stays.number, reason="同一人", actor=staff("44")
    )
    desk.approve(proposal_id=proposal.pk, actor=staff("44"))
    return Merge.objects.get(merged=goes, undone_at=None)


def undone(merge: Merge) -> None:
    proposal = propose_undo(merge_id=merge.pk, reason="不是同一人", actor=staff("44"))
    desk.approve(proposal_id=proposal.pk, actor=staff("44"))
