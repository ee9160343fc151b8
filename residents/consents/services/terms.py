"""What is said when something of a resident is opened, checked: which facts, to which end, for whom, until when."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings

from providers.facilities.models import Facility
from residents.consents import facts
from residents.consents.errors import (
    ExpiryWrong,
    FactsUnknown,
    OutOfRegister,
    ProofMissing,
    PurposeUnknown,
    ReceiverIsHome,
    ReceiverUnknown,
    SeparateConsentMissing,
    field_error,
)
from residents.consents.models import Basis
from residents.consents.states import Channel, GivenBy, ReceiverKind
from residents.registry.models import Resident
from residents.registry.services import Opening
from residents.registry.states import (
    OPENABLE,
    Ground,
    HolderKind,
    PrivateField,
    Purpose,
    ResidentStatus,
)
from sojourn.accounts.models import User
from sojourn.core.clock import SHANGHAI, today
from sojourn.core.plain_words import plain_words
from sojourn.provinces.models import Member
from sojourn.provinces.rules import rule

LONGEST_PROOF, LONGEST_REASON = 80, 200


@dataclass(frozen=True)
class Receiver:
    """A member by its six digits, or a facility or an account by its id."""

    kind: str
    member: str = ""
    id: UUID | None = None


@dataclass(frozen=True)
class Terms:
    """Which facts, to which end, for whom, until which day (not included); ``separate`` are the sensitive ones
    to which yes was said one by one."""

    purpose: str
    fields: Collection[str]
    receiver: Receiver
    expires_on: date
    separate: Collection[str] = field(default=())


@dataclass(frozen=True)
class Saying:
    """Who said it, by which way, and where the paper or the recording lies."""

    channel: str
    proof: str
    by: str = GivenBy.RESIDENT


def refuse_out_of_register(resident: Resident) -> None:
    """Nothing new is opened of somebody who died or was erased."""
    if resident.status != ResidentStatus.REGISTERED:
        raise OutOfRegister


def columns_of(terms: Terms, resident: Resident, *, moving: bool = False) -> dict:
    """The terms as a row keeps them; refused where they say nothing that can be done.

    What a move needs is opened for a move alone (``moving``), and to that end nothing else is.
    """
    if terms.purpose not in Purpose.values or moving != (terms.purpose == Purpose.HOUSEHOLD_MOVE):
        raise PurposeUnknown
    asked = [fact for fact in facts.named(terms.fields) if moving or not fact.of_moves]
    if not asked or len(asked) != len(set(terms.fields)):
        raise FactsUnknown
    return {
        "owner": resident.owner,
        "resident": resident,
        "purpose": terms.purpose,
        "fields": [fact.code for fact in asked],
        "expires_at": last_instant(terms.expires_on, "consent_longest_days", resident.owner),
        **_columns_of_receiver(terms.receiver, resident),
    }


def separate_fields(terms: Terms) -> list[str]:
    """The sensitive facts among those asked for; each must have been consented to by itself."""
    sensitive = [fact for fact in facts.named(terms.fields) if fact.is_sensitive]
    missing = [fact for fact in sensitive if fact.code not in terms.separate]
    if missing:
        errors = [field_error("separate", "separate_missing", fact.label) for fact in missing]
        raise SeparateConsentMissing(errors=errors)
    return [fact.code for fact in sensitive]


def last_instant(expires_on: date, longest: str, member: str) -> datetime:
    """The instant at which that day begins, within the number of days of the dated rule."""
    days = rule(longest, on=today(), member=member)
    if not today() < expires_on <= today() + timedelta(days=days):
        raise ExpiryWrong(days=days)
    return datetime.combine(expires_on, time.min, SHANGHAI)


def proof_of(saying: Saying) -> str:
    if saying.channel not in Channel.values or saying.by not in GivenBy.values:
        raise ProofMissing
    return plain_words(saying.proof, LONGEST_PROOF, ProofMissing)


def _columns_of_receiver(receiver: Receiver, resident: Resident) -> dict:
    named = [receiver.id] if receiver.id is not None else []
    match receiver.kind:
        case ReceiverKind.MEMBER:
            member = Member.objects.filter(pk=receiver.member).values_list("pk", flat=True).first()
        case ReceiverKind.FACILITY:
            member = Facility.objects.filter(pk__in=named).values_list("owner", flat=True).first()
        case ReceiverKind.ACCOUNT:
            member = "" if User.objects.filter(pk__in=named).exists() else None
        case _:
            member = None
    if member is None:
        raise ReceiverUnknown
    if receiver.kind == ReceiverKind.MEMBER and member == resident.owner:
        raise ReceiverIsHome
    by_id = None if receiver.kind == ReceiverKind.MEMBER else receiver.id
    return {"receiver_kind": receiver.kind, "receiver_member": member, "receiver_id": by_id}


def opening_of(basis: Basis) -> Opening | None:
    """What the basis opens in the registry of this node; None where the receiver has no access of its own here."""
    facility_here = (
        basis.receiver_kind == ReceiverKind.FACILITY and basis.receiver_member in settings.HOSTED_PROVINCES
    )
    if basis.receiver_id is None or not (facility_here or basis.receiver_kind == ReceiverKind.ACCOUNT):
        return None
    return Opening(
        holder_kind=HolderKind.FACILITY if facility_here else HolderKind.USER,
        holder_id=basis.receiver_id,
        fields=[field for field in (OPENABLE if facility_here else PrivateField) if field in basis.fields],
        ground=Ground(basis.ground),
        article=basis.article,
        ends_at=basis.expires_at,
    )
