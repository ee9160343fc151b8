"""A new key reaches the registry: data keys are wrapped anew, and people are found by it."""

from uuid import UUID

from django.conf import settings
from django.db.models import Q

from residents.registry.models import Resident, ResidentKey
from residents.registry.safe import COLUMNS, Safe
from residents.registry.services.holding import INDEXES
from sojourn.core import ciphers
from sojourn.core.keyring import LOOKUP, Key
from sojourn.core.rotations import Locked, register

_BLINDED = Q(identity_index__isnull=False) | Q(phone_index__isnull=False)


def rewrap_data_keys(key: Key, after: UUID | None, at_most: int) -> UUID | None:
    """The data keys of a member's next residents are wrapped by this key of the member; what they lock stays."""
    rows = ResidentKey.objects.filter(resident__owner=key.name.partition("-")[0]).locked()
    batch = list((rows.filter(pk__gt=after) if after else rows)[:at_most])
    older = [row for row in batch if ciphers.key_name_of(row.wrapped) != key.name]
    for row in older:
        row.wrapped = Safe.unlocked(row.pk, row.wrapped).wrapped_with(key)
    ResidentKey.objects.bulk_update(older, ["wrapped"])
    return batch[-1].pk if batch else None


def blind_anew(key: Key, after: UUID | None, at_most: int) -> UUID | None:
    """The next residents are found by this look-up key: by identity number and phone, as before."""
    rows = Resident.objects.filter(_BLINDED, key__isnull=False).select_related("key").locked()
    batch = list((rows.filter(pk__gt=after) if after else rows)[:at_most])
    older = []
    for resident in batch:
        safe = Safe.unlocked(resident.pk, resident.key.wrapped)
        anew = {}
        for private, column in INDEXES.items():
            text = getattr(resident, COLUMNS[private])
            anew[column] = None if text is None else safe.marked(private, text, key=key)
        if any(bytes(getattr(resident, column) or b"") != (new or b"") for column, new in anew.items()):
            for column, new in anew.items():
                setattr(resident, column, new)
            older.append(resident)
    Resident.objects.bulk_update(older, INDEXES.values())
    return batch[-1].pk if batch else None


def register_rotations() -> None:
    """The kernel knows what of this room stands under keys of the keyring."""
    register(Locked("registry.data_keys", lambda: settings.HOSTED_PROVINCES, rewrap_data_keys))
    register(Locked("registry.look_up", lambda: (LOOKUP,), blind_anew))
