"""The bureau reports the grade that a facility was given."""

from datetime import date
from functools import cache
from uuid import UUID

from django.db import transaction

from providers.facilities import policy
from providers.facilities.models import Facility
from providers.facilities.reports import FacilityGrade, grade_columns
from providers.facilities.services.holding import held, permit, write
from sojourn.core.actors import Actor
from sojourn.core.clock import today
from sojourn.provinces.rules import rule


@transaction.atomic
def report_grade(*, facility_id: UUID, report: FacilityGrade, actor: Actor) -> Facility:
    """A facility holds this grade from the day it was given for as long as that day's rule lets it.

    Without a grade it holds none that is known.
    """
    [facility] = held([facility_id], actor)
    permit(policy.can_decide(actor, facility))
    columns = Grading(today()).columns(report, facility.owner)
    write(facility, columns, action="facility.grade_reported", actor=actor)
    return facility


class Grading:
    """Grades as they are stored on one day; each rule is looked up once."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.valid_years = cache(self._valid_years)

    def columns(self, report: FacilityGrade, member: str) -> dict:
        years = self.valid_years(report.graded_on or self.on, member)
        return grade_columns(report, valid_years=years, on=self.on)

    def _valid_years(self, day: date, member: str) -> int:
        return rule("facility_grade_valid_years", on=day, member=member)
