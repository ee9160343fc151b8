"""Which consents, sharings by law and mandates: for whom, of whom, and which have run out."""

from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from residents.consents.states import AgentAct, ConsentStatus, LegalShareStatus, MandateStatus
from residents.registry.models import Resident
from residents.registry.querysets import of_person
from residents.registry.states import Relation
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.querysets import LockingQuerySet
from sojourn.provinces.models import Member
from sojourn.sharing.models import Grant

# Kinship alone opens nothing: a resident speaks for herself, a guardian by law for her ward.
SPEAKING = frozenset({Relation.SELF, Relation.GUARDIAN})


class OfResidentsQuerySet(LockingQuerySet):
    """Rows about a resident: whoever may see her registration as its keeper sees them."""

    standing = ""

    def visible_to(self, actor: Actor):
        """Rows of residents in the reach of staff, or for whom this account speaks; an agent sees what a mandate says."""
        match actor.role:
            case Role.SYSTEM | Role.OFFICER | Role.AUDITOR:
                return self.filter(resident__in=Resident.objects.visible_to(actor))
            case Role.FAMILY if actor.user_id:
                return self.filter(spoken_for_by(actor) | self._by_mandate(actor))
        return self.none()

    def _by_mandate(self, actor: Actor) -> Q:
        """Which rows a mandate lets this account see; none, unless each kind says which."""
        return Q(pk__in=())

    def managed_by(self, actor: Actor):
        """Those in this actor's own list: in the reach of staff."""
        match actor.role:
            case Role.SYSTEM | Role.OFFICER | Role.AUDITOR:
                return self.visible_to(actor)
        return self.none()

    def of(self, person_id: UUID):
        """Rows of a resident, by herself or by a registration that went into hers."""
        return self.filter(of_person(person_id))

    def standing_still(self):
        """Rows that open something as far as nobody ended them."""
        return self.filter(status=self.standing)

    def run_out_at(self, at: datetime):
        """Rows whose time is over although nobody has said so yet."""
        return self.standing_still().filter(expires_at__lte=at)

    def latest_first(self):
        return self.order_by("-opened_at", "-pk")


def spoken_for_by(actor: Actor) -> Q:
    """Rows of residents for whom this account speaks by a link that holds now: herself, or her ward."""
    links = apps.get_model("registry", "Link")._default_manager
    return _same_people(links.live().filter(user=actor.user_id, relation__in=SPEAKING, ends_on__gt=today()))


class BasisQuerySet(OfResidentsQuerySet):
    def _by_mandate(self, actor: Actor) -> Q:
        """Those of residents for whom it may say yes and no."""
        mandates = apps.get_model("consents", "Mandate")._default_manager.valid_at(now())
        return _same_people(mandates.filter(agent=actor.user_id, may_do__contains=[AgentAct.CONSENT]))

    def told(self):
        """With what the receiver is called, for all rows at once."""
        facilities = apps.get_model("facilities", "Facility")._default_manager
        received = facilities.filter(pk=OuterRef("receiver_id"))
        return self.annotate(
            told_facility=Subquery(received.values("listed_name")[:1]),
            told_facility_sample=Subquery(received.values("is_sample")[:1]),
            told_member=name_of_member("receiver_member"),
        )


class ConsentQuerySet(BasisQuerySet):
    standing = ConsentStatus.GIVEN


class LegalShareQuerySet(BasisQuerySet):
    standing = LegalShareStatus.LIVE


class MandateQuerySet(OfResidentsQuerySet):
    standing = MandateStatus.VALID

    def valid_at(self, at: datetime):
        return self.filter(_valid_at(at))

    def _by_mandate(self, actor: Actor) -> Q:
        """Its own, and no other agent's."""
        return _valid_at(now()) & Q(agent=actor.user_id)


class ExtractQuerySet(LockingQuerySet):
    def open_at(self, at: datetime):
        """Extracts whose time is not over and which the catalogue lets through.

        What came from another node came by a grant; between members of one node the grant is asked for here.
        """
        grants = Grant.objects.live_on(today()).filter(
            owner=OuterRef("owner"), to=OuterRef("receiver"), resource="resident_extracts"
        )
        elsewhere = ~Q(owner__in=settings.HOSTED_PROVINCES)
        return self.filter(Q(expires_at__gt=at) & (elsewhere | Exists(grants)))

    def visible_to(self, actor: Actor):
        """Extracts for the receiving member's staff in reach, or for a facility of theirs, while they are open."""
        rows = self.filter(receiver__in=settings.HOSTED_PROVINCES).open_at(now())
        match actor.role:
            case Role.SYSTEM:
                return rows
            case Role.OFFICER | Role.AUDITOR:
                return rows.filter(_within(actor.divisions))
            case Role.FACILITY if actor.facility_ids:
                return rows.filter(facility__in=actor.facility_ids)
        return self.none()

    def managed_by(self, actor: Actor):
        """Those in this actor's own list: in the reach of staff."""
        match actor.role:
            case Role.SYSTEM | Role.OFFICER | Role.AUDITOR:
                return self.visible_to(actor)
        return self.none()

    def told(self):
        """With the name of the home province, for all rows at once."""
        return self.annotate(told_home=name_of_member("owner"))

    def written_here(self):
        return self.filter(owner__in=settings.HOSTED_PROVINCES)

    def copies(self):
        return self.exclude(owner__in=settings.HOSTED_PROVINCES)


class ReceivedRecognitionQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """Those of extracts that this actor sees."""
        extracts = apps.get_model("consents", "Extract")._default_manager
        return self.filter(extract__in=extracts.visible_to(actor).values("pk"))

    def of(self, extract):
        """What was said of this extract's results, the newest first."""
        return self.filter(extract=extract.pk).order_by("-pk")


class ArrivalQuerySet(LockingQuerySet):
    def written_here(self):
        return self.filter(owner__in=settings.HOSTED_PROVINCES)

    def copies(self):
        return self.exclude(owner__in=settings.HOSTED_PROVINCES)

    def visible_to(self, actor: Actor):
        """What is handed out to the members of this node, for the staff who reach the new home."""
        match actor.role:
            case Role.SYSTEM:
                return self.written_here()
            case Role.OFFICER | Role.AUDITOR:
                return self.written_here().filter(_within(actor.divisions))
        return self.none()

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)

    def told(self):
        """With the old home's province, the end of the term and her number here, for all rows at once."""
        people = Resident.objects.filter(pk=OuterRef("resident"))
        came = apps.get_model("consents", "Extract")._default_manager.filter(pk=OuterRef("pk"))
        return self.annotate(
            told_home=name_of_member("home"),
            told_until=Subquery(came.values("expires_at")[:1]),
            told_number=Subquery(people.values("number")[:1]),
        )


class ReadingQuerySet(LockingQuerySet):
    def by_reader_since(self, user_id, at: datetime):
        return self.filter(reader=user_id, at__gt=at)

    def managed_by(self, actor: Actor):
        """What people of these members looked at, for the auditors who reach all of them."""
        match actor.role:
            case Role.SYSTEM:
                return self.filter(owner__in=settings.HOSTED_PROVINCES)
            case Role.AUDITOR:
                reached = [member for member in settings.HOSTED_PROVINCES if actor.covers(member)]
                return self.filter(owner__in=reached)
        return self.none()

    def of_resident(self, resident):
        """Readings of what was given of a resident of ours, by whichever of her registrations, whoever looked."""
        return self.filter(resident__in=Resident.objects.with_merged(resident.pk), home=resident.owner)


class MarkQuerySet(LockingQuerySet):
    def written_here(self):
        return self.filter(owner__in=settings.HOSTED_PROVINCES)

    def of_pair(self, owner: str, other: str):
        return self.filter(owner=owner, other=other)


class MatchingKeyQuerySet(LockingQuerySet):
    def of_pair(self, owner: str, other: str):
        return self.filter(owner=owner, other=other)


class MatchQuerySet(LockingQuerySet):
    def written_here(self):
        return self.filter(owner__in=settings.HOSTED_PROVINCES, resident__isnull=False)

    def visible_to(self, actor: Actor):
        """What the members of this node say, of residents in the reach of their staff."""
        match actor.role:
            case Role.SYSTEM:
                return self.written_here()
            case Role.OFFICER | Role.AUDITOR:
                seen = Resident.objects.visible_to(actor).values("pk")
                return self.written_here().filter(resident__in=seen)
        return self.none()

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)

    def told(self):
        """With our resident's number and mark and what the other member says, for all rows at once."""
        people = Resident.objects.filter(pk=OuterRef("resident"))
        theirs = self.model.objects.filter(
            other=OuterRef("owner"), owner=OuterRef("other"), ours=OuterRef("theirs"), theirs=OuterRef("ours")
        )
        return self.annotate(
            told_number=Subquery(people.values("number")[:1]),
            told_sample=Subquery(people.values("is_sample")[:1]),
            told_theirs=Subquery(theirs.values("disposition")[:1]),
            told_member=name_of_member("other"),
        )

    def said_by_the_other(self, found):
        """The same pair as the other member sees it."""
        return self.filter(owner=found.other, other=found.owner, ours=found.theirs, theirs=found.ours)


def name_of_member(column: str) -> Subquery:
    """What the member is called whose six digits stand in this column."""
    return Subquery(Member.objects.filter(pk=OuterRef(column)).values("division__name")[:1])


def _valid_at(at: datetime) -> Q:
    return Q(status=MandateStatus.VALID, opened_at__lte=at, expires_at__gt=at)


def _same_people(rows: QuerySet) -> Q:
    """Rows about the residents of these, by whichever of their registrations."""
    people = rows.values(person=Coalesce("resident__merged_into", "resident"))
    return Q(resident__in=people) | Q(resident__merged_into__in=people)


def _within(codes: tuple[str, ...]) -> Q:
    inside = Q(pk__in=())
    for code in codes:
        inside |= Q(place__startswith=code)
    return inside
