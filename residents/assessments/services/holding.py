"""What the verbs of the room rest on: the held rows, lowest room first, and what speaks against a person or a day."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from residents.assessments.errors import (
    AssessedBeforeBirth,
    AssessedInFuture,
    AssessorInterested,
    NoSuchAssessment,
    NoSuchAssessor,
    NotYourAssessment,
    ReasonMissing,
    ResidentNotAlive,
    field_error,
)
from residents.assessments.fitness import (
    refuse_interested,
    refuse_unfit_assessor,
    refuse_unfit_body,
    refuse_unfit_pair,
)
from residents.assessments.models import Assessment, AssessmentBody, Assessor
from residents.assessments.querysets import AssessmentQuerySet
from residents.registry.errors import MergedAway, NoSuchResident
from residents.registry.models import Access, Resident
from residents.registry.states import HolderKind, ResidentStatus
from sojourn.accounts.models import Membership
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.counters import next_numbers
from sojourn.core.plain_words import plain_words

LONGEST_REASON = 200


def held_resident(resident_id: UUID, actor: Actor) -> Resident:
    """The resident, held until commit, where this actor may see her at all; nothing new is made of who went into another."""
    resident = held_registration(resident_id, actor)
    refuse_merged(resident)
    return resident


def refuse_merged(resident: Resident) -> None:
    if resident.status == ResidentStatus.MERGED:
        raise MergedAway


def held_registration(resident_id: UUID, actor: Actor) -> Resident:
    """The same of any registration, for what was begun before it went into another."""
    resident = Resident.objects.visible_to(actor).locked().filter(pk=resident_id).first()
    if resident is None:
        raise NoSuchResident
    return resident


def held_opened(resident_id: UUID, actor: Actor) -> Resident | None:
    """The resident, held until commit, where an access to her is open to this assessor's own account."""
    if actor.user_id is None or not actor.second_factor:
        return None
    accesses = Access.objects.open_at(now()).filter(
        resident=resident_id, holder_kind=HolderKind.USER, holder_id=actor.user_id
    )
    assessors = Assessor.objects.filter(user_id=actor.user_id)
    opened = accesses.exists() and assessors.exists()
    return Resident.objects.locked().filter(pk=resident_id).first() if opened else None


def held_assessment(assessment_id: UUID, actor: Actor) -> Assessment:
    """The assessment with its resident and its assessors, all held until commit, where this actor may see it."""
    return held_among(Assessment.objects.visible_to(actor), assessment_id)


def held_among(rows: AssessmentQuerySet, assessment_id: UUID) -> Assessment:
    """The same of one of these rows."""
    found = (
        rows.filter(pk=assessment_id).values("resident_id", "first_assessor_id", "second_assessor_id").first()
    )
    if found is None:
        raise NoSuchAssessment
    resident = Resident.objects.locked().get(pk=found["resident_id"])
    pair = _held_assessors([found["first_assessor_id"], found["second_assessor_id"]])
    assessment = Assessment.objects.locked().get(pk=assessment_id)
    assessment.resident = resident
    assessment.first_assessor = pair.get(assessment.first_assessor_id)
    assessment.second_assessor = pair.get(assessment.second_assessor_id)
    return assessment


def held_pair(first_id: UUID, second_id: UUID, actor: Actor) -> tuple[Assessor, Assessor]:
    """Two assessors of the register, held with their bodies until commit; NoSuchAssessor where she sees one not."""
    seen = set(
        Assessor.objects.visible_to(actor).filter(pk__in=[first_id, second_id]).values_list("pk", flat=True)
    )
    found = _held_assessors(seen)
    try:
        return found[first_id], found[second_id]
    except KeyError:
        raise NoSuchAssessor from None


def refuse_unfit(
    pair: tuple[Assessor, Assessor], *, resident: Resident, facility_id: UUID | None, days: set[date]
) -> None:
    """Both are fit to assess this resident on all of these days, or the refusal says which of them is not and why."""
    refuse_unfit_pair(*pair)
    in_order, person_id = sorted(days), resident.person_id
    concerned = _facilities_concerned(person_id, facility_id)
    registrations = Resident.objects.with_merged(person_id)
    for one in pair:
        refuse_unfit_body(one.body, in_order)
        refuse_unfit_assessor(one, in_order)
        for day in in_order:
            ties = one.interests.on(day)
            refuse_interested(one, ties, facilities=concerned, resident_ids=registrations)
        if _works_at(one, concerned):
            raise AssessorInterested(number=one.number)


def refuse_wrong_day(assessed_on: date, resident: Resident) -> None:
    """A resident is assessed alive, and on a day of her life that has come; asked of her as she stands now."""
    resident = resident.person
    if resident.status != ResidentStatus.REGISTERED or resident.birth_on is None:
        raise ResidentNotAlive
    if assessed_on > today():
        raise AssessedInFuture(errors=[field_error("assessed_on", "in_future", AssessedInFuture.title)])
    if assessed_on < resident.birth_on:
        raise AssessedBeforeBirth(
            errors=[field_error("assessed_on", "before_birth", AssessedBeforeBirth.title)]
        )


def permit(allowed: bool) -> None:
    if not allowed:
        raise NotYourAssessment


def stated(reason: str) -> str:
    """The reason as it was given; a verb that needs one is refused without."""
    missing = ReasonMissing(errors=[field_error("reason", "missing", ReasonMissing.title)])
    return plain_words(reason, LONGEST_REASON, missing)


def number_of(prefix: str, counter: str, owner: str) -> str:
    return next_numbers(prefix=prefix, counter=counter, province_codes=[owner])[0]


def _held_assessors(ids: Iterable[UUID | None]) -> dict[UUID, Assessor]:
    """These assessors by id, held with their bodies: who suspends one waits, or we see that she is suspended."""
    wanted = [one for one in ids if one is not None]
    bodies = {
        body.pk: body
        for body in AssessmentBody.objects.locked().filter(
            pk__in=Assessor.objects.filter(pk__in=wanted).values("body")
        )
    }
    assessors = {one.pk: one for one in Assessor.objects.locked().filter(pk__in=wanted)}
    for one in assessors.values():
        one.body = bodies[one.body_id]
    return assessors


def _facilities_concerned(person_id: UUID, facility_id: UUID | None) -> set[UUID]:
    """The facility that the assessment is for, and those to which the resident is open at present."""
    open_to = Access.objects.open_at(now()).filter(resident=person_id, holder_kind=HolderKind.FACILITY)
    return {*open_to.values_list("holder_id", flat=True), *([facility_id] if facility_id else [])}


def _works_at(assessor: Assessor, facilities: set[UUID]) -> bool:
    """Whether her own account is one of a facility concerned, declared or not."""
    posts = Membership.objects.live_on(today()).filter(role=Role.FACILITY, holder_id__in=facilities)
    return assessor.user_id is not None and posts.filter(user_id=assessor.user_id).exists()
