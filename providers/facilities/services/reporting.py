"""A facility, or the bureau for it, reports its public facts."""

from uuid import UUID

from django.db import transaction

from providers.facilities import policy
from providers.facilities.facts import CHECKS, FacilityFacts, checked
from providers.facilities.models import Facility, FeatureReport
from providers.facilities.reports import (
    Beds,
    FeatureAnswers,
    Prices,
    answer_rows,
    bed_columns,
    price_columns,
)
from providers.facilities.services.holding import held, permit, write
from sojourn.core.actors import Actor
from sojourn.core.clock import now, today
from sojourn.core.refusals import LostUpdate
from sojourn.core.trail import record


@transaction.atomic
def amend_facility(
    *, facility_id: UUID, facts: FacilityFacts, seen_version: int | None = None, actor: Actor
) -> Facility:
    """The named public facts of a facility are as given; what is not named stays.

    With ``seen_version`` the amendment is refused if the facility has changed since.
    """
    [facility] = held([facility_id], actor)
    permit(policy.can_report(actor, facility))
    if seen_version is not None and seen_version != facility.version:
        raise LostUpdate
    columns = checked(facts, known={name: getattr(facility, name) for name in CHECKS}, on=today())
    write(facility, columns, action="facility.amended", actor=actor)
    return facility


@transaction.atomic
def report_beds(*, facility_id: UUID, beds: Beds, actor: Actor) -> Facility:
    """A facility has these filed, operating and nursing beds as of a day."""
    [facility] = held([facility_id], actor)
    permit(policy.can_report(actor, facility))
    write(facility, bed_columns(beds, on=today()), action="facility.beds_reported", actor=actor)
    return facility


@transaction.atomic
def report_prices(*, facility_id: UUID, prices: Prices, actor: Actor) -> Facility:
    """A facility asks these fees a month, and this deposit, as of a day."""
    [facility] = held([facility_id], actor)
    permit(policy.can_report(actor, facility))
    write(facility, price_columns(prices, on=today()), action="facility.prices_reported", actor=actor)
    return facility


@transaction.atomic
def report_features(*, facility_id: UUID, report: FeatureAnswers, actor: Actor) -> Facility:
    """Each answered feature of a facility is as reported; features not answered stay as they were.

    The facility's own row notes the moment, so that its version rises with its answers.
    """
    [facility] = held([facility_id], actor)
    permit(policy.can_report(actor, facility))
    answers = answer_rows(report, on=today())
    before = dict(facility.feature_reports.values_list("feature", "answer"))
    FeatureReport.objects.bulk_create(
        [FeatureReport(facility=facility, **answer) for answer in answers],
        update_conflicts=True,
        unique_fields=["facility", "feature"],
        update_fields=["answer", "as_of", "reported_by"],
    )
    facility.features_reported_at = now()
    facility.save(update_fields=["features_reported_at"])
    after = {answer["feature"]: answer["answer"] for answer in answers}
    record(
        action="facility.features_reported",
        actor=actor,
        subject=facility,
        before={code: before.get(code) for code in after},
        after=after,
        as_of=report.as_of.isoformat(),
        reported_by=report.reported_by,
    )
    return facility
