"""What it takes to read, check, apply and undo a spreadsheet of assessments made elsewhere, beside plain rows of the same.

The rival is one COPY of the same papers, their answers as text, into a table without encryption, history or trail, and
without a score.
"""

import json
from datetime import timedelta

import pytest
from django.db import connection

from residents.assessments.models import Assessment
from residents.assessments.papers import HEADINGS
from residents.registry.cells import in_source
from residents.registry.models import Resident
from residents.registry.services import NewResident, register_residents
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import today
from sojourn.local.sample.residents import plan_residents
from sojourn.local.sample.sizes import Size
from sojourn.local.sample.writer import seats
from tests.bench.sheets import APPLY, Timed, imported, report, undone
from tests.residents.actors import staff
from tests.residents.assessments.answers import EXACTLY_MILD
from tests.residents.spreadsheets import xlsx

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
ROWS, ROUNDS, BAD_OF_A_HUNDRED = 5_000, 3, 3
RIVAL = "plain rows by one COPY, no score, encryption, history or trail"
PLAIN = "CREATE TEMP TABLE plain (resident text, source text, reference text, assessed date, said text)"
NO_CIRCUMSTANCE = {"coma": "否", "dementia": "否", "mental_disorder": "否", "care_risk_events": 0}
SAID = {
    "source": "样例市第一医院",
    "assessor1": "安一",
    "background1": "医学背景",
    "assessor2": "白二",
    "background2": "其他专业背景",
    **{code: str(score) for code, score in EXACTLY_MILD.items()},
    **NO_CIRCUMSTANCE,
}


def lines() -> list[dict]:
    """A paper of each of many residents: three in a hundred are of a day to come."""
    people: list[NewResident] = [one.row for one in plan_residents(Size("bench", 0, 0, 0, ROWS), 1, seats())]
    ids = register_residents(rows=people, actor=SYSTEM)
    numbers = dict(Resident.objects.in_bulk(ids))
    found = []
    for serial, key in enumerate(ids):
        day = today() + timedelta(days=30 if serial % 100 < BAD_OF_A_HUNDRED else -30)
        paper = {"resident": numbers[key].number, "paper_reference": f"评2026-{serial}"}
        found.append(SAID | paper | {"assessed_on": f"{day:%Y-%m-%d}"})
    return found


def plainly(papers: list[dict]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
        with cursor.copy("COPY plain FROM STDIN") as copy:
            for paper in papers:
                told = (paper[column] for column in ("resident", "source", "paper_reference", "assessed_on"))
                copy.write_row([*told, json.dumps(paper, ensure_ascii=False)])
        cursor.execute("DROP TABLE plain")


def test_an_import_of_five_thousand_results():
    papers, officer, timed = lines(), staff(""), Timed(ROWS)
    rows = [[paper[column] for column in HEADINGS] for paper in papers]
    content = xlsx(rows, [in_source(label) for label in HEADINGS.values()])
    counting = Assessment.objects.filter(valid_until__isnull=False, concluded_on__isnull=False)

    for _ in range(ROUNDS):
        timed.took(RIVAL, plainly, papers=papers)
        batch = imported(timed, "assessments", content, officer)
        assert counting.count() == ROWS * (100 - BAD_OF_A_HUNDRED) // 100
        undone(timed, batch, officer)
        assert not counting.exists()

    told = f"{ROWS:,} papers of 26 items, {BAD_OF_A_HUNDRED} % of them bad; median of {ROUNDS} rounds;"
    report(timed, heading="Results from a spreadsheet", told=told, rival=RIVAL, measured=APPLY)
