import re
import shutil
import subprocess
from collections import namedtuple

import pytest

from sojourn.local import installation
from sojourn.local.paths import ROOT

KINDS = ("prod", "local", "dev", "uv", "redis-server")
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tree with requirements of its own and a virtual environment that only looks like one."""
    (tmp_path / "requirements").mkdir()
    for kind in ("local", "dev", "redis-server"):
        (tmp_path / "requirements" / f"{kind}.txt").write_text(f"{kind}==1\n")
    for name, path in {
        "ROOT": "",
        "VENV": ".venv",
        "PYTHON": ".venv/bin/python",
        "STAMP": ".venv/stamp",
    }.items():
        monkeypatch.setattr(installation, name, tmp_path / path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    return tmp_path


def installed(kind):
    installation.STAMP.write_text(installation.digest(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_requirements_hold_names_versions_and_hashes_and_no_address(kind):
    text = (ROOT / "requirements" / f"{kind}.txt").read_text()
    entries = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, flags=re.MULTILINE | re.DOTALL)

    assert entries
    assert "://" not in text
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_demo_and_tests_run_what_production_runs():
    locked = {
        kind: dict(
            re.findall(
                r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements" / f"{kind}.txt").read_text(), re.MULTILINE
            )
        )
        for kind in KINDS
    }

    for kind in ("local", "dev"):
        assert locked["prod"].items() <= locked[kind].items()
    assert locked["uv"].items() <= locked["dev"].items()


def test_nothing_is_installed_twice(tree):
    assert installation.kind_to_install("local") == "local"
    installed("local")

    assert installation.kind_to_install("local") is None
    assert installation.kind_to_install("dev") == "dev"


def test_changed_requirements_are_installed_again(tree):
    installed("local")
    (tree / "requirements" / "local.txt").write_text("local==2\n")

    assert installation.kind_to_install("local") == "local"


def test_a_tree_with_development_tools_keeps_them(tree):
    installed("dev")
    assert installation.kind_to_install("local") is None

    (tree / "requirements" / "dev.txt").write_text("dev==2\n")
    assert installation.kind_to_install("local") == "dev"


def test_an_environment_whose_python_is_gone_is_made_again(tree):
    installed("local")
    (tree / ".venv" / "bin" / "python").unlink()

    assert installation.kind_to_install("local") == "local"


def test_a_python_without_venv_is_told_in_one_sentence(tree, monkeypatch):
    monkeypatch.setattr(installation, "find_spec", lambda _name: None)

    with pytest.raises(SystemExit, match="comes without venv and ensurepip: install them"):
        installation.make_environment()


def test_too_full_a_disk_is_told_before_anything_is_installed(tree, monkeypatch):
    monkeypatch.setattr("sys.argv", ["installation.py", "local"])
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(10**12, 10**12, 10**6))

    with pytest.raises(SystemExit, match="is full: free 800 MB there"):
        installation.main()


def test_a_home_that_cannot_be_written_keeps_no_cache(tmp_path):
    assert installation.for_installers({"HOME": "/nonexistent"})["UV_NO_CACHE"] == "1"
    assert installation.for_installers({})["UV_NO_CACHE"] == "1"
    assert "UV_NO_CACHE" not in installation.for_installers({"HOME": str(tmp_path)})


def make(tree, *words, path):
    shutil.copy(ROOT / "Makefile", tree)
    return subprocess.run(
        [shutil.which("make"), *words],
        cwd=tree,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def old_python(folder):
    """A folder of programs in which every Python is 3.9."""
    folder.mkdir()
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11"):
        fake = folder / name
        fake.write_text('#!/bin/sh\ntest "$1" = -V && echo Python 3.9.2\n')
        fake.chmod(0o755)
    (folder / "sh").symlink_to("/bin/sh")
    return folder


def test_a_python_too_old_is_told_in_one_sentence(tmp_path):
    ended = make(tmp_path, "demo", path=old_python(tmp_path / "bin"))

    sentence, *rest = ended.stderr.splitlines()
    assert ended.returncode != 0
    assert sentence == (
        "Sojourn needs Python 3.11 or newer, and python3 is Python 3.9.2: "
        "install one, or name it with make PYTHON=/path/to/python3.11."
    )
    assert all(line.startswith("make") for line in rest)


def test_the_python_a_person_names_is_the_one_that_is_looked_at(tmp_path):
    folder = old_python(tmp_path / "bin")
    ended = make(tmp_path, "test", f"PYTHON={folder / 'python3.12'}", path=folder)

    assert f"and {folder / 'python3.12'} is Python 3.9.2:" in ended.stderr


def test_make_alone_lists_what_it_can_do(tmp_path):
    listed = make(tmp_path, path="/usr/bin:/bin").stdout.splitlines()

    targets = [line.split()[0] for line in listed]
    assert {"demo", "demo-stop", "demo-reset", "test", "check", "browser-test", "bench", "prove"} <= set(
        targets
    )
    assert len(targets) == len(set(targets))
