"""Random writes: by the services, by plain SQL, one row or many, in transactions that commit or do not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction

from providers.facilities import features, naming
from providers.facilities.facts import FacilityFacts
from providers.facilities.models import Facility
from providers.facilities.reports import Beds, FeatureAnswers, Prices
from providers.facilities.services import deciding, registering, reporting
from providers.facilities.states import Answer
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import today
from sojourn.core.refusals import Refusal
from sojourn.sharing.services import membership
from tests.sharing.modelling.recording import Name, Row

DIVISIONS = {
    "440000": "440106",
    "450000": "450103",
    "500000": "500103",
    "610000": "610103",
    "210000": "210102",
}


class RolledBack(Exception):
    """The transaction of a write was given up."""


@dataclass
class Writer:
    """Writes at one node; ``busy`` are the entities that an open transaction holds."""

    random: Random
    members: tuple[str, ...]
    standing: dict[Name, Row]
    busy: set[str] = field(default_factory=set)

    def write(self) -> str:
        """One random write is committed, or was refused; what it was."""
        verb = self.random.choice(VERBS)
        try:
            with transaction.atomic():
                verb(self)
        except (Refusal, IntegrityError):
            # A database that was put back counts numbers again that its own pages have brought back.
            return f"{verb.__name__} refused"
        return verb.__name__

    def write_and_regret(self) -> None:
        """A write whose transaction never commits."""
        try:
            with transaction.atomic():
                self.write()
                raise RolledBack
        except RolledBack:
            pass

    def hold(self) -> list[str]:
        """Writes of a transaction that somebody else will end; the entities it touches."""
        touched = self._some("facilities", 2) + self._some("operators", 1)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE facilities_facility SET telephone_hours = %s WHERE id = ANY(%s::uuid[])",
                [self._word(), touched],
            )
            cursor.execute(
                "UPDATE facilities_operator SET credit_code = NULL, registration_type = %s"
                " WHERE id = ANY(%s::uuid[])",
                [self.random.choice(["public", "non_profit", "for_profit"]), touched],
            )
        return touched

    # --- what there is to write about ---------------------------------------------------------------
    def _some(self, resource: str, most: int) -> list[str]:
        """Entities of a resource that nobody holds, at most so many."""
        free = [e for (r, e) in self.standing if r == resource and e not in self.busy]
        return self.random.sample(free, min(len(free), self.random.randint(1, most)))

    def _facility(self) -> UUID | None:
        found = self._some("facilities", 1)
        return UUID(found[0]) if found else None

    def _word(self) -> str:
        return f"{self.random.choice('东南西北中')}{self.random.randrange(1000)}"

    def _division(self) -> str:
        return DIVISIONS[self.random.choice(self.members)]


def register_operator(w: Writer) -> None:
    registering.register_operator(
        name=f"汀鹭{uuid4().hex[:8]}公司", division_code=w._division(), actor=SYSTEM
    )


def register_facility(w: Writer) -> None:
    operators = w._some("operators", 1)
    registering.register_facility(
        listed_name=f"颐养院{uuid4().hex[:8]}",
        division_code=w._division(),
        operator_id=UUID(operators[0]) if operators and w.random.random() < 0.7 else None,
        facts=FacilityFacts(address=w._word()),
        actor=SYSTEM,
    )


def register_several(w: Writer) -> None:
    rows = [
        registering.NewFacility(
            f"颐养院{uuid4().hex[:8]}",
            w._division(),
            features=FeatureAnswers({"lift": Answer.YES}, today(), "机构自报") if at % 2 else None,
        )
        for at in range(w.random.randint(2, 5))
    ]
    registering.register_facilities(rows=rows, actor=SYSTEM)


def amend(w: Writer) -> None:
    if facility := w._facility():
        facts = FacilityFacts(address=w._word(), languages=w.random.sample(["mandarin", "hakka", "gan"], 2))
        reporting.amend_facility(facility_id=facility, facts=facts, actor=SYSTEM)


def report_beds(w: Writer) -> None:
    if facility := w._facility():
        beds = Beds(w.random.randint(50, 90), w.random.randint(1, 50), None, today() - timedelta(days=3))
        reporting.report_beds(facility_id=facility, beds=beds, actor=SYSTEM)


def report_prices(w: Writer) -> None:
    if facility := w._facility():
        prices = Prices(w.random.randrange(300_000), 1, 2, None, today() - timedelta(days=3))
        reporting.report_prices(facility_id=facility, prices=prices, actor=SYSTEM)


def report_features(w: Writer) -> None:
    if facility := w._facility():
        codes = w.random.sample(sorted(features.BY_CODE), 3)
        answers = {code: w.random.choice(list(Answer)) for code in codes}
        report = FeatureAnswers(answers, today() - timedelta(days=3), "机构自报")
        reporting.report_features(facility_id=facility, report=report, actor=SYSTEM)


def open_several(w: Writer) -> None:
    ids = [UUID(each) for each in w._some("facilities", 3)]
    deciding.open_facilities_to_sojourners(facility_ids=ids, actor=SYSTEM)


def pause(w: Writer) -> None:
    if facility := w._facility():
        deciding.pause_facility(facility_id=facility, reason="装修", actor=SYSTEM)


def beat(_w: Writer) -> None:
    membership.beat_hearts()


def amend_twice(w: Writer) -> None:
    """Two versions in one transaction, of which nobody else ever sees the first."""
    if facility := w._facility():
        for _ in range(2):
            facts = FacilityFacts(telephone=str(w.random.randrange(10**8)))
            reporting.amend_facility(facility_id=facility, facts=facts, actor=SYSTEM)


def update_in_bulk(w: Writer) -> None:
    ids = w._some("facilities", 30)
    Facility.objects.filter(pk__in=ids).update(telephone_hours=w._word())


def update_by_hand(w: Writer) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE facilities_operator SET standing = %s WHERE id = ANY(%s::uuid[])",
            [w.random.choice(["good", "focus_supervision"]), w._some("operators", 4)],
        )


def rename_operator(w: Writer) -> None:
    for operator in w._some("operators", 1):
        name = f"汀鹭{uuid4().hex[:8]}集团"
        columns = {"name": name, **naming.search_columns(name)}
        with connection.cursor() as cursor:
            sets = ", ".join(f"{column} = %s" for column in columns)
            cursor.execute(
                f"UPDATE facilities_operator SET {sets} WHERE id = %s", [*columns.values(), operator]
            )


def hand_over(w: Writer) -> None:
    """A facility has another operator, or none."""
    operators = w._some("operators", 1)
    operator = operators[0] if operators and w.random.random() < 0.6 else None
    if facility := w._facility():
        Facility.objects.filter(pk=facility).update(operator_id=operator)


def delete_operator(w: Writer) -> None:
    """An operator to which nothing belongs any more is withdrawn."""
    for operator in w._some("operators", 2):
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM facilities_operator AS t WHERE id = %s"
                " AND NOT EXISTS (SELECT FROM facilities_facility WHERE operator_id = t.id)",
                [operator],
            )


def delete_facility(w: Writer) -> None:
    if facility := w._facility():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM facilities_featurereport WHERE facility_id = %s", [facility])
            cursor.execute("DELETE FROM facilities_facility WHERE id = %s", [facility])


def clear_out(w: Writer) -> None:
    """An operator leaves with its facilities: they go to nobody, and it is withdrawn."""
    for operator in w._some("operators", 1):
        ids = [e for (r, e), row in w.standing.items() if r == "facilities" and e in w.busy]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE facilities_facility SET operator_id = NULL"
                " WHERE operator_id = %s AND NOT id = ANY(%s::uuid[])",
                [operator, ids],
            )
        delete_operator(w)


VERBS: tuple[Callable[[Writer], None], ...] = (
    register_operator,
    register_operator,
    register_facility,
    register_facility,
    register_several,
    amend,
    report_beds,
    report_prices,
    report_features,
    report_features,
    open_several,
    pause,
    beat,
    amend_twice,
    update_in_bulk,
    update_by_hand,
    rename_operator,
    hand_over,
    hand_over,
    delete_operator,
    delete_facility,
    clear_out,
)
