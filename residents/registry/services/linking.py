"""Links of families: confirmed by an officer on a proof, opening by their ground only, ended at once."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from residents.registry import scans, sealing
from residents.registry.errors import (
    AlreadyLinked,
    EndOutOfRange,
    NoSuchLink,
    NotYourLink,
    OwnLink,
    ProofUnfit,
)
from residents.registry.models import Access, Link, Resident
from residents.registry.policy import can_end, can_link
from residents.registry.services.holding import held, refuse_unless_kept_here, safe_of
from residents.registry.services.telling import tell_resident
from residents.registry.states import (
    LINK_FLOW,
    OPENED_BY,
    PROVEN_BY,
    HolderKind,
    LinkEnd,
    LinkStatus,
    PrivateField,
    Proof,
    Relation,
)
from sojourn.accounts.models import User
from sojourn.accounts.services import open_family_account
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import SHANGHAI, now, today
from sojourn.core.constraints import refusing
from sojourn.core.ids import uuid7
from sojourn.core.trail import record
from sojourn.files.services import Upload, keep_file
from sojourn.provinces.rules import rule

LONGEST_REFERENCE = 80
LINK_TABLE = "registry_link.proof_cipher"


@dataclass(frozen=True)
class Proven:
    """What somebody is to a resident, what shows it, and until when; None: as long as the rule allows."""

    relation: Relation
    proof: Proof
    reference: str = ""
    ends_on: date | None = None


@transaction.atomic
def link_family(
    *, resident_id: UUID, phone: str, proven: Proven, scan: Upload | None = None, actor: Actor
) -> Link:
    """At the counter: whoever signs in with this telephone is linked to the resident from now on.

    A FileRefused says what is wrong with the scan of the proof, where there is one.
    """
    refuse_unproven(proven.relation, proven.proof)
    user = open_family_account(phone=phone, actor=actor)
    resident = held(resident_id, actor)
    link = make_link(resident, user, proven, actor)
    if scan is not None:
        keep_file(owner=scans.proof_of_link(link), member=resident.owner, upload=scan, actor=actor)
    return link


def make_link(resident: Resident, user: User, proven: Proven, actor: Actor) -> Link:
    """The link stands, with the access it opens; the resident is held by the caller's transaction."""
    if not can_link(actor, resident):
        raise NotYourLink
    if user.pk == actor.user_id:
        raise OwnLink
    refuse_unless_kept_here(resident)
    _refuse_linked(resident, user, proven.relation)
    ends_on = _until(proven.ends_on, resident)
    link_id, at = uuid7(), now()
    link = Link(
        id=link_id,
        resident=resident,
        user=user,
        relation=proven.relation,
        proof=proven.proof,
        proof_cipher=sealing.put_by(
            proven.reference.strip(), safe=safe_of(resident), row=link_id, table=LINK_TABLE
        ),
        starts_on=today(),
        ends_on=ends_on,
        access=_opened(resident, user, proven.relation, at, ends_on),
        confirmed_by_id=actor.user_id,
        confirmed_at=at,
    )
    with (
        refusing("link_one_live_a_person", AlreadyLinked),
        refusing("link_one_self_a_resident", AlreadyLinked),
        refusing("link_one_self_a_user", AlreadyLinked),
    ):
        link.save(force_insert=True)
    record(action="link.confirmed", actor=actor, subject=link, relation=proven.relation, until=str(ends_on))
    record(action="resident.linked", actor=actor, subject=resident, relation=proven.relation)
    words = _("【旅居养老】有一项亲属关系登记到了您名下。不是您或家人办的，请向户籍地民政部门查问。")
    tell_resident(resident, topic="link_confirmed", body=words, actor=actor)
    return link


@transaction.atomic
def end_link(*, link_id: UUID, reason: str, actor: Actor) -> Link:
    """The link is over, and what it opened is shut from this moment on."""
    known = Link.objects.filter(pk=link_id).first()
    resident = Resident.objects.locked().filter(pk=known.resident_id).first() if known else None
    link = Link.objects.locked().filter(pk=link_id).first()
    if link is None or resident is None or not can_end(actor, link, resident):
        raise NoSuchLink
    link.status = LINK_FLOW.after("end", LinkStatus(link.status))
    link.ended_at = now()
    link.end_reason = LinkEnd.ASKED_BY_USER if actor.role == Role.FAMILY else LinkEnd(reason)
    link.save(update_fields=["status", "ended_at", "end_reason"])
    access = Access.objects.locked().filter(pk=link.access_id).first() if link.access_id else None
    if access is not None and access.ends_at > link.ended_at:
        access.ends_at = max(link.ended_at, access.opens_at + timedelta(microseconds=1))
        access.save(update_fields=["ends_at"])
    record(action="link.ended", actor=actor, subject=link, reason=link.end_reason)
    record(action="resident.unlinked", actor=actor, subject=resident, relation=link.relation)
    words = _("【旅居养老】您名下的一项亲属关系已经终止。有疑问，请向户籍地民政部门查问。")
    tell_resident(resident, topic="link_ended", body=words, actor=actor)
    return link


def _refuse_linked(resident: Resident, user: User, relation: Relation) -> None:
    """Also by a registration that went into hers; of one registration the database promises it."""
    live = Link.objects.about(resident.pk).live()
    if live.filter(user=user).exists():
        raise AlreadyLinked
    if relation == Relation.SELF and live.filter(relation=Relation.SELF).exists():
        raise AlreadyLinked


def refuse_unproven(relation: str, proof: str) -> None:
    """Only some papers show that somebody is a guardian, or herself."""
    if proof not in PROVEN_BY[Relation(relation)]:
        wrong = {"field": "proof", "code": ProofUnfit.code, "detail": ProofUnfit.title}
        raise ProofUnfit(errors=[wrong])


def _until(ends_on: date | None, resident: Resident) -> date:
    years = rule("link_years", on=today(), member=resident.owner)
    longest = _years_after(today(), years)
    if ends_on is None:
        return longest
    if not today() < ends_on <= longest:
        raise EndOutOfRange(years=years)
    return ends_on


def _years_after(day: date, years: int) -> date:
    """The same day so many years later; of 29 February the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _opened(resident: Resident, user: User, relation: Relation, at: datetime, ends_on: date) -> Access | None:
    """The access that this relation opens by law; None for kinship."""
    if relation not in OPENED_BY:
        return None
    ground, article = OPENED_BY[relation]
    return Access.objects.create(
        resident=resident,
        holder_kind=HolderKind.USER,
        holder_id=user.pk,
        fields=list(PrivateField.values),
        ground=ground,
        article=article,
        opens_at=at,
        ends_at=datetime.combine(ends_on, time(), SHANGHAI),
    )
