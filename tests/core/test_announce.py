"""Jobs are announced once a change is committed, and a broker that is down is no concern of the caller."""

import pytest
from celery import current_app
from django.db import transaction

from sojourn.core.announce import after_commit


@pytest.fixture
def sent(monkeypatch):
    names = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_words: names.append(name), raising=False)
    return names


@pytest.mark.django_db(transaction=True)
def test_a_job_is_queued_when_the_change_is_committed_and_not_before(sent):
    with transaction.atomic():
        after_commit("a.job", 1)
        before = list(sent)

    assert (before, sent) == ([], ["a.job"])


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_change_that_was_undone_is_never_queued(sent):
    with transaction.atomic():
        after_commit("a.job", 1)
        transaction.set_rollback(True)

    assert sent == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("inside", [True, False])
def test_a_broker_that_is_down_costs_the_caller_nothing(monkeypatch, inside):
    def refuse(*_words, **_others):
        raise ConnectionError

    monkeypatch.setattr(current_app, "send_task", refuse, raising=False)

    if inside:
        with transaction.atomic():
            after_commit("a.job", 1)
    else:
        after_commit("a.job", 1)
