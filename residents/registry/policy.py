"""Who may see a resident, change her registration and be shown what is private."""

from residents.registry.models import Access, CorrectionRequest, Export, ImportBatch, Link, Resident
from residents.registry.states import (
    OF_STAFF,
    OPENABLE_BY_CODE,
    OPENED_BY,
    HolderKind,
    ReadableField,
    Relation,
    ShownField,
)
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now
from sojourn.desk.models import Proposal
from sojourn.desk.subjects import Subject


def can_view(actor: Actor, resident: Resident) -> bool:
    """Agrees with ``visible_to``: her own province's staff in reach, and whoever holds an open access."""
    match actor.role:
        case Role.SYSTEM:
            return True
        case Role.OFFICER | Role.AUDITOR:
            return actor.covers(resident.home_division_id)
        case Role.FACILITY | Role.FAMILY:
            return bool(open_accesses(actor, resident))
    return False


def can_register(actor: Actor, division_code: str) -> bool:
    """An officer in the divisions she covers."""
    return actor.role == Role.SYSTEM or (actor.role == Role.OFFICER and actor.covers(division_code))


def can_change(actor: Actor, resident: Resident) -> bool:
    """The officers of her home keep her registration."""
    return can_register(actor, resident.home_division_id)


def can_answer(actor: Actor, resident: Resident, protected: bool) -> bool:
    """Whether her whereabouts are to be protected she says herself; officers of her home write it down.

    Her guardian may ask for protection: to do without it is not the guardian's to say.
    """
    relation = by_law(actor, resident)
    return relation == Relation.SELF or bool(relation and protected) or can_change(actor, resident)


def can_import(actor: Actor) -> bool:
    """Officers with a reach send spreadsheets, after their second factor."""
    return actor.role == Role.OFFICER and bool(actor.divisions) and actor.second_factor


def can_view_batch(actor: Actor, batch: ImportBatch | Export) -> bool:
    """Agrees with ``visible_to``: the staff whose reach covers all that the batch could reach, or who made it with hers."""
    if actor.role == Role.SYSTEM:
        return True
    by = batch.uploaded_by if isinstance(batch, ImportBatch) else batch.actor_user_id
    is_own = bool(actor.divisions) and actor.user_id == by and batch.division_code == actor.common_reach
    return actor.role in {Role.OFFICER, Role.AUDITOR} and (is_own or actor.covers(batch.division_code))


def can_decide_import(actor: Actor, batch: ImportBatch) -> bool:
    """To confirm, discard and undo an import is for officers who see it."""
    return can_import(actor) and can_view_batch(actor, batch)


def can_export(actor: Actor) -> bool:
    """Officers take lists of their residents away, after their second factor."""
    return actor.role == Role.OFFICER and bool(actor.divisions) and actor.second_factor


def can_look_up(actor: Actor) -> bool:
    """By identity number or phone only officers look for somebody, after their second factor."""
    return actor.role == Role.OFFICER and actor.second_factor


def can_reveal(actor: Actor, resident: Resident) -> bool:
    """Of the staff only officers of her home, so never an auditor; a job is shown nothing."""
    return actor.role == Role.OFFICER and actor.covers(resident.home_division_id)


def fields_open_to(actor: Actor, resident: Resident) -> dict[ShownField, Access | None]:
    """The fields this actor may be shown, each with the access that opens it; None where it is her post."""
    if can_reveal(actor, resident):
        return dict.fromkeys([*OF_STAFF, *ReadableField])
    return {
        OPENABLE_BY_CODE[field]: access
        for access in open_accesses(actor, resident)
        for field in access.fields
    }


def by_law(actor: Actor, resident: Resident) -> Relation | None:
    """As whom this account may see all that is held of the resident: herself or her guardian; None for everybody else."""
    links = Link.objects.about(resident.person_id).by_law(actor)
    relations = set(links.values_list("relation", flat=True))
    return next((relation for relation in OPENED_BY if relation in relations), None)


def hides_places(actor: Actor, resident: Resident) -> bool:
    """Whether this reader is told neither a place nor a facility of hers.

    While her whereabouts are protected only she herself and the staff are: a guardian may be the one who must not know
    (decision 0064).
    """
    person = resident.person
    if not person.is_protected or actor.is_staff:
        return False
    return by_law(actor, person) != Relation.SELF


def open_accesses(actor: Actor, resident: Resident) -> list[Access]:
    """The open accesses to this resident that the actor holds."""
    at = now()
    return [
        access
        for access in resident.accesses.all()
        if access.opens_at <= at < access.ends_at and _holds(actor, access)
    ]


def may_propose(actor: Actor, subject: Subject) -> bool:
    """What takes two people: an officer of the place, after her second factor."""
    return actor.role == Role.OFFICER and actor.second_factor and actor.covers(subject.division_code)


def may_approve(actor: Actor, proposal: Proposal) -> bool:
    """Another such officer; the desk sees to it that she is another."""
    return actor.role == Role.OFFICER and actor.second_factor and actor.covers(proposal.division_code)


def _holds(actor: Actor, access: Access) -> bool:
    match actor.role, access.holder_kind:
        case Role.FACILITY, HolderKind.FACILITY:
            return access.holder_id in actor.facility_ids
        case Role.FAMILY, HolderKind.USER:
            return access.holder_id == actor.user_id
    return False


def can_link(actor: Actor, resident: Resident) -> bool:
    """The officers of her home."""
    return can_change(actor, resident)


def can_end(actor: Actor, link: Link, resident: Resident) -> bool:
    """Whoever is linked, and the officers of the resident's home."""
    own = actor.role == Role.FAMILY and actor.user_id == link.user_id
    return own or can_change(actor, resident)


def has_asked(actor: Actor, request: CorrectionRequest) -> bool:
    """Whoever of the family asked, and whoever acts for the facility that did."""
    match actor.role:
        case Role.FAMILY:
            return request.user_id is not None and request.user_id == actor.user_id
        case Role.FACILITY:
            return request.facility_id in actor.facility_ids
    return False


def can_decide(actor: Actor, division_code: str) -> bool:
    """The officers who reach the bureau that a request waits at."""
    return actor.role == Role.SYSTEM or (actor.role == Role.OFFICER and actor.covers(division_code))
