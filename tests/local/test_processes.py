import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time

import pytest

from sojourn.local import processes
from sojourn.local.paths import ROOT
from sojourn.local.processes import Process, end_group, members, spawn

EXIT_OF_ONE_THREAD = {"x86_64": 60, "aarch64": 93}


def test_a_recorded_process_is_found_again(bystander, tmp_path):
    bystander.record(tmp_path / "web.pid")

    assert Process.recorded(tmp_path / "web.pid") == bystander


def test_a_number_that_another_process_took_over_is_no_match_and_is_never_killed(bystander, tmp_path):
    long_gone = Process(bystander.pid, "17 of another boot")
    (tmp_path / "web.pid").write_text(
        json.dumps({"pid": bystander.pid, "began": long_gone.began, "file": str(tmp_path / "web.pid")})
    )

    assert Process.recorded(tmp_path / "web.pid") is None
    long_gone.end(signal.SIGKILL, grace=0)
    long_gone.send(signal.SIGKILL, group=True)
    end_group(bystander.pid, f"HOME={os.environ['HOME']}")

    assert not bystander.is_gone_within(0.2)


def test_a_record_in_a_copied_tree_claims_nothing(bystander, tmp_path):
    bystander.record(tmp_path / "web.pid")
    (tmp_path / "copy").mkdir()
    shutil.copy(tmp_path / "web.pid", tmp_path / "copy" / "web.pid")

    assert Process.recorded(tmp_path / "copy" / "web.pid") is None


def test_a_broken_or_missing_record_names_nobody(tmp_path):
    for text in ("", "{}", "17", '{"pid": "x"}'):
        (tmp_path / "web.pid").write_text(text)
        assert Process.recorded(tmp_path / "web.pid") is None
    assert Process.recorded(tmp_path / "missing.pid") is None


def test_a_process_that_only_waits_to_be_reaped_is_dead(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    time.sleep(0.2)

    assert Process.of(child.pid) is None
    child.wait()


def test_a_process_that_ignores_the_polite_signal_is_ended_with_its_group(tmp_path):
    script = "trap '' TERM; sleep 60 & echo ready; while :; do sleep 0.1; done"
    child = spawn(["sh", "-c", script], environment=os.environ, log=tmp_path / "log", dies_with_us=None)
    while not (tmp_path / "log").read_text():
        time.sleep(0.02)

    Process.of(child.pid).end(signal.SIGTERM, grace=0.3)
    child.wait()

    assert child.returncode == -signal.SIGKILL
    time.sleep(0.1)
    assert not members(child.pid)


def test_what_a_dead_leader_left_is_ended_if_it_bears_our_mark(tmp_path):
    environ = {**os.environ, "SOJOURN_VAR": str(tmp_path)}
    child = spawn(
        ["sh", "-c", "sleep 60 & exit"], environment=environ, log=tmp_path / "log", dies_with_us=None
    )
    child.wait()

    end_group(child.pid, "SOJOURN_VAR=/elsewhere")
    time.sleep(0.1)
    assert members(child.pid)

    end_group(child.pid, f"SOJOURN_VAR={tmp_path}")
    time.sleep(0.1)
    assert not members(child.pid)


@pytest.mark.skipif(platform.machine() not in EXIT_OF_ONE_THREAD, reason="the call's number is not known")
def test_a_program_whose_first_thread_alone_is_gone_is_alive_until_the_others_are():
    number = EXIT_OF_ONE_THREAD[platform.machine()]
    program = (
        "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(0.7,)).start();"
        f"print('up', flush=True); ctypes.CDLL(None).syscall({number}, 0)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        time.sleep(0.2)
        dying = Process.of(child.pid)

        assert dying is not None
        assert dying.is_gone_within(3)


def test_one_that_is_on_its_way_out_is_waited_for_and_not_killed(tmp_path, monkeypatch):
    child = subprocess.Popen(
        ["sh", "-c", "(sleep 0.5; echo went > gone) &"], cwd=tmp_path, start_new_session=True
    )
    child.wait()
    monkeypatch.setattr(processes, "_environment", lambda _pid: b"")

    processes.end_group(child.pid, "SOJOURN_VAR=/anything")

    assert (tmp_path / "gone").exists()
    assert not members(child.pid)


def test_a_child_dies_with_a_parent_that_is_killed(tmp_path):
    program = (
        "import os, signal, sys, time; from pathlib import Path; from sojourn.local.processes import spawn;"
        "child = spawn(['sleep', '60'], environment=os.environ, log=Path(sys.argv[1]), dies_with_us=signal.SIGTERM);"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "log")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        child = Process.of(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)

    assert child.is_gone_within(3)
