"""A new key reaches what members share of residents: what we give is sealed anew, what we keep is wrapped anew."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from residents.consents import envelopes
from residents.consents.models import EarlierMark, Extract, Mark
from residents.consents.services.extracting import renew_extract
from sojourn.core import ciphers
from sojourn.core.keyring import Key, keyring
from sojourn.core.rotations import (
    Locked,
    Passing,
    Walked,
    reached,
    register,
    register_passing,
    relocking,
)
from sojourn.sharing.services.withdrawing import applying

SHARE, MATCH = "share_", "match_"
# Each is made from its resident and its basis, both of which are held meanwhile.
MOST_AT_ONCE = 50

_wrapped_anew = relocking(
    lambda key: Extract.objects.copies().filter(receiver=key.purpose).exclude(wrapped=""),
    lambda row: {"wrapped": envelopes.wrapping_place(row.resident)},
)


def rewrap_copies(key: Key, after: UUID | None, at_most: int) -> Walked:
    """The keys of the next copies that a member holds are wrapped by its new key; what they lock stays."""
    with applying():
        return _wrapped_anew(key, after, at_most)


def seal_anew(key: Key, after: UUID | None, at_most: int) -> Walked:
    """The next extracts that one member gives another are locked with this key of the two, and travel as changed."""
    owner, receiver = key.purpose.removeprefix(SHARE).split("_")
    rows = Extract.objects.written_here().filter(owner=owner, receiver=receiver).order_by("pk")
    batch = list((rows.filter(pk__gt=after) if after else rows)[: min(at_most, MOST_AT_ONCE)])
    older = [row for row in batch if {ciphers.key_name_of(text) for text in row.sealed.values()} - {key.name}]
    return Walked(reached(batch), sum(renew_extract(row.pk) for row in older))


def own_pairs() -> list[str]:
    """The purposes of the keys with which members of this node lock what is for another."""
    given = tuple(f"{SHARE}{member}_" for member in settings.HOSTED_PROVINCES)
    return [purpose for purpose in keyring().purposes() if purpose.startswith(given)]


def marks_under(key_name: str, _since: datetime) -> int:
    """Marks made with this matching key, here or by the other member; new ones are made so many an hour."""
    if not key_name.startswith(MATCH):
        return 0
    return sum(model.objects.filter(key=key_name).count() for model in (Mark, EarlierMark))


def register_rotations() -> None:
    """The kernel knows what of this room stands under keys of the keyring."""
    columns = {name: f"consents.extract.{name}" for name in ("wrapped", "sealed")}
    hosted = lambda: settings.HOSTED_PROVINCES  # noqa: E731
    register(Locked("consents.copies", hosted, rewrap_copies, columns=(columns["wrapped"],)))
    register(Locked("consents.extracts", own_pairs, seal_anew, columns=(columns["sealed"],)))
    marks = ("consents.mark.mark", "consents.earliermark.mark")
    register_passing(Passing("marks of residents for matching", marks, marks_under))
