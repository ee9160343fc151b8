"""A resident's personal information is erased, here and in her history."""

from uuid import UUID

from django.db import connection, transaction

from residents.registry import policy
from residents.registry.errors import GroundMissing
from residents.registry.models import SILENCED, Resident, ResidentKey
from residents.registry.services.holding import held, permit
from residents.registry.states import RESIDENT_FLOW, ErasureGround, ResidentStatus
from sojourn.core.actors import Actor
from sojourn.core.trail import record


@transaction.atomic
def erase_resident(*, resident_id: UUID, ground: str, actor: Actor) -> Resident:
    """Nothing tells any more who a resident was: her key is gone, her row and its history are blank.

    Her number stays, her province in place of her county, and that she was erased and on what ground.
    """
    resident = held(resident_id, actor)
    permit(policy.can_change(actor, resident))
    if ground not in ErasureGround.values:
        raise GroundMissing
    resident.status = RESIDENT_FLOW.after("erase", ResidentStatus(resident.status))
    for column, value in SILENCED.items():
        setattr(resident, column, value)
    resident.home_division_id = resident.owner
    resident.whereabouts_protected = False
    columns = ["status", "home_division", "whereabouts_protected", *SILENCED]
    resident.save(update_fields=columns)
    ResidentKey.objects.filter(pk=resident.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_silence_history(%s)", [resident.pk])
    record(action="resident.erased", actor=actor, subject=resident, ground=ground)
    return resident
