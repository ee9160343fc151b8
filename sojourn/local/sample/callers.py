"""Invented families of the sample world and the telephones they sign in by; read without Django, for the terminal.

The numbers begin with 0000 like all of the sample world: no exchange can route them (sojourn.local.sample.names).
Those of facilities and residents are lower.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """Somebody who signs in by telephone, and what she is to residents of the sample world, in a few words."""

    phone: str
    name: str
    plays: str


DAUGHTER = Caller("0000-9000001", "样例·叶知夏", "guardian of her father, agent of her aunt")
ELDER = Caller("0000-9000002", "样例·本人", "a resident herself")
SON = Caller("0000-9000003", "样例·苏远帆", "a son who asked to be linked and waits")
CALLERS = (DAUGHTER, ELDER, SON)
