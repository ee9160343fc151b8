"""What rooms register at the desk can be found, and what they name exists."""

import pytest

from sojourn.desk import decisions, queues
from sojourn.desk.queues import Queue
from sojourn.desk.subjects import resolved
from tests.factories.desk import WorkItemFactory

QUEUES = queues.registered()
KINDS = decisions.registered()


def test_a_queue_is_found_by_its_code():
    queues.register(Queue("another", "另一类", {"done": "已办"}, working_days=1))

    assert queues.named("another").working_days == 1
    assert str(queues.label_of("another")) == "另一类"


def test_what_nobody_registered_is_a_mistake_to_open_and_no_trouble_to_show():
    with pytest.raises(KeyError):
        queues.named("gone")
    with pytest.raises(KeyError):
        decisions.named("gone")

    assert (queues.label_of("gone"), decisions.label_of("gone")) == ("gone", "gone")
    assert (queues.found("gone"), decisions.found("gone")) == (None, None)


@pytest.mark.django_db
def test_a_queue_may_name_its_items_in_the_readers_language():
    item = WorkItemFactory(queue="another", facts={"page": 7})
    named = Queue("another", "另一类", {"done": "已办"}, title=lambda item: f"第 {item.facts['page']} 页")
    before = str(item)
    queues.register(named)

    assert (before, str(item)) == (item.title, "第 7 页")


def test_a_function_may_be_named():
    assert resolved("sojourn.desk.subjects.resolved") is resolved
    assert resolved(len) is len


def named_by(part) -> bool:
    return part is None or callable(resolved(part))


def test_every_queue_of_a_room_has_a_term_and_names_what_exists():
    for queue in QUEUES:
        assert queue.outcomes, queue
        assert not (queue.rule and queue.working_days), queue
        assert named_by(queue.where), queue
        assert named_by(queue.title), queue


def test_every_kind_of_decision_of_a_room_names_what_exists():
    for kind in KINDS:
        parts = (kind.carry_out, kind.may_propose, kind.may_approve, kind.where)
        assert all(named_by(part) for part in parts), kind
