"""Families ask to be linked; a bureau confirms or refuses, and nobody learns from it who is registered."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from residents.registry import scans
from residents.registry.errors import (
    FactsInvalid,
    FamiliesOnly,
    NoSuchRequest,
    OwnLink,
    PersonDiffers,
    RequestHeld,
    TooManyRequests,
    field_error,
)
from residents.registry.models import Link, LinkRequest, Resident
from residents.registry.naming import checked_name
from residents.registry.policy import can_decide
from residents.registry.safe import index_of, indexes_of
from residents.registry.services.linking import LONGEST_REFERENCE, Proven, make_link, refuse_unproven
from residents.registry.services.telling import tell_user
from residents.registry.states import REQUEST_FLOW, LinkRefusal, PrivateField, Relation, RequestStatus
from sojourn.accounts.models import User
from sojourn.core import contacts
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.hosting import hosted_members
from sojourn.core.identifiers import IdentityInvalid, resident_identity
from sojourn.core.ids import uuid7
from sojourn.core.trail import record
from sojourn.desk.services import close_item, open_item
from sojourn.desk.subjects import Subject
from sojourn.files.services import Upload, erase_files_of, give_files, keep_file
from sojourn.provinces.models import Division
from sojourn.provinces.rules import rule

QUEUE = "link_requests"
KIND = "registry.linkrequest"
TOPIC = "request_decided"
TABLE = "registry_linkrequest"
TYPED = ("name_cipher", "identity_cipher", "proof_cipher")


@transaction.atomic
def ask_link(
    *, name: str, identity_number: str, proven: Proven, scan: Upload | None = None, actor: Actor
) -> LinkRequest:
    """Somebody says whom she cares for and as what; the bureau of that person's home will look.

    The answer is the same whether or not such a person is registered. A FileRefused says what is wrong with the
    picture of the proof, where there is one.
    """
    if actor.role != Role.FAMILY or actor.user_id is None:
        raise FamiliesOnly
    said, number = checked_name(name), checked_number(identity_number)
    refuse_unproven(proven.relation, proven.proof)
    if len(proven.reference) > LONGEST_REFERENCE:
        raise FactsInvalid(errors=[field_error("reference", "too_long", _("太长了"))])
    User.objects.locked().get(pk=actor.user_id)  # so that her requests are counted one by one
    _refuse_more(actor.user_id, number)
    index, request_id = index_of(PrivateField.IDENTITY_NUMBER, number), uuid7()
    bureau = _bureau_for(number)
    subject = Subject(KIND, str(request_id), _("亲属关系申请"), bureau)
    open_item(queue=QUEUE, subject=subject, facts={"relation": proven.relation}, actor=actor)
    typed = dict(zip(TYPED, (said, number, proven.reference.strip()), strict=True))
    with refusing("link_request_once", RequestHeld):
        request = LinkRequest.objects.create(
            id=request_id,
            user_id=actor.user_id,
            relation=proven.relation,
            proof=proven.proof,
            identity_index=index,
            division_code=bureau,
            asked_at=now(),
            **_sealed(typed, request_id),
        )
    record(action="linkrequest.made", actor=actor, subject=request, relation=proven.relation)
    if scan is not None:
        province = f"{bureau[:2]}0000"
        keep_file(owner=scans.proof_of_request(request), member=province, upload=scan, actor=actor)
    return request


@transaction.atomic
def withdraw_request(*, request_id: UUID, actor: Actor) -> LinkRequest:
    """She asks no more."""
    if not LinkRequest.objects.of_user(actor.user_id).filter(pk=request_id).exists():
        raise NoSuchRequest
    close_item(queue=QUEUE, subject_kind=KIND, subject_id=str(request_id), outcome="withdrawn", actor=actor)
    request = LinkRequest.objects.locked().get(pk=request_id)
    return _decide(request, "withdraw", actor)


@transaction.atomic
def grant_request(*, request_id: UUID, actor: Actor, ends_on: date | None = None) -> LinkRequest:
    """The officer saw the proof: who asked is linked to the resident with this number and name."""
    _refuse_others(request_id, actor)
    close_item(queue=QUEUE, subject_kind=KIND, subject_id=str(request_id), outcome="granted", actor=actor)
    request = LinkRequest.objects.locked().get(pk=request_id)
    REQUEST_FLOW.after("grant", RequestStatus(request.status))
    found = matching(request, actor)
    if found is None:
        raise PersonDiffers
    resident = Resident.objects.locked().get(pk=found.pk)
    reference = typed_in(request, "proof_cipher") if request.proof_cipher else ""
    proven = Proven(Relation(request.relation), request.proof, reference, ends_on)  # type: ignore[arg-type]
    link = make_link(resident, request.user, proven, actor)
    return _decide(request, "grant", actor, link=link)


@transaction.atomic
def refuse_request(*, request_id: UUID, reason: str, actor: Actor) -> LinkRequest:
    """Who asked is not linked, and is told which of three reasons."""
    _refuse_others(request_id, actor)
    close_item(queue=QUEUE, subject_kind=KIND, subject_id=str(request_id), outcome="refused", actor=actor)
    request = LinkRequest.objects.locked().get(pk=request_id)
    return _decide(request, "refuse", actor, refusal=LinkRefusal(reason))


def matching(request: LinkRequest, actor: Actor) -> Resident | None:
    """The resident in this officer's reach whom number and name describe; None once that is decided.

    Of a registration that went into another, the one that stands for her now.
    """
    if request.identity_index is None:
        return None
    seen = Resident.objects.visible_to(actor).select_related("merged_into")
    number = typed_in(request, "identity_cipher")
    found = seen.filter(identity_index__in=indexes_of(PrivateField.IDENTITY_NUMBER, number)).first()
    return found.person if found is not None and found.name == typed_in(request, "name_cipher") else None


def typed_in(request: LinkRequest, column: str) -> str:
    """What who asks typed into this column, in plain; to be called while it waits."""
    return contacts.opened(getattr(request, column), table=TABLE, column=column, row=request.pk)


def _refuse_more(user_id: UUID, number: str) -> None:
    """TooManyRequests beyond the rule's, RequestHeld for one about this number, by whichever look-up key."""
    limit = rule("link_requests_waiting", on=today())
    asked = LinkRequest.objects.of_user(user_id).waiting()
    if asked.count() >= limit:
        raise TooManyRequests(limit=limit)
    if asked.filter(identity_index__in=indexes_of(PrivateField.IDENTITY_NUMBER, number)).exists():
        raise RequestHeld


def _sealed(typed: dict[str, str], request_id: UUID) -> dict[str, str]:
    """What she typed under the node's key for contacts: of whom it is, nobody knows yet. What she left out is null."""
    return {
        column: contacts.sealed(plain, table=TABLE, column=column, row=request_id)
        for column, plain in typed.items()
        if plain
    }


def checked_number(identity_number: str) -> str:
    """The number in 18 characters; IdentityInvalid for what cannot be one."""
    try:
        return resident_identity(identity_number).number18
    except IdentityInvalid as wrong:
        raise type(wrong)(errors=[field_error("identity_number", wrong.code, wrong.title)]) from None


def _bureau_for(number: str) -> str:
    """The division whose bureau looks: of her home where she is registered, else of the number's place code.

    Nothing of this is told to who asked.
    """
    known = Resident.objects.filter(identity_index__in=indexes_of(PrivateField.IDENTITY_NUMBER, number))
    home = known.values_list("home_division_id", flat=True).first()
    hosted = hosted_members()
    places = Division.objects.filter(pk=number[:6], province_code__in=hosted, valid_to=None)
    place = places.values_list("pk", flat=True).first()
    province = f"{number[:2]}0000"
    own = f"{settings.NODE}0000"
    otherwise = [code for code in (province, own) if code in hosted] or [min(hosted, default=own)]
    return home or place or otherwise[0]


def _refuse_others(request_id: UUID, actor: Actor) -> None:
    request = LinkRequest.objects.filter(pk=request_id).first()
    if request is None or not can_decide(actor, request.division_code):
        raise NoSuchRequest
    if request.user_id == actor.user_id:
        raise OwnLink


def _decide(
    request: LinkRequest, verb: str, actor: Actor, *, link: Link | None = None, refusal: str = ""
) -> LinkRequest:
    """What she typed is blank from now on and the picture is the link's, or destroyed; the asker is told to look.

    Unless it was she herself who decided.
    """
    proof, status = scans.proof_of_request(request), REQUEST_FLOW.after(verb, RequestStatus(request.status))
    if link is not None:
        give_files(owner=proof, to=scans.proof_of_link(link), actor=actor)
    else:
        erase_files_of(owner=proof, actor=actor)
    request.status = status
    request.decided_at, request.decided_by_id = now(), actor.user_id
    request.link, request.refusal = link, refusal
    request.identity_index = None
    for column in TYPED:
        setattr(request, column, None)
    request.save()
    record(action=f"linkrequest.{request.status}", actor=actor, subject=request, refusal=refusal)
    if verb != "withdraw":
        tell_decided(request.user_id)
    return request


def tell_decided(user_id: UUID) -> None:
    """A text leads her to her pages; it says nothing of whom it is about."""
    words = _("【旅居养老】您的申请已有结果，请登录网站，在“我的”里查看。")
    tell_user(user_id, topic=TOPIC, body=words)
