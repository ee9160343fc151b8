"""What can stand in the way of a local start, each said in one sentence."""

import errno


class Trouble(Exception):
    """A reason why nothing was started, worded for the person at the terminal."""


class DiskFull(Trouble):
    """The disk has no room left for the database."""

    def __init__(self, place: object) -> None:
        super().__init__(f"The disk that holds {place} is full: free at least 300 MB there and try again.")


def is_full_disk(error: OSError) -> bool:
    return error.errno in {errno.ENOSPC, errno.EDQUOT}
