import os
import signal
import sys
import threading
import time

import psycopg
import pytest

from sojourn.local.errors import Trouble
from sojourn.local.paths import Local
from sojourn.local.processes import Process, spawn
from sojourn.local.supervisor import (
    STOPPING,
    Server,
    Supervisor,
    clear_leftovers,
    delay_after,
    ended,
    serving,
)


@pytest.fixture
def supervisor():
    before = {number: signal.getsignal(number) for number in STOPPING}
    said = []
    supervisor = Supervisor(os.environ, said.append)
    supervisor.said = said
    yield supervisor
    supervisor.stop_all()
    for number, handler in before.items():
        signal.signal(number, handler)


def marked(local):
    return {**os.environ, "SOJOURN_VAR": str(local.var)}


def server(local, script, name="web"):
    return Server(name, ("sh", "-c", script), marked(local), local, grace=1)


def until(condition):
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_a_server_that_dies_is_started_again(local, supervisor):
    kept = supervisor.keep(server(local, "exec sleep 60"))
    first = kept.process

    first.send(signal.SIGKILL)
    until(lambda: not first.is_alive())
    supervisor.tend()
    assert kept.process is None

    kept.next_try = 0
    supervisor.tend()
    assert kept.process.is_alive()
    assert kept.process != first
    assert Process.recorded(kept.what.record) == kept.process
    assert supervisor.said == [f"web ended unexpectedly; it is started again (see {kept.what.log})."]


def test_what_a_dead_server_left_is_ended_before_it_is_started_again(local, supervisor):
    kept = supervisor.keep(server(local, "sleep 60 & echo $!; exec sleep 60"))
    until(lambda: kept.what.log.read_text().strip())
    left = Process.of(int(kept.what.log.read_text()))

    kept.process.send(signal.SIGKILL)
    until(lambda: not kept.process.is_alive())
    supervisor.tend()

    assert left.is_gone_within(2)


def test_the_wait_before_the_next_start_grows_to_a_limit():
    assert [delay_after(deaths) for deaths in (1, 2, 3, 7, 50)] == [0.5, 1, 2, 30, 30]


def test_one_that_keeps_dying_is_explained_by_the_end_of_its_log(local, supervisor, monkeypatch):
    monkeypatch.setattr("sojourn.local.supervisor.FIRST_DELAY", 0.01)
    kept = supervisor.keep(server(local, "echo no settings here; exit 3"))

    waiting = serving(supervisor.tend, kept, seconds=5)

    with pytest.raises(Trouble, match="no settings here"):
        list(waiting)

    assert kept.deaths == 3


@pytest.mark.parametrize("number", STOPPING)
def test_a_signal_ends_the_watch(local, supervisor, number):
    supervisor.listen()
    threading.Timer(0.1, os.kill, (os.getpid(), number)).start()

    with pytest.raises(KeyboardInterrupt):
        supervisor.drive(work=lambda: False)


def test_work_goes_on_beside_the_watch(local, supervisor):
    kept = supervisor.keep(server(local, "exec sleep 60"))
    first, left = kept.process, [3, 2, 1]

    def work():
        if len(left) == 3:
            first.send(signal.SIGKILL)
            until(lambda: not first.is_alive())
        if not left:
            raise KeyboardInterrupt
        return left.pop()

    with pytest.raises(KeyboardInterrupt):
        supervisor.drive(work=work)

    assert kept.deaths == 1


def test_a_closed_terminal_ends_the_watch(local, supervisor):
    ours, theirs = os.openpty()
    supervisor.terminal = theirs
    supervisor.tend()

    os.close(ours)

    with pytest.raises(KeyboardInterrupt):
        supervisor.drive(work=lambda: False)
    os.close(theirs)


def test_a_signal_during_a_start_takes_effect_after_it(local, supervisor):
    supervisor.listen()

    done = []

    def start():
        with supervisor.shield():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("recorded")

    with pytest.raises(KeyboardInterrupt):
        start()

    assert done == ["recorded"]


def test_stopping_leaves_nothing_and_no_record(local, supervisor):
    kept = supervisor.keep(server(local, "trap '' TERM; sleep 60 & while :; do sleep 0.05; done"))
    time.sleep(0.2)

    supervisor.stop_all()

    assert not kept.process.is_alive()
    assert not kept.what.record.exists()


def test_a_job_is_waited_for_and_its_answer_known(local, supervisor):
    job = spawn(
        [sys.executable, "-c", "exit(7)"], environment=os.environ, log=local.log / "job", dies_with_us=None
    )

    told = []

    def ask():
        told.append((yield from ended(job)))

    list(ask())

    assert told == [7]


def test_a_job_that_nobody_waits_for_any_longer_is_ended(local):
    job = spawn(["sleep", "60"], environment=os.environ, log=local.log / "job", dies_with_us=None)
    waiting = ended(job)
    next(waiting)

    waiting.close()

    assert job.returncode == -signal.SIGTERM


def test_one_node_is_released_and_the_other_kept(local, supervisor, tmp_path):
    other = Local(tmp_path / "other")
    other.make()
    kept = supervisor.keep(server(local, "exec sleep 60"), node="44")
    released = supervisor.keep(server(other, "exec sleep 60"), node="50")

    supervisor.release("50")

    assert not released.process.is_alive()
    assert not released.what.record.exists()
    assert kept.process.is_alive()
    assert supervisor.kept == [kept]


def test_a_server_of_a_node_is_told_by_its_node(local, supervisor):
    kept = supervisor.keep(server(local, "exec sleep 60"), node="44")

    kept.process.send(signal.SIGKILL)
    until(lambda: not kept.process.is_alive())
    supervisor.tend()

    assert supervisor.said[0].startswith("web of node 44 ended unexpectedly;")


@pytest.mark.parametrize("setback", [Trouble("no"), OSError("no"), psycopg.OperationalError("no")])
def test_one_that_does_not_start_again_takes_nobody_with_it(local, supervisor, monkeypatch, setback):
    kept = supervisor.keep(server(local, "exec sleep 60"))
    kept.process.send(signal.SIGKILL)
    until(lambda: not kept.process.is_alive())
    supervisor.tend()

    def fail(_kept):
        raise setback

    monkeypatch.setattr(supervisor, "_start", fail)
    kept.next_try = 0
    supervisor.tend()

    assert supervisor.said[-1] == "web: no"
    assert kept.next_try > time.monotonic()


def test_servers_of_an_earlier_demo_are_ended_and_others_spared(local, bystander):
    child = spawn(["sleep", "60"], environment=os.environ, log=local.log / "web.log", dies_with_us=None)
    left = Process.of(child.pid)
    left.record(local.run / "web.pid")
    Process(bystander.pid, "another life").record(local.run / "worker.pid")

    assert clear_leftovers(local) == ["web"]
    assert not left.is_alive()
    assert bystander.is_alive()
    assert not (local.run / "web.pid").exists()


def test_what_servers_of_an_earlier_demo_left_is_ended_though_they_are_dead(local):
    child = spawn(
        ["sh", "-c", "sleep 60 & echo $!; exec sleep 60"],
        environment=marked(local),
        log=local.log / "l",
        dies_with_us=None,
    )
    Process.of(child.pid).record(local.run / "worker.pid")
    until(lambda: (local.log / "l").read_text().strip())
    left = Process.of(int((local.log / "l").read_text()))
    child.kill()
    child.wait()

    clear_leftovers(local)

    assert left.is_gone_within(2)
