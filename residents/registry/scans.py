"""Pictures of what proves a link or a correction: who may look at and keep them, and that they go with the resident.

Before an officer decides, the picture of a link belongs to the request and falls with it; granted, it belongs to the
link. That of a correction stays with its request where it was granted.
"""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from residents.registry import policy
from residents.registry.models import CorrectionRequest, Link, LinkRequest
from residents.registry.states import RequestStatus
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.files import owners
from sojourn.files.owners import Owner, OwnerKind
from sojourn.files.services import erase_files_of

LINK, REQUEST = "registry.link", "registry.linkrequest"
CORRECTION = "registry.correctionrequest"


def proof_of_link(link: Link) -> Owner:
    """The link as the owner of the picture of its proof."""
    return Owner(LINK, link.pk)


def proof_of_request(request: LinkRequest) -> Owner:
    """The same of a request that waits."""
    return Owner(REQUEST, request.pk)


def proof_of_correction(request: CorrectionRequest) -> Owner:
    """A request for a correction as the owner of the picture that proves it."""
    return Owner(CORRECTION, request.pk)


def can_read_of_link(actor: Actor, link_id: UUID) -> bool:
    """The officers who keep the link, after their second factor: a proof shows names and numbers in plain."""
    return can_change_of_link(actor, link_id) and (actor.second_factor or not actor.is_staff)


def can_change_of_link(actor: Actor, link_id: UUID) -> bool:
    link = Link.objects.select_related("resident").filter(pk=link_id).first()
    return link is not None and policy.can_link(actor, link.resident)


def can_read_of_request(actor: Actor, request_id: UUID) -> bool:
    """Who sent it, and the officers whom it waits for, after their second factor."""
    return can_change_of_request(actor, request_id) and (actor.second_factor or not actor.is_staff)


def can_change_of_request(actor: Actor, request_id: UUID) -> bool:
    """Nobody, once it is decided."""
    request = LinkRequest.objects.filter(pk=request_id, status=RequestStatus.WAITING).first()
    if request is None:
        return False
    asked = actor.role == Role.FAMILY and actor.user_id == request.user_id
    return asked or policy.can_decide(actor, request.division_code)


def can_read_of_correction(actor: Actor, request_id: UUID) -> bool:
    """The same people, the officers after their second factor."""
    return can_change_of_correction(actor, request_id) and (actor.second_factor or not actor.is_staff)


def can_change_of_correction(actor: Actor, request_id: UUID) -> bool:
    """The officers of her home, and who sent it while it waits."""
    request = CorrectionRequest.objects.select_related("resident").filter(pk=request_id).first()
    if request is None:
        return False
    waits = request.status == RequestStatus.WAITING
    asked = waits and policy.has_asked(actor, request)
    return asked or policy.can_decide(actor, request.resident.home_division_id)


def erase(resident_id: UUID) -> None:
    """With a resident the pictures of what proved her links and corrections are destroyed."""
    for kind, model in ((LINK, Link), (CORRECTION, CorrectionRequest)):
        for pk in model.objects.filter(resident=resident_id).values_list("pk", flat=True):
            erase_files_of(owner=Owner(kind, pk), actor=SYSTEM)


def register() -> None:
    """Files may be kept for links and for requests that wait."""
    owners.register(OwnerKind(LINK, _("亲属关系"), can_read_of_link, can_change_of_link))
    owners.register(OwnerKind(REQUEST, _("亲属关系申请"), can_read_of_request, can_change_of_request))
    owners.register(OwnerKind(CORRECTION, _("更正申请"), can_read_of_correction, can_change_of_correction))
