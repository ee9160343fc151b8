"""Jobs are queued by name once a change is safely committed."""

from celery import current_app
from django.db import transaction

from sojourn.core import trace


def after_commit(name: str, *ids) -> None:
    """Queue a job by name once the current transaction is safely committed.

    Only losable work: what must not be lost stands in a table first and the job is a hint, so a
    broker that is down costs time and nothing else (``robust`` keeps its error from the caller).
    """
    traced = {"trace_id": trace.current()}

    # A function and no partial: Django names what failed, and a partial has no name.
    def send() -> None:
        current_app.send_task(name, args=ids, headers=traced, retry=False)

    transaction.on_commit(send, robust=True)
