"""Which bodies, assessors, assessments and reviews: for whom, standing on which day."""

from datetime import date
from uuid import UUID

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from residents.assessments.naming import BODY_HOLDER
from residents.assessments.states import (
    CONCLUDED,
    OPEN,
    UNDECIDED,
    AssessmentKind,
    AssessmentStatus,
    Qualification,
    RecognitionStatus,
    ReviewGround,
)
from residents.registry.models import Link, Resident
from residents.registry.querysets import of_person
from residents.registry.states import ResidentStatus
from sojourn.core.actors import Actor, Role
from sojourn.core.querysets import LockingQuerySet

NOTHING = Q(pk__in=())
READING = frozenset({Role.OFFICER, Role.AUDITOR})


def _of_residents(actor: Actor, path: str = "") -> Q:
    return Q(**{f"{path}resident__in": Resident.objects.visible_to(actor).values("pk")})


def _own(actor: Actor, path: str = "") -> Q:
    """Assessments at which she is one of the two; a passphrase alone shows her none of them."""
    if actor.user_id is None or not actor.second_factor:
        return NOTHING
    return Q(**{f"{path}first_assessor__user_id": actor.user_id}) | Q(
        **{f"{path}second_assessor__user_id": actor.user_id}
    )


def _of_herself_or_ward(actor: Actor) -> Q:
    """What is about whom this account is herself, or the guardian."""
    people = Link.objects.by_law(actor).values(person=Coalesce("resident__merged_into", "resident"))
    return Q(resident__in=people) | Q(resident__merged_into__in=people)


class RegisterQuerySet(LockingQuerySet):
    """Bodies and assessors: the staff of a province know whom it may ask."""

    def visible_to(self, actor: Actor):
        if actor.role == Role.SYSTEM:
            return self.all()
        if not actor.is_staff:
            return self.none()
        provinces = {prefix[:2] for prefix in actor.divisions}
        if "" in provinces:
            return self.all()
        return self.filter(Q(owner__in=[f"{prefix}0000" for prefix in provinces]) | self._herself(actor))

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)

    def _herself(self, actor: Actor) -> Q:
        return NOTHING


class BodyQuerySet(RegisterQuerySet):
    def _herself(self, actor: Actor) -> Q:
        if actor.user_id is None or not actor.second_factor:
            return NOTHING
        hers = self.model._default_manager.filter(assessors__user_id=actor.user_id)
        return Q(pk__in=hers.values("pk"))

    def with_agreement(self):
        """Bodies with how many re-checks of their results are settled and in how many the level was the same."""
        settled = Q(
            assessments__reviews__ground=ReviewGround.RECHECK, assessments__reviews__agrees__isnull=False
        )
        same = settled & Q(assessments__reviews__agrees=True)
        return self.annotate(
            rechecked=Count("assessments__reviews", filter=settled, distinct=True),
            agreeing=Count("assessments__reviews", filter=same, distinct=True),
        )


class AssessorQuerySet(RegisterQuerySet):
    def of_account(self, actor: Actor):
        """As whom this account assesses."""
        return self.filter(user_id=actor.user_id) if actor.user_id is not None else self.none()

    def on_duty(self, day: date):
        """Those who stand in good order on this day, as their bodies do; the service looks at each again."""
        hers = Q(qualified_until__isnull=True) | Q(qualified_until__gte=day)
        its = Q(body__qualified_until__isnull=True) | Q(body__qualified_until__gte=day)
        qualified = self.filter(hers, its, qualified_from__lte=day, body__qualified_from__lte=day)
        return qualified.filter(status=Qualification.QUALIFIED, body__status=Qualification.QUALIFIED)

    def _herself(self, actor: Actor) -> Q:
        """And her colleagues: two of one body assess together."""
        if actor.user_id is None or not actor.second_factor:
            return NOTHING
        herself = self.model._default_manager.filter(user_id=actor.user_id)
        return Q(body__in=herself.values("body"))


class InterestQuerySet(LockingQuerySet):
    def on(self, day: date):
        """Interests whose ``[since, until]`` holds this day."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class AssessmentQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """Those of residents in the reach of their home's staff, and those an assessor or a body's program makes.

        Whoever else holds an access sees no assessment by it: health is opened by name or not at all.
        """
        match actor.role:
            case Role.SYSTEM:
                return self.all()
            case Role.OFFICER:
                seen = _of_residents(actor)
                # Beside the condition that nobody needs the other one would have no index.
                return self.filter(seen | _own(actor) if self._is_assessor(actor) else seen)
            case Role.AUDITOR:
                return self.filter(_of_residents(actor))
            case Role.FACILITY if actor.client_id:
                return self.filter(body__in=[held for kind, held in actor.held if kind == BODY_HOLDER])
        return self.none()

    def _is_assessor(self, actor: Actor) -> bool:
        return apps.get_model("assessments", "Assessor")._default_manager.of_account(actor).exists()

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)

    def told_to(self, actor: Actor):
        """Concluded results of whom this account is herself, or the guardian (decision 0052); of nobody else."""
        return self.filter(_of_herself_or_ward(actor), status__in=sorted(CONCLUDED))

    def about(self, person_id: UUID):
        """Assessments of a resident, by whichever of her registrations they were made."""
        return self.filter(of_person(person_id))

    def latest_first(self):
        return self.order_by("-assessed_on", "-pk")

    def with_reviews(self):
        """With who made them, whom they are of, and how they were reviewed."""
        return self.select_related("resident__key", "body").prefetch_related("reviews")

    def at_hand(self):
        return self.filter(status__in=sorted(OPEN))

    def standing_on(self, day: date):
        """Final results that count on this day, the newest first: assessed by then and not run out."""
        final = self.filter(status=AssessmentStatus.FINAL, assessed_on__lte=day, valid_until__gte=day)
        return final.order_by("-assessed_on", "-pk")

    def newest_of_people(self):
        """Final results of registered people after which nothing was found of them, nor is being found, with the
        ``person`` that stands for each."""
        standing = Q(resident__status=ResidentStatus.REGISTERED) | Q(
            resident__merged_into__status=ResidentStatus.REGISTERED
        )
        rows = self.filter(standing, status=AssessmentStatus.FINAL)
        rows = rows.annotate(person=Coalesce("resident__merged_into", "resident"))
        newer = self.model._default_manager.filter(
            Q(status=AssessmentStatus.FINAL, assessed_on__gt=OuterRef("assessed_on"))
            | Q(status=AssessmentStatus.FINAL, assessed_on=OuterRef("assessed_on"), pk__gt=OuterRef("pk"))
            | Q(kind=AssessmentKind.REGULAR, status__in=sorted(OPEN))
        )
        # Two questions, each answered from an index; as one with "or" neither would be.
        return rows.exclude(Exists(newer.filter(resident=OuterRef("person")))).exclude(
            Exists(newer.filter(resident__merged_into=OuterRef("person")))
        )

    def waiting_for(self, actor: Actor):
        """Those that she, as one of the two, has yet to fill in or to sign, the longest waiting first."""
        if actor.user_id is None or not actor.second_factor or actor.role != Role.OFFICER:
            return self.none()
        first = Q(first_assessor__user_id=actor.user_id, first_signed_at__isnull=True)
        second = Q(second_assessor__user_id=actor.user_id, second_signed_at__isnull=True)
        return self.at_hand().filter(first | second).order_by("pk")

    def made_by(self, user_id):
        return self.filter(Q(first_assessor__user_id=user_id) | Q(second_assessor__user_id=user_id))


class EntryToTellQuerySet(LockingQuerySet):
    def due_on(self, day: date):
        """Those of which this day may tell, the longest waiting first, but for what another job is telling."""
        due = self.filter(tell_on__lte=day).select_related("assessment__resident__key")
        return due.select_for_update(of=("self",), skip_locked=True).order_by("tell_on", "pk")


class ItemReadingQuerySet(LockingQuerySet):
    def by_user_since(self, user_id, at, *, part: str):
        return self.filter(actor_user_id=user_id, at__gt=at, part=part)


class ReviewQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """Reviews of what the home's staff see; an assessor sees her assessment and no ground of a review."""
        if actor.role == Role.SYSTEM:
            return self.all()
        return self.filter(_of_residents(actor, "assessment__")) if actor.role in READING else self.none()

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)

    def undecided(self):
        return self.filter(status__in=sorted(UNDECIDED))


class DrawQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """Draws name nobody: the staff of the province may check them."""
        if actor.role == Role.SYSTEM:
            return self.all()
        provinces = {prefix[:2] for prefix in actor.divisions} if actor.is_staff else set()
        if "" in provinces:
            return self.all()
        return self.filter(body__owner__in=[f"{prefix}0000" for prefix in provinces])

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)


class CrosswalkQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """What was agreed is no secret among the staff."""
        return self.all() if actor.role == Role.SYSTEM or actor.is_staff else self.none()

    def managed_by(self, actor: Actor):
        return self.visible_to(actor) if actor.role == Role.SYSTEM or actor.divisions else self.none()

    def live_on(self, day: date):
        """Rows whose ``[valid_from, valid_to)`` holds this day."""
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
        return self.filter(begun, Q(valid_to__isnull=True) | Q(valid_to__gt=day))


class RecognitionQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        if actor.role == Role.SYSTEM:
            return self.all()
        return self.filter(_of_residents(actor)) if actor.role in READING else self.none()

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)

    def told_to(self, actor: Actor):
        """What was said of results of whom this account is herself, or the guardian; of nobody else."""
        return self.filter(_of_herself_or_ward(actor)).exclude(status=RecognitionStatus.ERASED)

    def latest_first(self):
        return self.order_by("-recognised_on", "-pk")

    def about(self, person_id: UUID):
        """Those of a resident, by whichever of her registrations they were entered."""
        return self.filter(of_person(person_id))

    def standing_on(self, day: date):
        """Recognised levels that count on this day, the newest original first."""
        live = self.filter(status=RecognitionStatus.RECOGNISED, assessed_on__lte=day, valid_until__gte=day)
        return live.order_by("-assessed_on", "-pk")
