"""What it takes to read, check, apply and undo a spreadsheet of residents, beside plain rows of the same.

The rival is one COPY of the same people into a table without encryption, blind indexes, history, trail or pinyin.
"""

from datetime import timedelta

import pytest
from django.db import connection

from residents.registry.models import Resident
from sojourn.core.identifiers import sample_identity
from sojourn.local.sample.residents import FIRST_BIRTH, plan_residents
from sojourn.local.sample.sizes import Size
from sojourn.local.sample.writer import seats
from tests.bench.sheets import WHOLE, Timed, imported, report, undone
from tests.residents.actors import staff
from tests.residents.spreadsheets import xlsx

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
ROWS, ROUNDS, BAD_OF_A_HUNDRED = 10_000, 3, 3
HEADINGS = ["姓名", "身份证号码", "户籍所在地区", "本人电话", "联系人姓名", "联系人电话"]
RIVAL = "plain rows by one COPY, no encryption, index, history or trail"
PLAIN = "CREATE TEMP TABLE plain (name text, identity text, home text, phone text, contact text, contact_phone text)"


def lines() -> list[list[str]]:
    """People as a spreadsheet has them: three in a hundred with a name that cannot be one."""
    planned = plan_residents(Size("bench", 0, 0, 0, ROWS), 1, seats())
    found = []
    for serial, one in enumerate(planned):
        facts = one.row.facts
        name = "张3" if serial % 100 < BAD_OF_A_HUNDRED else facts["name"]
        number = sample_identity(serial, FIRST_BIRTH + timedelta(days=serial))
        contact = [facts.get(key) or "" for key in ("phone", "contact_name", "contact_phone")]
        found.append([name, number, one.row.home_division_code, *contact])
    return found


def plainly(rows: list[list[str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
        with cursor.copy("COPY plain FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("DROP TABLE plain")


def test_an_import_of_ten_thousand_residents():
    rows, officer, timed = lines(), staff(""), Timed(ROWS)
    content = xlsx(rows, HEADINGS)

    for _ in range(ROUNDS):
        timed.took(RIVAL, plainly, rows=rows)
        batch = imported(timed, "residents", content, officer)
        assert Resident.objects.count() == ROWS * (100 - BAD_OF_A_HUNDRED) // 100
        undone(timed, batch, officer)
        assert not Resident.objects.exists()

    told = f"{ROWS:,} rows, {BAD_OF_A_HUNDRED} % of them bad; median of {ROUNDS} rounds;"
    report(timed, heading="Residents from a spreadsheet", told=told, rival=RIVAL, measured=WHOLE)
