"""Queues and kinds of decision as a room above would register them."""

from datetime import timedelta

import pytest

from sojourn.desk import decisions, queues
from sojourn.desk.decisions import DecisionKind
from sojourn.desk.queues import Queue

OUTCOMES = {"done": "已核查", "dropped": "不需核查"}


@pytest.fixture(autouse=True)
def sample_queues(monkeypatch):
    """One queue closed at the desk, one by its room, one that needs a second person; one term by rule."""
    registry = {}
    monkeypatch.setattr(queues, "_queues", registry)
    for queue in (
        Queue("sample_checks", "样例核查", OUTCOMES, working_days=5, closes_at_desk=True),
        Queue(
            "sample_replies",
            "样例答复",
            OUTCOMES,
            rule="sharing_reply_days_conditional",
            where=lambda item: f"/admin/sample/{item.subject_id}/",
        ),
        Queue(
            "sample_penalties",
            "样例处罚",
            OUTCOMES,
            working_days=5,
            needs_second_person=True,
            closes_at_desk=True,
        ),
    ):
        queues.register(queue)
    return registry


@pytest.fixture(autouse=True)
def carried_out(monkeypatch) -> list:
    """What proposals of the sample kind did, in order: (facts, actor)."""
    done: list = []
    monkeypatch.setattr(decisions, "_kinds", {})
    decisions.register(
        DecisionKind(
            "sample_release",
            "样例解除",
            carry_out=lambda proposal, actor: done.append((proposal.facts, actor)),
            open_for=timedelta(days=7),
        )
    )
    return done
