import pytest
from django.db.models import TextChoices

from sojourn.core.flow import Flow
from sojourn.core.refusals import WrongStatus


class Light(TextChoices):
    RED = "red", "红灯"
    GREEN = "green", "绿灯"
    OFF = "off", "熄灭"


FLOW = Flow(
    {("go", Light.RED): Light.GREEN, ("stop", Light.GREEN): Light.RED, ("stop", Light.RED): Light.OFF},
    labels={"go": "放行", "stop": "停止"},
)


def test_a_move_of_the_table_leads_to_its_status():
    assert FLOW.after("go", Light.RED) == Light.GREEN


def test_any_other_move_is_refused_and_says_why():
    with pytest.raises(WrongStatus) as refusal:
        FLOW.after("go", Light.OFF)

    assert str(refusal.value) == "当前状态为“熄灭”，不能“放行”"
    assert refusal.value.status == 409


def test_sources_and_verbs_follow_from_the_table():
    assert FLOW.sources("stop") == {Light.RED, Light.GREEN}
    assert FLOW.verbs_from(Light.RED) == ["go", "stop"]
    assert FLOW.verbs_from(Light.OFF) == []


def test_the_diagram_shows_every_move():
    assert FLOW.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    red --> green: go",
        "    green --> red: stop",
        "    red --> off: stop",
    ]


def test_a_verb_without_a_label_is_a_mistake_of_the_programmer():
    with pytest.raises(ValueError, match="open"):
        Flow({("open", Light.OFF): Light.RED}, labels={})
