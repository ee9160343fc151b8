"""A facility opens, pauses and closes; a listing changes its standing."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from providers.facilities import policy
from providers.facilities.errors import NoSuchOperator
from providers.facilities.models import Facility, Operator
from providers.facilities.services.holding import held, permit, stated, write
from providers.facilities.states import FACILITY_FLOW, FacilityStatus, Standing
from sojourn.core.actors import Actor
from sojourn.core.trail import record_all


def open_facility_to_sojourners(*, facility_id: UUID, actor: Actor) -> Facility:
    """A facility takes sojourners from now on and everyone can find it."""
    return open_facilities_to_sojourners(facility_ids=[facility_id], actor=actor)[0]


@transaction.atomic
def open_facilities_to_sojourners(*, facility_ids: Collection[UUID], actor: Actor) -> list[Facility]:
    """All of these facilities take sojourners from now on, or none of them does."""
    facilities = held(facility_ids, actor)
    lines = []
    for facility in facilities:
        permit(policy.can_open_to_sojourners(actor, facility))
        lines.append((facility, {"before": {"status": facility.status}}))
        facility.status = FACILITY_FLOW.after("open_to_sojourners", FacilityStatus(facility.status))
    Facility.objects.filter(pk__in=facility_ids).update(status=FacilityStatus.OPEN)
    record_all(action="facility.opened", actor=actor, lines=lines)
    return facilities


@transaction.atomic
def pause_facility(*, facility_id: UUID, reason: str, actor: Actor) -> Facility:
    """A facility takes no new sojourners for a while; it can still be found."""
    [facility] = held([facility_id], actor)
    permit(policy.can_report(actor, facility))
    status = FACILITY_FLOW.after("pause", FacilityStatus(facility.status))
    write(facility, {"status": status}, action="facility.paused", actor=actor, reason=stated(reason))
    return facility


@transaction.atomic
def close_facility(*, facility_id: UUID, reason: str, actor: Actor) -> Facility:
    """A facility has ceased; it leaves the public list and its rows stay."""
    [facility] = held([facility_id], actor)
    permit(policy.can_decide(actor, facility))
    status = FACILITY_FLOW.after("close", FacilityStatus(facility.status))
    write(facility, {"status": status}, action="facility.closed", actor=actor, reason=stated(reason))
    return facility


@transaction.atomic
def set_standing(*, facility_id: UUID, standing: Standing, ground: str, actor: Actor) -> Facility:
    """A facility stands under the effect of a listing, or no longer; ``ground`` names the decision."""
    [facility] = held([facility_id], actor)
    permit(policy.can_decide(actor, facility))
    columns = {"standing": Standing(standing)}
    write(facility, columns, action="facility.standing_set", actor=actor, ground=stated(ground))
    return facility


@transaction.atomic
def set_operator_standing(*, operator_id: UUID, standing: Standing, ground: str, actor: Actor) -> Operator:
    """An operator stands under the effect of a listing, or no longer; ``ground`` names the decision."""
    operator = Operator.objects.locked().filter(pk=operator_id).first()
    if operator is None:
        raise NoSuchOperator
    permit(policy.can_decide(actor, operator))
    columns = {"standing": Standing(standing)}
    write(operator, columns, action="operator.standing_set", actor=actor, ground=stated(ground))
    return operator
