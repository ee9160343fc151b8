"""A job and the request that announced it share one trace id."""

import gc

import pytest

from sojourn.celery import app
from sojourn.core import trace


@pytest.fixture
def job():
    """A job that tells the trace id it runs under."""
    yield app.task(trace.current, name="tests.tell_trace", bind=False)
    app.tasks.pop("tests.tell_trace")


def test_an_announced_job_goes_on_under_the_trace_id_it_was_sent_with(job):
    answer = job.apply(headers={"trace_id": "0123456789abcdef0123456789abcdef"})

    assert answer.get() == "0123456789abcdef0123456789abcdef"


def test_a_worker_does_not_look_through_what_it_held_when_it_began():
    gc.unfreeze()

    app.loader.init_worker_process()

    assert gc.get_freeze_count() > 10_000
    gc.unfreeze()


def test_a_scheduled_job_begins_a_trace_of_its_own(job):
    first, second = job.apply().get(), job.apply().get()

    assert len(first) == len(second) == 32
    assert first != second
