"""What it takes to read, check, apply and undo a spreadsheet of ten thousand residents, beside plain rows of the same.

The rival is one COPY of the same people into a table without encryption, blind indexes, history, trail or pinyin.
"""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from residents.registry import services
from residents.registry.models import ImportBatch, Resident
from sojourn.core.identifiers import sample_identity
from sojourn.local.sample.residents import FIRST_BIRTH, plan_residents
from sojourn.local.sample.sizes import Size
from sojourn.local.sample.writer import seats
from sojourn.web.spreadsheets import Limits, read_table
from tests.bench.measure import machine, table, write_section
from tests.residents.actors import staff
from tests.residents.spreadsheets import xlsx

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
ROWS, ROUNDS, BAD_OF_A_HUNDRED = 10_000, 3, 3
HEADINGS = ["姓名", "身份证号码", "户籍所在地区", "本人电话", "联系人姓名", "联系人电话"]
READ, CHECK, APPLY, UNDO = "read the .xlsx", "check and seal", "apply", "undo"
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


def test_an_import_of_ten_thousand_rows():
    rows, officer = lines(), staff("")
    content = xlsx(rows, HEADINGS)
    seconds: dict[str, list[float]] = {}

    def took(case: str, work: Callable, **arguments):
        started = time.perf_counter()
        answer = work(**arguments)
        seconds.setdefault(case, []).append(time.perf_counter() - started)
        return answer

    file = {"name": "a.xlsx", "content": content, "size": len(content), "limits": Limits(ROWS, 10, 60)}
    for _ in range(ROUNDS):
        took(RIVAL, plainly, rows=rows)
        sheet = took(READ, read_table, **file)
        batch = took(
            CHECK,
            services.check_import,
            kind="residents",
            headings=sheet.headings,
            rows=sheet.rows,
            actor=officer,
        )
        services.confirm_import(batch_id=batch.pk, actor=officer)
        took(APPLY, services.apply_import, batch_id=batch.pk)
        assert Resident.objects.count() == ROWS * (100 - BAD_OF_A_HUNDRED) // 100
        services.undo_import(batch_id=batch.pk, actor=officer)
        took(UNDO, services.take_back_import, batch_id=batch.pk)
        assert not Resident.objects.exists()
        assert ImportBatch.objects.get(pk=batch.pk).status == "undone"

    rates = {case: ROWS / statistics.median(times) for case, times in seconds.items()}
    whole = ROWS / sum(statistics.median(seconds[case]) for case in (READ, CHECK, APPLY))
    shown = [(case, f"{rate:,.0f}", f"{rate / rates[RIVAL]:.3f}") for case, rate in rates.items()]
    shown.append(("read, check and apply together", f"{whole:,.0f}", f"{whole / rates[RIVAL]:.3f}"))
    text = f"{ROWS:,} rows, {BAD_OF_A_HUNDRED} % of them bad; median of {ROUNDS} rounds; {machine()}"
    heads = ("case", "rows/s", "beside plain rows")
    write_section("Residents from a spreadsheet", [text, "", *table(heads, shown)], rates | {"whole": whole})
    assert rates[APPLY] >= 1_000
