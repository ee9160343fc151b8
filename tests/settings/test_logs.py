"""A log line is one JSON object that leads to its answer and quotes nobody."""

import io
import json
import logging

import pytest
import structlog
from celery import current_app
from celery.app.log import Logging
from django.conf import settings

from sojourn.core import trace
from sojourn.settings import logs

CANARY = "11010519491231002X"


@pytest.fixture
def lines():
    """What is logged during a test, line by line, as the handlers of a node write it."""
    written = io.StringIO()
    words = dict(settings.LOGGING["formatters"]["json"])
    handler = logging.StreamHandler(written)
    handler.setFormatter(words.pop("()")(**words))
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)


def fail() -> None:
    raise ValueError(f"no such person: {CANARY}")


def test_a_line_carries_the_trace_id_of_its_answer(lines):
    trace_id = trace.begin()

    structlog.get_logger("sojourn.test").info("done", count=3)

    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "done",
        "count": 3,
        "level": "info",
        "logger": "sojourn.test",
        "trace_id": trace_id,
    }


def test_an_error_is_logged_by_type_and_place_and_not_by_its_text(lines):
    try:
        fail()
    except ValueError as error:
        structlog.get_logger("sojourn.test").error("unhandled", exc_info=error)

    (line,) = lines()
    assert line["error"] == "ValueError"
    assert line["places"][-1].endswith(" fail")
    assert CANARY not in json.dumps(line)


def test_an_error_that_a_library_reports_keeps_its_template_only(lines):
    try:
        fail()
    except ValueError as error:
        logging.getLogger("celery.app.trace").exception("Task %s raised: %s", "seal", error)

    (line,) = lines()
    assert line["event"] == "Task %s raised: %s"
    assert line["error"] == "ValueError"
    assert CANARY not in json.dumps(line)


def test_a_request_is_logged_by_its_pattern_and_the_names_of_its_parameters(lines, client, db):
    answer = client.get(f"/bases/{CANARY}/", {"q": CANARY, CANARY: "1"}, headers={"user-agent": CANARY})

    (line,) = [line for line in lines() if line["event"] == "request"]
    assert line["route"].startswith("/bases/<")
    assert line["parameters"] == ["q"]
    assert line["status"] == answer.status_code
    assert line["trace_id"] == answer["X-Trace-Id"]
    assert CANARY not in json.dumps(lines())


def test_the_job_runner_leaves_the_logs_as_the_settings_made_them():
    root = logging.getLogger()
    before = list(root.handlers)

    Logging(current_app._get_current_object()).setup_logging_subsystem(loglevel="INFO")

    assert root.handlers == before


@pytest.mark.parametrize(("level", "told"), [("INFO", False), ("DEBUG", True), ("WARNING", False)])
def test_what_runs_every_second_is_told_only_to_who_asks_for_more(level, told):
    loggers = logs.configuration(level=level)["loggers"]

    for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace", "httpx"):
        assert (logging.getLevelName(loggers[name]["level"]) <= logging.INFO) is told
        # A job that failed is told whoever asks.
        assert logging.getLevelName(loggers[name]["level"]) <= logging.ERROR
