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
def footing(data: Path, *needed: Path) -> Footing:
    """As we are; for root, and for a user without a name, as another user.

    ``data`` is where the files are to lie, ``needed`` what a namespace of ours has to reach: there root is
    an ordinary user, and folders that others closed are closed to it too.
    """
    user = os.geteuid()
    if user != 0 and _has_name(user):
        return Footing()
    owner = data.stat().st_uid if data.exists() else user
    candidates = [_as_user(owner)] if user != owner else [_own_namespace(needed), _as_user(NOBODY)]
    for candidate in candidates:
        if candidate is not None:
            return candidate
    raise Trouble(REFUSED)


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def _own_namespace(needed: Sequence[Path]) -> Footing | None:
    """A user namespace in which we bear an ordinary number: files stay ours outside of it."""
    unshare = shutil.which("unshare")
    ordinary = sorted((entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid), key=lambda uid: uid != 1000)
    if unshare is None or not ordinary:
        return None
    uid = ordinary[0]
    prefix = (unshare, "--user", f"--map-user={uid}", f"--map-group={uid}", "--")
    return Footing(prefix) if _works(prefix, needed) else None


def _as_user(uid: int) -> Footing | None:
    """Another user altogether, whose files the data are."""
    setpriv = shutil.which("setpriv")
    if setpriv is None or os.geteuid() != 0:
        return None
    group = pwd.getpwuid(uid).pw_gid if _has_name(uid) else uid
    # A change of user clears the signal at the parent's death, so setpriv sets it once more.
    prefix = (setpriv, f"--reuid={uid}", f"--regid={group}", "--clear-groups", "--pdeathsig=INT", "--")
    return Footing(prefix, owner=uid) if _works(prefix, ()) else None


def _works(prefix: Sequence[str], needed: Sequence[Path]) -> bool:
    script = 'test "$(id -u)" != 0 || exit 1; for place; do test -r "$place" || exit 1; done'
    check = [*prefix, "sh", "-c", script, "sh", *map(str, needed)]
    return subprocess.run(check, capture_output=True, check=False, cwd="/").returncode == 0


def everyone_reaches(place: Path) -> bool:
    """Whether another user may walk down to a place."""
    resolved = place.resolve()
    return all(
        folder.stat().st_mode & stat.S_IXOTH for folder in (resolved, *resolved.parents) if folder.is_dir()
    )
