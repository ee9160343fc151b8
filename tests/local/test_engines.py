import os
import subprocess
import sys
import threading

from sojourn.local import engines
from sojourn.local.nodes import nodes
from sojourn.local.paths import ROOT


def command(local, *words):
    environ = {**os.environ, "SOJOURN_VAR": str(local.var)}
    words = [sys.executable, "-m", "sojourn.local", *words]
    return subprocess.run(words, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)


def running(local):
    node = nodes(local)[1].local
    return [engine.process() for engine in engines.engines(node)]


def test_services_stay_after_the_command_are_reused_and_stopped(local):
    first = command(local, "services", "--node=50")
    before = running(local)
    second = command(local, "services", "--node=50")

    assert first.returncode == second.returncode == 0
    assert (first.stdout, second.stdout) == ("Starting postgres …\nStarting redis …\n", "")
    assert None not in before
    assert running(local) == before
    assert command(local, "stop").stdout == "Stopped.\n"
    assert not any(process.is_alive() for process in before)
    assert command(local, "stop").stdout == "Nothing was running.\n"


def test_two_who_start_at_once_share_one_server(local):
    started = []

    def start():
        engine = engines.Redis(local)
        started.append(engines.start(engine, environment=os.environ, dies_with_us=False))

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(started) == 3
    assert len(set(started)) == 1
