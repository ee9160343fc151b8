"""What one question costs the database: its statements, and the time PostgreSQL itself takes for them."""

import json
import statistics
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

TIMES = 5


@dataclass(frozen=True)
class Cost:
    """Statements of one request, and PostgreSQL's milliseconds of planning and execution for all of them."""

    statements: int
    milliseconds: float
    texts: tuple[str, ...]


def cost_of(address: str) -> Cost:
    """The statements that an address leads to, each explained with its real run several times."""
    with CaptureQueriesContext(connection) as asked:
        answer = Client().get(address)
        assert answer.status_code == 200, answer.content.decode()
    texts = [query["sql"] for query in asked.captured_queries]
    reads = [text for text in texts if text.lstrip("( ").upper().startswith(("SELECT", "WITH"))]
    return Cost(len(texts), sum(_own_time(text) for text in reads), tuple(texts))


def _own_time(statement: str) -> float:
    times = []
    with connection.cursor() as cursor:
        for _ in range(TIMES):
            cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + statement.replace("%", "%%"), [])
            plan = cursor.fetchone()[0]
            [told] = json.loads(plan) if isinstance(plan, str) else plan
            times.append(told["Planning Time"] + told["Execution Time"])
    return statistics.median(times)
