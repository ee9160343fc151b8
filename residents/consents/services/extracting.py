"""What travels of a resident: made with its basis, renewed when she is corrected, gone with either."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from providers.facilities.models import Facility
from residents.assessments.models import Assessment
from residents.assessments.states import CONCLUDED, AssessmentStatus
from residents.consents import assessed, envelopes, facts
from residents.consents.envelopes import Lock
from residents.consents.facts import Fact
from residents.consents.models import EXTRACTS, Arrival, Basis, Consent, Extract, LegalShare
from residents.consents.states import ArrivalStatus, ConsentStatus, LegalShareStatus, ReceiverKind
from residents.registry.models import Resident, Transfer
from residents.registry.safe import COLUMNS, Safe
from residents.registry.services.holding import safe_of
from residents.registry.states import PrivateField, Purpose, ResidentStatus
from sojourn.core.announce import after_commit
from sojourn.core.clock import SHANGHAI, now, today
from sojourn.sharing import catalogue
from sojourn.sharing.models import Feed
from sojourn.sharing.services.blanking import blank
from sojourn.sharing.services.withdrawing import applying, erase

MOST_AT_ONCE = 500
SEAL = "sojourn.sharing.tasks.seal"
STANDING = ((Consent, ConsentStatus.GIVEN), (LegalShare, LegalShareStatus.LIVE))


def stand_extract(basis: Basis, resident: Resident) -> None:
    """The receiver is given what the basis says, as the resident's registration stands; nothing where it may not travel."""
    if not travels(basis, resident):
        Extract.objects.filter(pk=basis.pk).delete()
        return
    Extract.objects.update_or_create(id=basis.pk, defaults=_columns(basis, resident))
    after_commit(SEAL)


def drop_extract(basis: Basis) -> None:
    """The receiver has nothing on this basis any more: its tombstone is sealed as soon as this is committed."""
    if Extract.objects.filter(pk=basis.pk).delete()[0]:
        after_commit(SEAL)


def travels(basis: Basis, resident: Resident) -> bool:
    """Whether the receiver is another member, or a facility of one; of the protected no facility is named."""
    if basis.receiver_kind == ReceiverKind.FACILITY:
        is_here = basis.receiver_member in settings.HOSTED_PROVINCES
        return not (is_here or resident.is_protected or basis.receiver_member == resident.owner)
    return basis.receiver_kind == ReceiverKind.MEMBER


def renew_extracts() -> int:
    """Extracts whose resident was corrected or assessed since, or whose result ran out, show how it stands; how many."""
    known = Resident.objects.filter(pk=OuterRef("resident")).exclude(status=ResidentStatus.ERASED)
    corrected = known.filter(changed_at__gt=OuterRef("changed_at"))
    assessments = Assessment.objects.filter(
        resident=OuterRef("resident"), status__in=sorted({*CONCLUDED, AssessmentStatus.DISCARDED})
    )
    another = assessments.filter(changed_at__gt=OuterRef("changed_at"))
    run_out = assessments.filter(valid_until__lt=today(), valid_until__gte=OuterRef("made_on"))
    made_on = TruncDate("changed_at", tzinfo=SHANGHAI)
    old = (
        Extract.objects.written_here()
        .annotate(made_on=made_on)
        .filter(
            Exists(known), Exists(corrected) | _tells_of_assessments() & (Exists(another) | Exists(run_out))
        )
    )
    late = list(old.order_by("changed_at").values_list("pk", flat=True)[:MOST_AT_ONCE])
    return sum(map(renew_extract, late))


def move_extracts(from_id: UUID, to_id: UUID) -> list[str]:
    """What receivers were given of one registration they are given of the other: she is one person, who said yes."""
    shown = Extract.objects.written_here().filter(resident=from_id).order_by("pk")
    keys = [str(pk) for pk in shown.values_list("pk", flat=True)]
    give_extracts(keys, to_id)
    return keys


def give_extracts(keys: list[str], resident_id: UUID) -> None:
    """These extracts, as far as they still stand, show this registration."""
    resident = Resident.objects.get(pk=resident_id)
    shown = Extract.objects.written_here().filter(pk__in=keys).values("pk")
    for model, standing in STANDING:
        for basis in model.objects.locked().filter(pk__in=shown, status=standing):
            stand_extract(basis, resident)


def _tells_of_assessments() -> Q:
    """Extracts whose basis holds a fact of assessments."""
    codes = [assessed.RESULT, assessed.ITEMS]
    consents = Consent.objects.standing_still().filter(fields__overlap=codes)
    shares = LegalShare.objects.standing_still().filter(fields__overlap=codes)
    return Q(pk__in=consents.values("pk")) | Q(pk__in=shares.values("pk"))


@transaction.atomic
def renew_extract(pk: UUID) -> bool:
    """Whether an extract shows how its resident stands now, locked with the newest key; not where its basis ended."""
    for model, standing in STANDING:
        basis: Basis | None = model.objects.filter(pk=pk, status=standing).first()
        if basis is not None:
            resident = Resident.objects.locked().get(pk=basis.resident.person_id)
            if model.objects.locked().filter(pk=pk, status=standing).exists():
                stand_extract(basis, resident)
                return True
    return False


@transaction.atomic
def erase_run_out() -> int:
    """Copies whose time is over are gone, their bodies in kept pages too, whether or not their owner says so."""
    resource = catalogue.known(EXTRACTS)
    assert resource is not None
    run_out = Extract.objects.copies().filter(expires_at__lte=now())
    late = list(run_out.exclude(pk__in=_accepted()).order_by("pk")[:MOST_AT_ONCE])
    with applying():
        for row in late:
            erase(resource, row.owner, [str(row.pk)])
    for row in late:
        feed = Feed.objects.named(row.owner, EXTRACTS, catalogue.audience_of(row.receiver)).first()
        if feed is not None:
            blank(feed.pk, {str(row.pk): (row.epoch, row.version)})
    return len(late)


def _accepted():
    """Who was accepted here is at home here as soon as the old home says that she moved out, however late that comes."""
    return Arrival.objects.written_here().filter(status=ArrivalStatus.ACCEPTED).values("pk")


def _columns(basis: Basis, resident: Resident) -> dict:
    is_facility = basis.receiver_kind == ReceiverKind.FACILITY
    named = [basis.receiver_id] if is_facility and basis.receiver_id else []
    place = Facility.objects.filter(pk__in=named).values_list("division", flat=True).first()
    if basis.purpose == Purpose.HOUSEHOLD_MOVE:
        place = Transfer.objects.values_list("to_division", flat=True).get(pk=basis.pk)
    return {
        "owner": basis.owner,
        "receiver": basis.receiver_member,
        "facility": basis.receiver_id if is_facility else None,
        "place": place or basis.receiver_member,
        "resident": resident.pk,
        "resident_number": resident.number,
        "is_sample": resident.is_sample,
        "purpose": basis.purpose,
        "ground": basis.ground,
        "article": basis.article,
        "expires_at": basis.expires_at,
        "sealed": envelopes.sealed(
            _locks(basis, resident), owner=basis.owner, receiver=basis.receiver_member, resident=resident.pk
        ),
    }


def _locks(basis: Basis, resident: Resident) -> Mapping[str, Lock]:
    """A lock for each fact of the basis that was reported and may travel."""
    safe = safe_of(resident)
    open_to_it = [
        fact for fact in facts.named(basis.fields) if not (fact.is_whereabouts and resident.is_protected)
    ]
    found = {fact.code: _lock(fact, resident, safe) for fact in open_to_it}
    return {code: lock for code, lock in found.items() if lock is not None}


def _lock(fact: Fact, resident: Resident, safe: Safe) -> Lock | None:
    if fact.read is not None:
        words = fact.read(resident)
        return None if words is None else envelopes.locking(words)
    private = fact.private
    assert private is not None
    if private == PrivateField.NAME:
        return envelopes.locking(resident.name)
    if private == PrivateField.BIRTH_ON:
        return envelopes.locking(f"{resident.birth_on:%Y-%m-%d}")
    text = getattr(resident, COLUMNS[private])
    return None if text is None else lambda key, of: safe.relocked(private, text, key=key, of=of)
