"""Two at once: threads that start together, and a pause before each commit that lets them meet."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from sojourn.core.refusals import Refusal

PAUSE = 0.3


def race(*verbs: Callable) -> list:
    """What each verb answers when all begin at the same moment; a refusal, or a constraint's, is an answer."""
    together = Barrier(len(verbs), timeout=10)

    def run(verb: Callable):
        together.wait()
        try:
            return verb()
        except (Refusal, IntegrityError) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


@pytest.fixture
def slow_before_commit(monkeypatch):
    """Every transaction rests before its commit, so that a missing lock shows every time."""
    commit = DatabaseWrapper.commit

    def rest_and_commit(self):
        time.sleep(PAUSE)
        commit(self)

    monkeypatch.setattr(DatabaseWrapper, "commit", rest_and_commit)
