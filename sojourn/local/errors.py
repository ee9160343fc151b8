"""What can stand in the way of a local start, each said in one sentence."""

import errno
from pathlib import Path

import psycopg

NO_SPACE = "No space left on device"


class Trouble(Exception):
    """A reason why nothing was started, worded for the person at the terminal."""


class DiskFull(Trouble):
    """The disk has no room left for the database."""

    def __init__(self, place: object) -> None:
        super().__init__(f"The disk that holds {place} is full: free at least 300 MB there and try again.")


class NotOurs(Trouble):
    """A file of an earlier start belongs to somebody else."""

    def __init__(self, place: object) -> None:
        super().__init__(f"{place} belongs to another user: start as that user, or remove it first.")


# What can go wrong with one server while the others serve on.
SETBACKS = (Trouble, OSError, psycopg.Error)


def explained(what: str, log: Path, words: str) -> Trouble:
    """Why something failed, from the end of its log; a full disk in its own sentence."""
    if NO_SPACE in words:
        return DiskFull(log.parent.parent)
    return Trouble(f"{what}; the end of {log} says:\n{words}")


def is_full_disk(error: OSError) -> bool:
    return error.errno in {errno.ENOSPC, errno.EDQUOT}
