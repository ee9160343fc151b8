import pytest

from sojourn.local import running
from sojourn.local.errors import Trouble
from sojourn.local.nodes import nodes
from sojourn.local.postgres import Cluster
from sojourn.local.running import Running


class Listener:
    """A supervisor that notes what it is asked."""

    def __init__(self):
        self.said, self.released = [], []

    def say(self, text):
        self.said.append(text)

    def release(self, node):
        self.released.append(node)


@pytest.fixture
def one(local, monkeypatch):
    """A node whose start takes two steps."""
    node = nodes(local)[1]
    node.local.make()
    one = Running(node, Listener())
    one.closed = []

    def coming_up():
        try:
            yield
            one.answers = one.is_up = True
            node.serves.touch()
        finally:
            one.closed.append(True)

    monkeypatch.setattr(one, "_coming_up", coming_up)
    return one


def test_a_node_comes_up_step_by_step(one):
    one.begin()

    assert one.go_on()
    assert not one.is_up
    assert not one.go_on()
    assert one.is_up


def test_a_node_goes_down_while_it_is_paused_and_comes_back(one):
    one.begin()
    while one.go_on():
        pass

    one.node.paused.write_text("a drill")
    one.follow()
    assert not one.is_up
    assert not one.node.serves.exists()
    assert one.supervisor.released == ["50"]
    one.follow()
    assert one.coming is None

    one.node.paused.unlink()
    one.follow()
    while one.go_on():
        pass
    assert one.is_up
    assert one.supervisor.said == [
        "Node 50 渝 is stopped, as asked.",
        "Node 50 渝 is started again, as asked.",
    ]


def test_a_node_that_is_paused_on_its_way_up_begins_nothing_more(one):
    one.begin()
    one.go_on()

    one.node.paused.write_text("a drill")
    one.follow()

    assert one.closed
    assert not one.go_on()
    assert not one.is_up


def test_a_node_that_fails_stays_down_and_says_why(one):
    one.begin()
    one.fail(Trouble("its disk is full"))

    told = "\n".join(one.supervisor.said)
    assert "Node 50 渝 does not serve: its disk is full" in told
    assert "make demo-resume NODE=50" in told
    one.follow()
    assert one.coming is None


@pytest.mark.parametrize(("node", "processes"), [(0, "2"), (1, "1")])
def test_the_second_node_spares_memory(local, node, processes):
    chosen = nodes(local, 8010)[node]
    chosen.local.make()
    web, worker = running._web(chosen, {}), running._worker(chosen, {})

    assert web.environment["WEB_CONCURRENCY"] == processes
    assert f"127.0.0.1:{8010 + node}" in web.command
    assert "--concurrency=3" in worker.command


def test_only_nodes_without_a_database_begin_with_a_copy(local, monkeypatch):
    first, second = nodes(local)
    copied = []
    monkeypatch.setattr(Cluster, "copy_from", lambda theirs, ours: copied.append((theirs.local, ours.local)))
    giver = Running(first, Listener())
    giver.heirs = [second]

    giver._pass_on_schema()
    assert copied == [(second.local, first.local)]

    Cluster(second.local).data.mkdir(parents=True)
    (Cluster(second.local).data / "PG_VERSION").write_text("18")
    giver._pass_on_schema()
    assert len(copied) == 1
