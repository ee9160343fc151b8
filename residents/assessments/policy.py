"""Who may keep the register of bodies, assign, fill in, sign, object, decide and read."""

from residents.assessments.models import Assessment, AssessmentBody, Review
from residents.assessments.naming import BODY_HOLDER
from residents.assessments.states import (
    OPEN,
    UNDECIDED,
    AssessmentKind,
    AssessmentStatus,
    Objector,
    ReviewGround,
)
from residents.registry import policy as registry
from residents.registry.models import Resident
from residents.registry.states import Relation, ResidentStatus
from sojourn.core.actors import Actor, Role

OBJECTING = {Relation.SELF: Objector.RESIDENT, Relation.GUARDIAN: Objector.GUARDIAN}


# --- bodies and assessors -------------------------------------------------------------------------
def can_register_body(actor: Actor, division_code: str) -> bool:
    """The officers of the place where a body is supervised keep its entry."""
    return actor.role == Role.SYSTEM or (actor.role == Role.OFFICER and actor.covers(division_code))


def can_keep(actor: Actor, body: AssessmentBody) -> bool:
    return can_register_body(actor, body.division_id)


# --- assessments ----------------------------------------------------------------------------------
def is_assessor_of(actor: Actor, assessment: Assessment) -> bool:
    """One of the two, by the account she signed in with, after her second factor."""
    if actor.user_id is None or not actor.second_factor or actor.role != Role.OFFICER:
        return False
    pair = (assessment.first_assessor, assessment.second_assessor)
    return actor.user_id in {one.user_id for one in pair if one is not None}


def can_view(actor: Actor, assessment: Assessment) -> bool:
    """Agrees with ``visible_to``: staff of the resident's home in reach, the two assessors, a program of the body."""
    if actor.role == Role.SYSTEM:
        return True
    if actor.role == Role.FACILITY and actor.client_id:
        return assessment.body_id is not None and actor.holds(BODY_HOLDER, assessment.body_id)
    if actor.role not in {Role.OFFICER, Role.AUDITOR}:
        return False
    return registry.can_view(actor, assessment.resident) or is_assessor_of(actor, assessment)


def can_assign(actor: Actor, resident: Resident) -> bool:
    """The officers of her home have her assessed and enter what was found elsewhere."""
    return registry.can_change(actor, resident)


def can_reassess(actor: Actor, assessment: Assessment) -> bool:
    """Of whom there is a result, her home's officers have her assessed anew while she is registered here."""
    person = assessment.resident.person
    final = assessment.status == AssessmentStatus.FINAL and person.status == ResidentStatus.REGISTERED
    return final and can_assign(actor, person)


def can_fill(actor: Actor, assessment: Assessment) -> bool:
    """The two assessors, as long as nobody has signed."""
    return assessment.status == AssessmentStatus.DRAFT and is_assessor_of(actor, assessment)


def can_see_findings(actor: Actor, assessment: Assessment) -> bool:
    """Those who are making it see what they fill in; once it is concluded, everybody asks to read."""
    return assessment.status in OPEN and is_assessor_of(actor, assessment)


def can_sign(actor: Actor, assessment: Assessment) -> bool:
    return assessment.status in OPEN and is_assessor_of(actor, assessment)


def can_return(actor: Actor, assessment: Assessment) -> bool:
    return assessment.status == AssessmentStatus.SIGNED_ONCE and is_assessor_of(actor, assessment)


def can_discard(actor: Actor, assessment: Assessment) -> bool:
    """Whoever had it made; not those who make it."""
    return (
        assessment.status in OPEN
        and assessment.kind == AssessmentKind.REGULAR
        and can_assign(actor, assessment.resident)
        and not is_assessor_of(actor, assessment)
    )


def can_read(actor: Actor, assessment: Assessment) -> bool:
    """Item by item it is shown to officers of her home and to the two who made it, and that is written down."""
    concluded = assessment.findings_cipher is not None and assessment.status not in OPEN
    reader = registry.can_reveal(actor, assessment.resident) or is_assessor_of(actor, assessment)
    return concluded and reader


def is_told(actor: Actor, resident: Resident) -> bool:
    """She herself and her guardian read what was found of her; kin and agents do not (decision 0052)."""
    return registry.by_law(actor, resident) is not None


def objects_as(actor: Actor, resident: Resident) -> Objector | None:
    """As whom this account objects on its own page, while there is somebody here to be assessed once more."""
    if resident.person.status != ResidentStatus.REGISTERED:
        return None
    relation = registry.by_law(actor, resident)
    return None if relation is None else OBJECTING[relation]


def can_object(actor: Actor, assessment: Assessment) -> bool:
    """An objection is taken at the counter or by telephone by the officers of her home."""
    return is_objectionable(assessment) and can_assign(actor, assessment.resident)


def is_objectionable(assessment: Assessment) -> bool:
    """What was made elsewhere is objected to where it was made."""
    return assessment.status == AssessmentStatus.FINAL and assessment.kind != AssessmentKind.IMPORTED


# --- reviews --------------------------------------------------------------------------------------
def can_handle(actor: Actor, review: Review) -> bool:
    """The officers of her home, but none of those who assessed her."""
    made = [review.assessment, *([review.second_look] if review.second_look is not None else [])]
    return can_assign(actor, review.assessment.resident) and not any(
        is_assessor_of(actor, one) for one in made
    )


def can_withdraw(actor: Actor, review: Review) -> bool:
    undecided = review.status in UNDECIDED
    return review.ground == ReviewGround.OBJECTION and undecided and can_handle(actor, review)


def can_draw(actor: Actor, body: AssessmentBody) -> bool:
    return can_keep(actor, body)


# --- recognition ----------------------------------------------------------------------------------
def can_keep_crosswalks(actor: Actor, member_codes: set[str]) -> bool:
    """Officers of a whole province that is a party enter what was agreed."""
    if actor.role == Role.SYSTEM:
        return True
    return actor.role == Role.OFFICER and any(
        actor.covers(code) for code in member_codes if _whole(actor, code)
    )


def _whole(actor: Actor, member_code: str) -> bool:
    return any(prefix in {"", member_code[:2]} for prefix in actor.divisions)
