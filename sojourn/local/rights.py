"""How PostgreSQL, which refuses to run as root, is started by root all the same."""

import functools
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sojourn.local.errors import Trouble

NOBODY = 65534
REFUSED = (
    "PostgreSQL does not run as root, and neither unshare (user namespaces) nor setpriv works here: "
    "start it as an ordinary user."
)


@dataclass(frozen=True)
class Footing:
    """The words before a command that let it run without root's rights, and whose files it then needs."""

    prefix: tuple[str, ...] = ()
    owner: int | None = None


@functools.cache
def footing() -> Footing:
    """As we are; for root, and for a user without a name, as another user."""
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return Footing()
    for candidate in (_own_namespace(), _as_nobody()):
        if candidate is not None and _works(candidate.prefix):
            return candidate
    raise Trouble(REFUSED)


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def _own_namespace() -> Footing | None:
    """A user namespace in which we bear an ordinary number: files stay ours outside of it."""
    unshare = shutil.which("unshare")
    ordinary = sorted((entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid), key=lambda uid: uid != 1000)
    if unshare is None or not ordinary:
        return None
    uid = ordinary[0]
    return Footing((unshare, "--user", f"--map-user={uid}", f"--map-group={uid}", "--"))


def _as_nobody() -> Footing | None:
    setpriv = shutil.which("setpriv")
    if setpriv is None or os.geteuid() != 0 or not _has_name(NOBODY):
        return None
    # A change of user clears the signal at the parent's death, so setpriv sets it once more.
    words = (setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--pdeathsig=INT", "--")
    return Footing(words, owner=NOBODY)


def _works(prefix: Sequence[str]) -> bool:
    check = [*prefix, "sh", "-c", 'test "$(id -u)" != 0']
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


def everyone_reaches(place: Path) -> bool:
    """Whether another user may walk down to a place."""
    resolved = place.resolve()
    return all(
        folder.stat().st_mode & stat.S_IXOTH for folder in (resolved, *resolved.parents) if folder.is_dir()
    )
