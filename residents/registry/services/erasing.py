"""A resident's personal information is erased, here, in her history and in every backup that comes back."""

from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from residents.registry import following, policy
from residents.registry.errors import GroundMissing, OnHold
from residents.registry.models import SILENCED, Resident, ResidentKey
from residents.registry.models.life import LegalHold
from residents.registry.services.holding import held, permit, permit_proven
from residents.registry.states import RESIDENT_FLOW, ErasureGround, ResidentStatus
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.destroyed import destroyed_keys, note_destroyed, require_list
from sojourn.core.hosting import hosted_members
from sojourn.core.trail import record
from sojourn.desk import services as desk
from sojourn.desk.models import Proposal
from sojourn.desk.subjects import Subject

RESIDENT = "registry.resident"
ERASE = "erase_resident"
AT_ONCE = 500


# --- by two people --------------------------------------------------------------------------------
@transaction.atomic
def propose_erasure(*, resident_id: UUID, ground: str, reason: str, actor: Actor) -> Proposal:
    """It waits for a second person that a resident's personal information is erased on this ground."""
    resident = held(resident_id, actor)
    permit_proven(policy.can_change(actor, resident), actor)
    _refuse_unless_erasable(resident, ground)
    return desk.propose(
        kind=ERASE,
        subject=subject_of(resident, _("删除个人信息：{number}")),
        facts={"resident": str(resident.pk), "ground": ground},
        reason=reason,
        actor=actor,
    )


def erase(*, proposal: Proposal, actor: Actor) -> Resident:
    """Carries out a decision of the kind ``erase_resident``."""
    facts = proposal.facts
    return erase_resident(resident_id=UUID(facts["resident"]), ground=facts["ground"], actor=actor)


@transaction.atomic
def erase_resident(*, resident_id: UUID, ground: str, actor: Actor) -> Resident:
    """Nothing tells any more who a resident was: her key is gone, her row and its history are blank.

    Her number stays, her province in place of her county, and that she was erased and on what ground. No edge
    calls it: officers propose, and it is carried out when a second one agrees. A legal hold refuses it, and so
    does a list of destroyed keys that cannot be written (KeyMissing).
    """
    resident = held(resident_id, actor)
    permit(policy.can_change(actor, resident))
    _refuse_unless_erasable(resident, ground)
    require_list()
    for one in reversed(
        Resident.objects.with_merged(resident.pk)
    ):  # those that went into hers before her own
        each = resident if one == resident.pk else Resident.objects.locked().get(pk=one)
        _silence(each)
        _note_after_commit(each.pk)
        record(action="resident.erased", actor=actor, subject=each, ground=ground)
    return resident


# --- again, after a backup came back --------------------------------------------------------------
def erase_again() -> int:
    """Whoever stands on the list of destroyed keys is erased in this database too; how many were not.

    Safe to repeat. It asks no officer and no hold: that she was erased is a fact, which a backup forgot.
    """
    listed = sorted(destroyed_keys())
    if not listed:
        return 0
    mine = Resident.objects.filter(owner__in=hosted_members()).exclude(status=ResidentStatus.ERASED)
    again = 0
    for start in range(0, len(listed), AT_ONCE):
        came_back = mine.filter(pk__in=listed[start : start + AT_ONCE])
        again += sum(map(_erase_again, came_back.order_by("pk").values_list("pk", flat=True)))
    return again


def note_erased() -> int:
    """Whoever is erased in this database stands on the list; how many were missing from it.

    A process may end between the commit of an erasure and its line on the list.
    """
    erased = Resident.objects.filter(status=ResidentStatus.ERASED, owner__in=hosted_members())
    missing = set(erased.values_list("pk", flat=True)) - destroyed_keys()
    return note_destroyed(missing) if missing else 0


@transaction.atomic
def _erase_again(resident_id: UUID) -> bool:
    resident = Resident.objects.locked().get(pk=resident_id)
    if resident.status == ResidentStatus.ERASED:
        return False
    _silence(resident)
    record(action="resident.erased_again", actor=SYSTEM, subject=resident)
    return True


# --- steps ----------------------------------------------------------------------------------------
def subject_of(resident: Resident, title: str) -> Subject:
    """A resident as the desk knows her: by number, at the bureau of her home."""
    said = title.format(number=resident.number)
    return Subject(RESIDENT, str(resident.pk), said, resident.home_division_id)


def _refuse_held_by_law(resident: Resident) -> None:
    """Her own hold, or one of a registration that went into hers."""
    if LegalHold.objects.live().filter(resident__in=Resident.objects.with_merged(resident.pk)).exists():
        raise OnHold


def _refuse_unless_erasable(resident: Resident, ground: str) -> None:
    if ground not in ErasureGround.values:
        raise GroundMissing
    RESIDENT_FLOW.after("erase", ResidentStatus(resident.status))
    _refuse_held_by_law(resident)


def _note_after_commit(resident_id: UUID) -> None:
    """On the list once it is committed: what was rolled back must never be erased by the list.

    Should writing it fail, the job sees to it within a minute.
    """

    def note() -> None:
        note_destroyed([resident_id])

    transaction.on_commit(note, robust=True)


def _silence(resident: Resident) -> None:
    """Row, key, history and what rooms above keep in plain of her."""
    resident.status = RESIDENT_FLOW.after("erase", ResidentStatus(resident.status))
    for column, value in SILENCED.items():
        setattr(resident, column, value)
    resident.home_division_id = resident.owner
    resident.whereabouts_protected = False
    resident.merged_into = None
    columns = ["status", "home_division", "whereabouts_protected", "merged_into", *SILENCED]
    resident.save(update_fields=columns)
    ResidentKey.objects.filter(pk=resident.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_silence_history(%s)", [resident.pk])
    following.silence(resident.pk)
