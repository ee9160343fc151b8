"""Which residents: for whom, where, and by which words."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Q, UUIDField
from django.db.models.functions import Coalesce, Left
from django.db.models.lookups import Exact

from residents.registry.states import (
    OPENED_BY,
    DuplicateStatus,
    HolderKind,
    LinkStatus,
    ReportStatus,
    RequestStatus,
    ResidentStatus,
)
from sojourn.core import hanzi, numbers
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.querysets import LockingQuerySet

NOTHING = Q(pk__in=())
NEVER_ASKED = Q(whereabouts_protected__isnull=True, status=ResidentStatus.REGISTERED)
# How many digits name a province, a city, a county: the lists of each are read in their order from an index.
PROVINCE, CITY, COUNTY = 2, 4, 6
LOOKING_AFTER = frozenset({Role.SYSTEM, Role.OFFICER, Role.AUDITOR})


def _spelt(word: str) -> Q:
    """Rows of which a spelling of the name holds this word."""
    if hanzi.looks_latin(word):
        typed = hanzi.pinyin(word)
        return Q(pinyin__contains=typed) | Q(initials__contains=typed) | Q(name_normal__contains=word)
    return Q(name_normal__contains=word)


def _at_home_in(prefix: str) -> Q:
    """Residents whose division begins so; everybody for the whole node."""
    if len(prefix) == COUNTY:
        return Q(home_division_id=prefix)
    if len(prefix) in {PROVINCE, CITY}:
        return Q(Exact(Left("home_division", len(prefix)), prefix))
    return Q(home_division__code__startswith=prefix) if prefix else ~NOTHING


def _open(at: datetime, path: str = "") -> Q:
    return Q(**{f"{path}opens_at__lte": at, f"{path}ends_at__gt": at})


def _held_by(actor: Actor, path: str = "") -> Q:
    """Accesses that this actor holds: those of her facilities, or her own."""
    kind, holder = f"{path}holder_kind", f"{path}holder_id"
    match actor.role:
        case Role.FACILITY if actor.facility_ids:
            return Q(**{kind: HolderKind.FACILITY, f"{holder}__in": actor.facility_ids})
        case Role.FAMILY if actor.user_id:
            return Q(**{kind: HolderKind.USER, holder: actor.user_id})
    return NOTHING


def _opened_to(actor: Actor, path: str) -> Q:
    """Rows of residents, found by this path, who are opened to this actor, also by a registration that stays for hers."""
    opened = NOTHING
    for person in (path, f"{path}merged_into__"):
        accesses = f"{person}accesses__"
        opened |= _held_by(actor, accesses) & _open(now(), accesses)
    return opened


def _looked_after_by(actor: Actor, path: str) -> Q:
    """Rows whose division, found by this path, the staff of this actor's reach looks after."""
    match actor.role:
        case Role.SYSTEM:
            return ~NOTHING
        case Role.OFFICER | Role.AUDITOR:
            inside = NOTHING
            for code in actor.divisions:
                inside |= Q(**{f"{path}code__startswith": code})
            return inside
    return NOTHING


def of_person(person_id: UUID, path: str = "resident") -> Q:
    """Rows about a resident, by herself or by a registration that went into hers; ``path`` leads to the resident."""
    return Q(**{path: person_id}) | Q(**{f"{path}__merged_into": person_id})


class ResidentQuerySet(LockingQuerySet):
    def within(self, codes: tuple[str, ...]):
        """Residents at home in the divisions whose codes begin with one of these: ``("44", "5101")``.

        Every prefix is asked for as an index holds it: so the list of a county, a city or a province is read in
        its order from that index, however many others there are.
        """
        inside = NOTHING
        for code in codes:
            inside |= _at_home_in(code)
        return self.filter(inside)

    def visible_to(self, actor: Actor):
        """Residents in the reach of their own province's staff, or opened to this actor; else nobody.

        An administrator opens accounts and decides nothing, so she has no residents to see.
        """
        match actor.role:
            case Role.SYSTEM:
                return self.all()
            case Role.OFFICER | Role.AUDITOR:
                return self.within(actor.divisions)
            case Role.FACILITY | Role.FAMILY:
                opened = self.model._default_manager.filter(
                    _held_by(actor, "accesses__"), _open(now(), "accesses__")
                )
                return self.filter(pk__in=opened.values("pk"))
        return self.none()

    def managed_by(self, actor: Actor):
        """Residents that stand in this actor's own list: those in the reach of staff."""
        match actor.role:
            case Role.SYSTEM | Role.OFFICER | Role.AUDITOR:
                return self.visible_to(actor)
        return self.none()

    def unprotected(self):
        """Residents of whom it may be told where they are: they were asked, and need no protection."""
        return self.filter(whereabouts_protected=False)

    def never_asked(self):
        """Registered residents whom nobody has asked yet whether their whereabouts are to be protected."""
        return self.filter(NEVER_ASKED)

    def with_merged(self, resident_id) -> list:
        """The ids of a resident and of every registration that went into hers, also by way of another."""
        found, last = [resident_id], [resident_id]
        while last:
            last = list(self.filter(merged_into__in=last).values_list("pk", flat=True))
            found += last
        return found

    def survivors(self):
        """In place of registrations that went into others those that stayed."""
        everybody = self.model._default_manager
        ids = dict(self.values_list("pk", "merged_into"))
        while any(ids.values()):
            into = [survivor for survivor in ids.values() if survivor]
            kept = {pk: None for pk, survivor in ids.items() if survivor is None}
            ids = kept | dict(everybody.filter(pk__in=into).values_list("pk", "merged_into"))
        return everybody.filter(pk__in=ids)

    def matching(self, q: str):
        """Residents whose name every word of ``q`` describes, by characters, pinyin or initials; or whose number it is.

        Identity numbers and phones are never found by typing a part: they have verbs of their own.
        """
        if numbers.is_valid(q):
            return self.filter(number=numbers.parse(q).text)
        words = hanzi.words(q)
        rows = self if words or not q.strip() else self.none()
        for word in words:
            rows = rows.filter(_spelt(word))
        return rows

    def by_name(self):
        return self.order_by("sort_key", "pk")


class OfResidentQuerySet(LockingQuerySet):
    """Rows about one resident each: they are seen by the staff who look after her."""

    def visible_to(self, actor: Actor):
        return self.filter(_looked_after_by(actor, "resident__home_division__"))

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)


class LegalHoldQuerySet(OfResidentQuerySet):
    def live(self):
        return self.filter(lifted_at__isnull=True)

    def over(self, path: str):
        """In a subquery: holds of the resident to whom this path leads outside, by whichever of her registrations."""
        outside = f"{path}__merged_into", path or "pk"
        kept = Coalesce(*(OuterRef(name.removeprefix("__")) for name in outside), output_field=UUIDField())
        return self.annotate(person=Coalesce("resident__merged_into", "resident")).filter(person=kept)


class OfTwoQuerySet(LockingQuerySet):
    """Rows about two residents: they are seen by the staff who look after both."""

    sides: tuple[str, str]

    def visible_to(self, actor: Actor):
        each = [_looked_after_by(actor, f"{side}__home_division__") for side in self.sides]
        return self.filter(*each)

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)


class DuplicateQuerySet(OfTwoQuerySet):
    sides = ("first", "second")

    def open(self):
        return self.filter(status=DuplicateStatus.OPEN)

    def of_owner(self, owner: str):
        return self.filter(first__owner=owner)


class MergeQuerySet(OfTwoQuerySet):
    sides = ("survivor", "merged")


class TransferQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """Transfers out of and into the divisions that an actor of the staff reaches."""
        sides = ("from_division__", "to_division__")
        out, into = (_looked_after_by(actor, side) for side in sides)
        return self.filter(out | into)

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)


class PurgeReportQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """Reports of the members whose whole province an actor of the staff reaches."""
        match actor.role:
            case Role.SYSTEM:
                return self.all()
            case Role.OFFICER | Role.AUDITOR:
                return self.filter(
                    owner__in=[code for code in settings.HOSTED_PROVINCES if actor.covers(code)]
                )
        return self.none()

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)

    def under_way(self):
        return self.filter(status__in=[ReportStatus.PREPARED, ReportStatus.APPROVED])

    def spent(self):
        """Approved reports that list nobody any more who waits."""
        return self.filter(status=ReportStatus.APPROVED).exclude(lines__outcome="")


class PurgeLineQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """Lines about residents that the staff looks after; those about nobody are seen with their report."""
        of_reports = Q(
            resident=None, report__owner__in=[c for c in settings.HOSTED_PROVINCES if actor.covers(c)]
        )
        hers = _looked_after_by(actor, "resident__home_division__")
        return self.filter(hers | of_reports) if actor.role in LOOKING_AFTER else self.none()

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)

    def waiting(self):
        """Lines of approved reports that nothing became of yet, the oldest report first."""
        return self.filter(report__status=ReportStatus.APPROVED, outcome="").order_by("report_id", "pk")


class AccessQuerySet(LockingQuerySet):
    def open_at(self, at: datetime):
        """Accesses whose ``[opens_at, ends_at)`` holds this instant."""
        return self.filter(_open(at))

    def held_by(self, actor: Actor):
        return self.filter(_held_by(actor))


class DisclosureQuerySet(LockingQuerySet):
    def by_user_since(self, user_id, at: datetime):
        return self.filter(actor_user_id=user_id, at__gt=at)

    def latest_first(self):
        return self.order_by("-id")


class BatchQuerySet(LockingQuerySet):
    by = "uploaded_by"

    def visible_to(self, actor: Actor):
        """Batches of the staff whose reach covers all that the batch could reach, and her own of the reach she has.

        Of an officer for two provinces a batch could reach the whole node, which nobody of hers covers.
        """
        match actor.role:
            case Role.SYSTEM:
                return self.all()
            case Role.OFFICER | Role.AUDITOR:
                inside = NOTHING
                for code in actor.divisions:
                    inside |= Q(division_code__startswith=code)
                if actor.divisions and actor.user_id is not None:
                    inside |= Q(division_code=actor.common_reach, **{self.by: actor.user_id})
                return self.filter(inside)
        return self.none()

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)


class ExportQuerySet(BatchQuerySet):
    by = "actor_user_id"

    def latest_first(self):
        return self.order_by("-id")


class _OfStaff(LockingQuerySet):
    """Rows of a place; ``path`` is the column that holds its division's code."""

    path = "division_code"

    def managed_by(self, actor: Actor):
        if actor.role == Role.SYSTEM:
            return self.all()
        if actor.role not in {Role.OFFICER, Role.AUDITOR} or not actor.divisions:
            return self.none()
        inside = Q()
        for prefix in actor.divisions:
            inside |= Q(**{f"{self.path}__startswith": prefix})
        return self.filter(inside)

    def of_user(self, user_id: UUID | None):
        return self.filter(user_id=user_id) if user_id else self.none()


class LinkQuerySet(_OfStaff):
    path = "resident__home_division__code"

    def about(self, person_id: UUID):
        return self.filter(of_person(person_id))

    def live(self):
        return self.filter(status=LinkStatus.CONFIRMED)

    def by_law(self, actor: Actor):
        """Links by which this account is today herself or a guardian, to whom the law opens what is held."""
        mine = self.of_user(actor.user_id if actor.role == Role.FAMILY else None)
        return mine.live().filter(relation__in=sorted(OPENED_BY), ends_on__gt=today())


class RequestQuerySet(_OfStaff):
    def waiting(self):
        return self.filter(status=RequestStatus.WAITING)


class CorrectionQuerySet(RequestQuerySet):
    path = "resident__home_division__code"

    def visible_to(self, actor: Actor):
        """Those of residents in the reach of staff, and one's own: a facility's as long as the resident is open to it."""
        match actor.role:
            case Role.FAMILY:
                return self.of_user(actor.user_id)
            case Role.FACILITY:
                opened = self.model._default_manager.filter(_opened_to(actor, "resident__"))
                return self.filter(facility__in=actor.facility_ids, pk__in=opened.values("pk"))
        return self.managed_by(actor)

    def of_facilities(self):
        return self.filter(facility__isnull=False).select_related("facility")

    def about(self, person_id: UUID):
        return self.filter(of_person(person_id))
