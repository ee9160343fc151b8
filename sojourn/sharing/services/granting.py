"""Who may have facts that are shared on conditions: asked for, decided, granted for a time, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.trail import record
from sojourn.desk import services as desk
from sojourn.desk.subjects import Subject
from sojourn.provinces.rules import rule
from sojourn.provinces.workdays import add_working_days
from sojourn.sharing import catalogue, policy
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.errors import (
    AlreadyApplied,
    AlreadyGranted,
    ExpiryWrong,
    NoSuchApplication,
    NoSuchGrant,
    NoSuchResource,
    NotYourAccess,
    NotYourApplication,
    OwnApplication,
    OwnerElsewhere,
    OwnFacts,
    ResourceNotShared,
    UnknownFields,
    WhyMissing,
)
from sojourn.sharing.models import DataApplication, Feed, Grant
from sojourn.sharing.protocol.pages import FeedName
from sojourn.sharing.querysets import GrantQuerySet
from sojourn.sharing.services.sealing_anew import mark_anew
from sojourn.sharing.states import (
    APPLICATION_FLOW,
    GRANT_FLOW,
    ApplicationStatus,
    GrantStatus,
    Purpose,
    ShareClass,
)

QUEUE, SUBJECT = "data_applications", "sharing.dataapplication"
# Ours, no law's: nobody uses another's facts for longer without asking again.
LONGEST_GRANT = timedelta(days=3 * 365)
REPLY_RULES = {
    ShareClass.CONDITIONAL: "sharing_reply_days_conditional",
    ShareClass.UNCONDITIONAL: "sharing_reply_days_unconditional",
}


@dataclass(frozen=True)
class Asked:
    """What a member asks for: whose facts of which resource, to which end, on which ground, until when."""

    applicant: str
    owner: str
    resource: str
    purpose: str
    fields: Sequence[str]
    ground: str
    expires_on: date
    reason: str


@transaction.atomic
def apply_for_data(*, asked: Asked, actor: Actor) -> DataApplication:
    """The application waits at the owner's desk, to be answered within the term of the share class."""
    resource = catalogue.known(asked.resource)
    if resource is None:
        raise NoSuchResource
    if not policy.can_apply(actor, applicant=asked.applicant, owner=asked.owner):
        raise NotYourApplication
    _refuse_what_makes_no_sense(asked, resource)
    days = rule(REPLY_RULES[resource.share_class], on=today(), member=asked.owner)
    with refusing("dataapplication_one_waiting", AlreadyApplied):
        application = DataApplication.objects.create(
            applicant=asked.applicant,
            owner=asked.owner,
            resource=resource.name,
            purpose=asked.purpose,
            fields=[name for name in resource.shape.names if name in set(asked.fields)],
            ground=asked.ground.strip(),
            expires_on=asked.expires_on,
            reason=asked.reason.strip(),
            submitted_at=now(),
            submitted_by=actor.user_id,
            due_on=add_working_days(today(), days).day,
        )
    record(action="application.submitted", actor=actor, subject=application, **_facts(application))
    desk.open_item(
        queue=QUEUE,
        subject=Subject(SUBJECT, str(application.pk), _title(resource), application.owner),
        facts={"applicant": application.applicant, "resource": resource.name},
        actor=actor,
        working_days=days,
    )
    return application


def _refuse_what_makes_no_sense(asked: Asked, resource: Resource) -> None:
    if resource.share_class == ShareClass.NOT_SHARED:
        raise ResourceNotShared
    if asked.owner not in settings.HOSTED_PROVINCES:
        raise OwnerElsewhere
    if asked.owner == asked.applicant:
        raise OwnFacts
    if not asked.fields or set(asked.fields) - set(resource.shape.names) or asked.purpose not in Purpose:
        raise UnknownFields
    if not asked.ground.strip() or not asked.reason.strip():
        raise WhyMissing
    if not today() < asked.expires_on <= today() + LONGEST_GRANT:
        raise ExpiryWrong(days=LONGEST_GRANT.days)


def _title(resource: Resource) -> str:
    return _("数据申请：{resource}").format(resource=resource.label)


@transaction.atomic
def grant_application(*, application_id: UUID, actor: Actor, note: str = "") -> Grant:
    """The applicant may have what was asked for, from today until the day that was asked for."""
    application = _undecided(application_id, actor, "grant")
    if application.expires_on <= today():
        raise ExpiryWrong(days=LONGEST_GRANT.days)
    same = Grant.objects.locked().filter(
        owner=application.owner,
        to=application.applicant,
        resource=application.resource,
        purpose=application.purpose,
    )
    for past in same.ended_on(today()):
        _end(past, "expire", SYSTEM, "")
    with refusing("grant_one_live", AlreadyGranted):
        grant = Grant.objects.create(
            application=application,
            owner=application.owner,
            to=application.applicant,
            resource=application.resource,
            purpose=application.purpose,
            fields=application.fields,
            ground=application.ground,
            valid_from=today(),
            valid_to=application.expires_on,
            granted_at=now(),
        )
    _seal_anew(grant)
    _decide(application, "grant", actor, note)
    record(action="grant.made", actor=actor, subject=grant, **_facts(grant), until=str(grant.valid_to))
    return grant


@transaction.atomic
def refuse_application(*, application_id: UUID, note: str, actor: Actor) -> DataApplication:
    """The applicant does not get what was asked for, and is told why."""
    application = _undecided(application_id, actor, "refuse")
    if not note.strip():
        raise WhyMissing
    return _decide(application, "refuse", actor, note)


@transaction.atomic
def revoke_grant(*, grant_id: UUID, reason: str, actor: Actor) -> Grant:
    """The grant opens nothing any more, from the next request on; what it opened is withdrawn where it went."""
    grant = Grant.objects.locked().managed_by(actor).filter(pk=grant_id).first()
    if grant is None:
        raise NoSuchGrant
    if not policy.can_decide_on_access(actor, grant.owner):
        raise NotYourAccess
    if not reason.strip():
        raise WhyMissing
    return _end(grant, "revoke", actor, reason.strip())


def expire_grants() -> int:
    """Every grant whose last day is over says so; how many they were.

    They opened nothing since that day; now what they opened is withdrawn where it went.
    """
    ended = list(Grant.objects.ended_on(today()).order_by("pk").values_list("pk", flat=True))
    return sum(_expire(pk) for pk in ended)


@transaction.atomic
def _expire(pk: UUID) -> bool:
    grant = Grant.objects.locked().ended_on(today()).filter(pk=pk).first()
    return grant is not None and bool(_end(grant, "expire", SYSTEM, ""))


# --- what is open -------------------------------------------------------------------------------------
def live_grants(*, owner: str, to: Sequence[str], resource: str) -> list[Grant]:
    """The grants by which one of these members may have an owner's facts of this resource today."""
    rows = Grant.objects.live_on(today()).between(owner=owner, to=tuple(to), resource=resource)
    return list(rows.order_by("pk"))


def opening_grants(*, owner: str, to: Sequence[str], resource: Resource) -> list[Grant]:
    """The grants by which one of these members may have all that pages of an owner's resource hold today.

    A page is served whole or not at all: a grant of fewer facts opens none.
    """
    return _of_everything(Grant.objects.live_on(today()), owner, to, resource)


def ended_grants(*, owner: str, to: Sequence[str], resource: Resource) -> list[Grant]:
    """The grants by which one of these members once might have all of that, and may no more."""
    return _of_everything(Grant.objects.over_on(today()), owner, to, resource)


def is_open(feed: FeedName) -> bool:
    """Whether bodies are sealed and told in a feed: where it is for one member on a grant, only while one is live."""
    resource = catalogue.known(feed.resource)
    if resource is None or not resource.addressed_by or resource.share_class != ShareClass.CONDITIONAL:
        return True
    member = feed.audience.removeprefix(catalogue.ONE_MEMBER)
    return bool(opening_grants(owner=feed.owner, to=[member], resource=resource))


def _of_everything(rows: GrantQuerySet, owner: str, to: Sequence[str], resource: Resource) -> list[Grant]:
    found = rows.between(owner=owner, to=tuple(to), resource=resource.name).order_by("pk")
    return [grant for grant in found if _is_of_everything(grant, resource)]


def _is_of_everything(grant: Grant, resource: Resource) -> bool:
    return set(resource.shape.names) <= set(grant.fields)


def granted_fields(*, owner: str, to: str, resource: str, purpose: str) -> frozenset[str]:
    """The facts that a member may use to this end today: all of what needs no grant, else what was granted."""
    known = catalogue.known(resource)
    if known is None or known.share_class == ShareClass.NOT_SHARED:
        return frozenset()
    if known.share_class == ShareClass.UNCONDITIONAL:
        everybody = catalogue.EVERYBODY in known.audiences
        return frozenset(known.shape.names) if everybody and purpose in Purpose else frozenset()
    grants = live_grants(owner=owner, to=[to], resource=resource)
    found = (grant.fields for grant in grants if grant.purpose == purpose)
    return frozenset(name for fields in found for name in fields) & frozenset(known.shape.names)


# --- steps --------------------------------------------------------------------------------------------
def _undecided(application_id: UUID, actor: Actor, verb: str) -> DataApplication:
    """The application, held until commit, for an officer who may decide it and did not hand it in."""
    application = DataApplication.objects.locked().managed_by(actor).filter(pk=application_id).first()
    if application is None:
        raise NoSuchApplication
    if not policy.can_decide_on_access(actor, application.owner):
        raise NotYourAccess
    if actor.user_id == application.submitted_by:
        raise OwnApplication
    APPLICATION_FLOW.after(verb, ApplicationStatus(application.status))
    return application


def _decide(application: DataApplication, verb: str, actor: Actor, note: str) -> DataApplication:
    status = APPLICATION_FLOW.after(verb, ApplicationStatus(application.status))
    application.status, application.note = status, note.strip()
    application.decided_at, application.decided_by = now(), actor.user_id
    application.save(update_fields=["status", "note", "decided_at", "decided_by"])
    record(action=f"application.{status.value}", actor=actor, subject=application, note=application.note)
    desk.close_item(
        queue=QUEUE, subject_kind=SUBJECT, subject_id=str(application.pk), outcome=status.value, actor=actor
    )
    return application


def _end(grant: Grant, verb: str, actor: Actor, reason: str) -> Grant:
    grant.status = GRANT_FLOW.after(verb, GrantStatus(grant.status))
    grant.ended_at, grant.end_reason = now(), reason
    grant.save(update_fields=["status", "ended_at", "end_reason"])
    record(action=f"grant.{grant.status}", actor=actor, subject=grant, reason=reason)
    _seal_anew(grant)
    return grant


def _seal_anew(grant: Grant) -> None:
    """Where this grant alone opens a feed, or closes it by its end, all of the feed is sealed once more.

    The feed is held: of two grants that end at once one sees that it was the last.
    """
    resource = catalogue.known(grant.resource)
    if resource is None or not resource.addressed_by or not _is_of_everything(grant, resource):
        return
    feeds = Feed.objects.named(grant.owner, resource.name, catalogue.audience_of(grant.to))
    feed = feeds.filter(is_own=True).select_for_update(no_key=True).first()
    others = opening_grants(owner=grant.owner, to=[grant.to], resource=resource)
    if feed is not None and not any(other.pk != grant.pk for other in others):
        mark_anew(feed, resource)


def _facts(row: DataApplication | Grant) -> dict:
    return {"owner": row.owner, "resource": row.resource, "purpose": row.purpose, "fields": row.fields}
