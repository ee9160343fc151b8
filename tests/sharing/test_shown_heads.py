"""The simulated member shows a node heads, and finds out whatever that node names wrongly as unchanged."""

from dataclasses import astuple

import orjson
import pytest

from sojourn.sharing.conformance import feed_steps
from sojourn.sharing.conformance.run import run
from sojourn.sharing.conformance.visit import Outcome, framed_head
from tests.sharing.test_conformance import ABOUT_HEADS
from tests.sharing.visiting import changing, saying, visit_to

STEPS = (*ABOUT_HEADS, feed_steps.shown_heads_come_back)
NO_NAME = "unchanged holds what is no feed's name, or one twice"
STRANGER = ["999999", "facilities", "all"]


def name_of(head):
    return list(astuple(framed_head(head).header.feed))


def visited_where(visited, change):
    """The report on a node that answers as ``change`` makes it of what was shown and of its own answer."""

    def other(request, answer):
        shown, facts = orjson.loads(request.content)["heads"], orjson.loads(answer.content)
        return saying(answer, orjson.dumps(change(shown, facts))) if shown else answer

    return run(visit_to(visited, between=changing("/heads/", other)), STEPS)


def told_anyway(shown, facts):
    names = facts["unchanged"]
    return facts | {"heads": [*facts["heads"], *(h for h in shown if name_of(h) in names)], "unchanged": []}


def as_before_there_was_such_a_word(shown, facts):
    return {name: fact for name, fact in told_anyway(shown, facts).items() if name != "unchanged"}


def forgotten(_shown, facts):
    return facts | {"unchanged": []}


def one_forgotten(_shown, facts):
    return facts | {"unchanged": facts["unchanged"][1:]}


def not_shown_forgotten(_shown, facts):
    return facts | {"heads": facts["heads"][1:]}


def named_by_feed_alone(shown, facts):
    names = [name_of(head) for head in shown]
    return facts | {"heads": [h for h in facts["heads"] if name_of(h) not in names], "unchanged": names}


def named_by_signature_alone(shown, facts):
    signatures = {head["signature"] for head in shown}
    alike = [head for head in facts["heads"] if head["signature"] in signatures]
    named = [*facts["unchanged"], *map(name_of, alike)]
    return facts | {"heads": [head for head in facts["heads"] if head not in alike], "unchanged": named}


def all_named(_shown, facts):
    return facts | {"heads": [], "unchanged": [*facts["unchanged"], *map(name_of, facts["heads"])]}


def stranger_named(_shown, facts):
    return facts | {"unchanged": [*facts["unchanged"], STRANGER]}


def told_and_named(shown, facts):
    return facts | {"heads": told_anyway(shown, facts)["heads"]}


def named_twice(_shown, facts):
    return facts | {"unchanged": facts["unchanged"] * 2}


def unchanged_is(told):
    return lambda _shown, facts: facts | {"unchanged": told}


@pytest.mark.parametrize("change", [told_anyway, as_before_there_was_such_a_word])
def test_a_node_may_tell_the_heads_themselves(visited, change):
    report = visited_where(visited, change)

    assert report.passed
    assert report.steps[-1].detail == "4 of 8 heads shown, 0 of them named as unchanged"


def test_a_node_that_names_the_heads_shown_passes(visited):
    report = visited_where(visited, lambda _shown, facts: facts)

    assert report.passed
    assert report.steps[-1].detail == "4 of 8 heads shown, 4 of them named as unchanged"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (forgotten, "comes back neither with its head nor by its name"),
        (one_forgotten, "comes back neither with its head nor by its name"),
        (not_shown_forgotten, "comes back neither with its head nor by its name"),
        (named_by_feed_alone, "is named as unchanged, and another head was shown"),
        (named_by_signature_alone, "is named as unchanged, and another head was shown"),
        (all_named, "is named as unchanged, and its head was not shown"),
        (stranger_named, "999999/facilities/all is named as unchanged, and its head was not shown"),
        (told_and_named, "is named as unchanged, and its head told"),
        (named_twice, NO_NAME),
        (unchanged_is(None), "unchanged is no list, or too long"),
        (unchanged_is([STRANGER] * 2001), "unchanged is no list, or too long"),
        (unchanged_is(["all"]), NO_NAME),
        (unchanged_is([["440000", "all"]]), NO_NAME),
        (unchanged_is([["440000", "bases", ["all"]]]), NO_NAME),
        (unchanged_is([["440000", "bases", 1]]), NO_NAME),
        (unchanged_is([1]), NO_NAME),
    ],
)
def test_a_node_that_answers_shown_heads_wrongly_fails_at_that_step_alone(visited, change, reason):
    report = visited_where(visited, change)

    failed = [taken for taken in report.steps if taken.outcome is Outcome.FAILED]
    assert [taken.step for taken in failed] == ["shown_heads_come_back"]
    assert failed[0].detail.endswith(reason)
