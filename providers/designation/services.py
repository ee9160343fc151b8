"""The verbs of designation; nothing else writes a scheme, a batch, a base or a reported count."""

from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from providers.designation import policy, published
from providers.designation.errors import (
    AlreadyDesignated,
    BatchKnown,
    FacilityBarred,
    FacilityNotOperating,
    FacilityOutsideMember,
    NoSuchBase,
    NoSuchBatch,
    NoSuchScheme,
    NotYetExpired,
    NotYourMember,
    PlaceInListTaken,
    SchemeKnown,
)
from providers.designation.listing import (
    BASE_PREFIX,
    ListEntry,
    NewBatch,
    NewScheme,
    batch_columns,
    entry_columns,
)
from providers.designation.models import Base, Batch, ReportedCount, Scheme
from providers.designation.states import BASE_FLOW, BaseStatus
from providers.facilities import policy as facilities_policy
from providers.facilities import services as facilities
from providers.facilities.errors import NoSuchFacility, ReasonMissing, field_error
from providers.facilities.models import Facility, Operator
from providers.facilities.states import FacilityStatus, PlacePrecision, Standing
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import today
from sojourn.core.constraints import refusing
from sojourn.core.counters import next_numbers
from sojourn.core.hosting import hosted_members
from sojourn.core.trail import record
from sojourn.provinces.models import Division

BASE_COUNTER = "designation_base_number"


@transaction.atomic
def register_scheme(*, member_code: str, scheme: NewScheme, actor: Actor) -> Scheme:
    """A member's published scheme is on record, one row an edition."""
    if not policy.can_designate(actor, member_code):
        raise NotYourMember
    columns = asdict(scheme) | {"stages": list(scheme.stages)}
    with refusing("scheme_edition_once", SchemeKnown):
        row = Scheme.objects.create(owner=member_code, member_id=member_code, **columns)
    record(action="scheme.registered", actor=actor, subject=row, name=row.name, edition=row.edition)
    return row


@transaction.atomic
def announce_batch(*, scheme_id: UUID, batch: NewBatch, actor: Actor) -> Batch:
    """A published list is on record; its bases are designated one by one."""
    scheme = Scheme.objects.locked().filter(pk=scheme_id).first()
    if scheme is None:
        raise NoSuchScheme
    if not policy.can_designate(actor, scheme.member_id):
        raise NotYourMember
    columns = batch_columns(batch, on=today())
    with refusing("batch_ordinal_once", BatchKnown(ordinal=batch.ordinal)):
        row = Batch.objects.create(owner=scheme.owner, scheme=scheme, member_id=scheme.member_id, **columns)
    record(action="batch.announced", actor=actor, subject=row, scheme=str(scheme), ordinal=row.ordinal)
    return row


@transaction.atomic
def designate_base(*, facility_id: UUID, batch_id: UUID, entry: ListEntry, actor: Actor) -> Base:
    """A facility is a demonstration base of its member, by one line of a published list."""
    facility = Facility.objects.locked().select_related("operator").filter(pk=facility_id).first()
    if facility is None or not facilities_policy.can_view(actor, facility):
        raise NoSuchFacility
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise NoSuchBatch
    if not policy.can_designate(actor, batch.member_id):
        raise NotYourMember
    columns = entry_columns(entry, on=today())
    _refuse_unfit(facility, batch)
    number = next_numbers(prefix=BASE_PREFIX, counter=BASE_COUNTER, province_codes=[facility.owner])[0]
    with refusing("base_one_place_in_list", PlaceInListTaken(listed_number=entry.listed_number)):
        base = Base.objects.create(
            owner=facility.owner,
            number=number,
            facility=facility,
            scheme_id=batch.scheme_id,
            batch=batch,
            **columns,
        )
    record(action="base.designated", actor=actor, subject=base, number=number, facility=str(facility.pk))
    return base


@transaction.atomic
def withdraw_base(*, base_id: UUID, reason: str, actor: Actor) -> Base:
    """A designation is withdrawn from today on; its history stays and its reason is kept."""
    base = _locked(base_id, actor)
    if not policy.can_designate(actor, base.owner):
        raise NotYourMember
    if not reason.strip():
        raise ReasonMissing(errors=[field_error("reason", "missing", ReasonMissing.title)])
    base.status = BASE_FLOW.after("withdraw", BaseStatus(base.status))
    base.ended_on, base.withdrawal_reason = today(), reason.strip()
    base.save(update_fields=["status", "ended_on", "withdrawal_reason"])
    record(
        action="base.withdrawn", actor=actor, subject=base, number=base.number, reason=base.withdrawal_reason
    )
    return base


@transaction.atomic
def expire_base(*, base_id: UUID, actor: Actor) -> Base:
    """A designation whose validity has run out is no longer live."""
    base = _locked(base_id, actor)
    if not policy.can_designate(actor, base.owner):
        raise NotYourMember
    status = BASE_FLOW.after("expire", BaseStatus(base.status))
    if base.valid_to is None or base.valid_to >= today():
        raise NotYetExpired
    base.status, base.ended_on = status, base.valid_to
    base.save(update_fields=["status", "ended_on"])
    record(action="base.expired", actor=actor, subject=base, number=base.number)
    return base


@transaction.atomic
def load_reference(*, actor: Actor = SYSTEM) -> int:
    """Every reported count, and every public base of a hosted member, stands in the database; how many rows that took.

    The bases of other members come from the nodes that host them. What stands already is left as it is,
    so the second run writes nothing.
    """
    listed = published.first_guangdong_list()
    bases = _load_list(listed, actor) if listed.member_code in hosted_members() else 0
    return bases + _load_counts(actor)


def _refuse_unfit(facility: Facility, batch: Batch) -> None:
    """A base lies in the member that designates it, is not closed, not barred and not yet designated."""
    if facility.owner != batch.member_id:
        raise FacilityOutsideMember
    if facility.status == FacilityStatus.CLOSED:
        raise FacilityNotOperating
    operator_barred = facility.operator is not None and facility.operator.standing == Standing.BARRED
    if operator_barred or facility.standing == Standing.BARRED:
        raise FacilityBarred
    if Base.objects.designated().filter(facility=facility, scheme_id=batch.scheme_id).exists():
        raise AlreadyDesignated


def _locked(base_id: UUID, actor: Actor) -> Base:
    """The base, held until commit; one this actor cannot see does not exist for her."""
    base = Base.objects.locked().select_related("facility").filter(pk=base_id).first()
    if base is None or not policy.can_view(actor, base):
        raise NoSuchBase
    return base


def _load_list(listed: published.PublishedList, actor: Actor) -> int:
    """The scheme, the batch and its bases, each facility with its public facts and nothing else."""
    edition = {"member_id": listed.member_code, "name": listed.scheme.name, "edition": listed.scheme.edition}
    scheme = Scheme.objects.filter(**edition).first()
    if scheme is None:
        scheme = register_scheme(member_code=listed.member_code, scheme=listed.scheme, actor=actor)
    batch = scheme.batches.filter(ordinal=listed.batch.ordinal).first()
    if batch is None:
        batch = announce_batch(scheme_id=scheme.pk, batch=listed.batch, actor=actor)
    known = set(batch.bases.values_list("listed_number", flat=True))
    missing = [base for base in listed.bases if base.entry.listed_number not in known]
    for base in missing:
        facility = _register_published(base, listed.member_code, actor)
        designate_base(facility_id=facility.pk, batch_id=batch.pk, entry=base.entry, actor=actor)
    return len(missing)


def _register_published(base: published.PublishedBase, member_code: str, actor: Actor) -> Facility:
    """A real facility, open to sojourners and placed at its city's point, which is only about right."""
    operator = Operator.objects.filter(name=base.operator, is_sample=False).first() if base.operator else None
    if operator is None and base.operator:
        operator = facilities.register_operator(name=base.operator, division_code=member_code, actor=actor)
    city = Division.objects.get(code=base.city_code)
    facility = facilities.register_facility(
        listed_name=base.entry.listed_name,
        division_code=city.code,
        operator_id=operator.pk if operator else None,
        facts={"lng": city.lng, "lat": city.lat, "place_precision": PlacePrecision.ABOUT},
        actor=actor,
    )
    return facilities.open_facility_to_sojourners(facility_id=facility.pk, actor=actor)


def _load_counts(actor: Actor) -> int:
    """The reported counts that are not on record yet."""
    written = 0
    for count in published.reported_counts():
        row, created = ReportedCount.objects.get_or_create(
            member_id=count.member_code,
            period=count.period,
            reported_on=count.reported_on,
            defaults={"bases": count.bases, "source": count.source, "note": count.note},
        )
        if created:
            record(action="count.reported", actor=actor, subject=row, bases=count.bases)
        written += created
    return written
