"""Bodies and assessors come onto the register, are renewed, suspended and reinstated."""

from datetime import date
from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from providers.facilities.models import Facility
from residents.assessments import policy
from residents.assessments.errors import (
    AccountUnfit,
    FactsInvalid,
    NoSuchAssessor,
    NoSuchBody,
    NotYourBody,
    field_error,
)
from residents.assessments.models import Assessment, AssessmentBody, Assessor, Interest
from residents.assessments.naming import ASSESSOR_COUNTER, ASSESSOR_PREFIX, BODY_COUNTER, BODY_PREFIX
from residents.assessments.services.holding import number_of, stated
from residents.assessments.states import QUALIFICATION_FLOW, Background, InterestKind, Qualification
from residents.registry.models import Resident
from sojourn.accounts.models import Membership, User
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import today
from sojourn.core.constraints import refusing
from sojourn.core.identifiers import credit_code
from sojourn.core.trail import record
from sojourn.provinces.models import Division

HOLDER_KIND = "assessor"
LONGEST_NAME = {"body": 120, "assessor": 60}


class NewAssessor(TypedDict, total=False):
    """Who a new assessor is; ``qualified_until`` is the last day, None without an end."""

    name: str
    background: str
    certificate: str
    qualified_from: date
    qualified_until: date | None
    is_sample: bool


class NewBody(TypedDict, total=False):
    """What a new body is; ``qualified_until`` is the last day, None without an end."""

    name: str
    credit_code: str | None
    qualified_from: date
    qualified_until: date | None
    is_sample: bool


@transaction.atomic
def register_body(*, division_code: str, facts: NewBody, actor: Actor) -> AssessmentBody:
    """A body may assess from its first day on, under the bureau of its place."""
    if not policy.can_register_body(actor, division_code):
        raise NotYourBody
    province = Division.objects.filter(pk=division_code).values_list("province_code", flat=True).first()
    errors = [field_error("division", "unknown", _("没有这个地区"))] if province is None else []
    errors += _wrong_facts(facts, LONGEST_NAME["body"])
    if errors or province is None:
        raise FactsInvalid(errors=errors)
    taken = FactsInvalid(errors=[field_error("credit_code", "taken", _("这个代码已经登记"))])
    body = AssessmentBody(
        owner=province,
        number=number_of(BODY_PREFIX, BODY_COUNTER, province),
        division_id=division_code,
        **{**facts, "name": facts["name"].strip(), "credit_code": _credit_code(facts.get("credit_code"))},
    )
    with refusing("body_credit_code_once", taken):
        body.save(force_insert=True)
    record(action="assessmentbody.registered", actor=actor, subject=body, number=body.number)
    return body


@transaction.atomic
def register_assessor(*, body_id: UUID, facts: NewAssessor, actor: Actor) -> Assessor:
    """Somebody may assess for a body from her first day on."""
    body = _held_body(body_id, actor)
    errors = _wrong_facts(facts, LONGEST_NAME["assessor"])
    if facts.get("background") not in Background.values:
        errors.append(field_error("background", "unknown", _("请选择专业背景")))
    if errors:
        raise FactsInvalid(errors=errors)
    assessor = Assessor(
        owner=body.owner,
        number=number_of(ASSESSOR_PREFIX, ASSESSOR_COUNTER, body.owner),
        body=body,
        **{**facts, "name": facts["name"].strip()},
    )
    assessor.save(force_insert=True)
    record(action="assessor.registered", actor=actor, subject=assessor, number=assessor.number)
    return assessor


@transaction.atomic
def link_account(*, assessor_id: UUID, username: str, actor: Actor) -> Assessor:
    """An assessor signs with this account, which opens the staff's door to her and no division (decision 0022).

    AccountUnfit for one that is closed, another's, or of a facility or a family: it would lose that reach.
    """
    user = User.objects.locked().filter(username=username.strip(), is_active=True).first()
    assessor = _held_assessor(assessor_id, actor)
    if user is None or not _may_assess(user):
        raise AccountUnfit
    with refusing("assessments_assessor_user_id_key", AccountUnfit):
        Assessor.objects.filter(pk=assessor.pk).update(user_id=user.pk)
    place = {"holder_kind": HOLDER_KIND, "holder_id": assessor.pk}
    posts = Membership.objects.live_on(today()).filter(holder_kind=HOLDER_KIND, holder_id=assessor.pk)
    posts.exclude(user=user).update(valid_to=today())
    if not posts.filter(user=user).exists():
        Membership.objects.create(
            user=user,
            role=Role.OFFICER,
            division_code=assessor.body.division_id,
            valid_from=today(),
            **place,
        )
    record(action="assessor.account_linked", actor=actor, subject=assessor)
    assessor.refresh_from_db()
    return assessor


@transaction.atomic
def declare_interest(
    *,
    assessor_id: UUID,
    kind: str,
    since: date,
    facility_id: UUID | None = None,
    resident_id: UUID | None = None,
    actor: Actor,
) -> Interest:
    """From this day on the assessor signs nothing that concerns this facility, or this resident."""
    errors = [] if kind in InterestKind.values else [field_error("kind", "unknown", _("请选择利害关系"))]
    if (facility_id is None) == (resident_id is None):
        errors.append(field_error("facility", "one_of_two", _("养老机构和老年人须填且只填一项")))
    if facility_id is not None and not Facility.objects.filter(pk=facility_id).exists():
        errors.append(field_error("facility", "unknown", _("没有这家养老机构")))
    if resident_id is not None and not _is_known_to(actor, resident_id):
        errors.append(field_error("resident", "unknown", _("没有找到这位老年人")))
    if errors:
        raise FactsInvalid(errors=errors)
    assessor = _held_assessor(assessor_id, actor, herself=True)
    interest = Interest.objects.create(
        assessor=assessor, kind=kind, facility_id=facility_id, resident_id=resident_id, since=since
    )
    record(action="assessor.interest_declared", actor=actor, subject=assessor, kind=kind)
    return interest


def suspend_body(*, body_id: UUID, reason: str, actor: Actor) -> AssessmentBody:
    """No assessor of this body signs until it is reinstated."""
    return _move_body(body_id, "suspend", actor, stated(reason))


def reinstate_body(*, body_id: UUID, actor: Actor) -> AssessmentBody:
    """The body may assess again."""
    return _move_body(body_id, "reinstate", actor, "")


def suspend_assessor(*, assessor_id: UUID, reason: str, actor: Actor) -> Assessor:
    """She signs nothing until she is reinstated."""
    return _move_assessor(assessor_id, "suspend", actor, stated(reason))


def reinstate_assessor(*, assessor_id: UUID, actor: Actor) -> Assessor:
    """She may sign again."""
    return _move_assessor(assessor_id, "reinstate", actor, "")


@transaction.atomic
def renew_body(*, body_id: UUID, qualified_until: date | None, actor: Actor) -> AssessmentBody:
    """A body is qualified up to and with this day; None is without an end."""
    body = _held_body(body_id, actor)
    _renew(body, qualified_until)
    record(action="assessmentbody.renewed", actor=actor, subject=body, until=str(qualified_until or ""))
    return body


@transaction.atomic
def renew_assessor(*, assessor_id: UUID, qualified_until: date | None, actor: Actor) -> Assessor:
    """An assessor is qualified up to and with this day; None is without an end."""
    assessor = _held_assessor(assessor_id, actor)
    _renew(assessor, qualified_until)
    record(action="assessor.renewed", actor=actor, subject=assessor, until=str(qualified_until or ""))
    return assessor


# --- steps ----------------------------------------------------------------------------------------
def _held_body(body_id: UUID, actor: Actor) -> AssessmentBody:
    body = AssessmentBody.objects.visible_to(actor).locked().filter(pk=body_id).first()
    if body is None:
        raise NoSuchBody
    if not policy.can_keep(actor, body):
        raise NotYourBody
    return body


def _held_assessor(assessor_id: UUID, actor: Actor, *, herself: bool = False) -> Assessor:
    """The assessor, held with her body; an assessor herself may tell what ties her."""
    body_id = Assessor.objects.visible_to(actor).filter(pk=assessor_id).values_list("body", flat=True).first()
    if body_id is None:
        raise NoSuchAssessor
    body = AssessmentBody.objects.locked().get(pk=body_id)
    assessor = Assessor.objects.locked().get(pk=assessor_id)
    assessor.body = body
    is_herself = herself and actor.second_factor and actor.user_id == assessor.user_id is not None
    if not (is_herself or policy.can_keep(actor, body)):
        raise NotYourBody
    return assessor


@transaction.atomic
def _move_body(body_id: UUID, verb: str, actor: Actor, reason: str) -> AssessmentBody:
    body = _held_body(body_id, actor)
    _move(body, verb, reason)
    if verb == "suspend":
        record(action="assessmentbody.suspended", actor=actor, subject=body, reason=reason)
    else:
        record(action="assessmentbody.reinstated", actor=actor, subject=body)
    return body


@transaction.atomic
def _move_assessor(assessor_id: UUID, verb: str, actor: Actor, reason: str) -> Assessor:
    assessor = _held_assessor(assessor_id, actor)
    _move(assessor, verb, reason)
    if verb == "suspend":
        record(action="assessor.suspended", actor=actor, subject=assessor, reason=reason)
    else:
        record(action="assessor.reinstated", actor=actor, subject=assessor)
    return assessor


def _move(one: AssessmentBody | Assessor, verb: str, reason: str) -> None:
    one.status = QUALIFICATION_FLOW.after(verb, Qualification(one.status))
    one.suspended_for = reason
    one.save(update_fields=["status", "suspended_for"])
    one.refresh_from_db(fields=["version", "changed_at"])


def _renew(one: AssessmentBody | Assessor, until: date | None) -> None:
    if until is not None and until < one.qualified_from:
        raise FactsInvalid(errors=[_out_of_order()])
    one.qualified_until = until
    one.save(update_fields=["qualified_until"])
    one.refresh_from_db(fields=["version", "changed_at"])


def _wrong_facts(facts: NewBody | NewAssessor, longest: int) -> list[dict]:
    name, errors = facts.get("name", "").strip(), []
    if not name or len(name) > longest or "\0" in name:
        errors.append(field_error("name", "missing", _("请填写名称")))
    begins, ends = facts.get("qualified_from"), facts.get("qualified_until")
    if begins is None:
        errors.append(field_error("qualified_from", "missing", _("请填写资格生效日期")))
    elif ends is not None and ends < begins:
        errors.append(_out_of_order())
    return errors


def _out_of_order() -> dict:
    return field_error("qualified_until", "before_its_beginning", _("资格有效至不能早于生效日期"))


def _is_known_to(actor: Actor, resident_id: UUID) -> bool:
    """She sees the resident, or an assessment of her that she was asked to make."""
    assessed = Assessment.objects.visible_to(actor).filter(resident=resident_id)
    return Resident.objects.visible_to(actor).filter(pk=resident_id).exists() or assessed.exists()


def _credit_code(code: str | None) -> str | None:
    return credit_code(code) if code and code.strip() else None


def _may_assess(user: User) -> bool:
    return not user.memberships.live_on(today()).exclude(role=Role.OFFICER).exists()
