"""A new key reaches the registry: data keys are wrapped anew, what waits is locked anew, and people are found by it."""

from uuid import UUID

from django.conf import settings
from django.db.models import Q

from residents.registry.models import ImportBatch, ImportRow, LinkRequest, Resident, ResidentKey
from residents.registry.safe import COLUMNS, Safe, blinded_with, key_place
from residents.registry.services.asking_links import TABLE, TYPED
from residents.registry.services.holding import INDEXES
from residents.registry.services.importing import place_of
from residents.registry.states import ImportRowState, ImportStatus, PrivateField
from sojourn.core import contacts
from sojourn.core.ciphers import Undecipherable
from sojourn.core.keyring import CONTACTS, LOOKUP, Key, KeyMissing
from sojourn.core.rotations import Locked, Walked, next_rows, reached, register, relocking

_BLINDED = Q(identity_index__isnull=False) | Q(phone_indexes__isnull=False)
_WAITING = (ImportStatus.CHECKED, ImportStatus.APPLYING)
# What a resident's own key locks falls silent with her, so a new key of her member leaves it as it is.
_BENEATH = (
    *(f"registry.resident.{column}" for column in COLUMNS.values()),
    "registry.link.proof_cipher",
    "registry.correctionrequest.wanted_cipher",
)


def blind_anew(key: Key, after: UUID | None, at_most: int) -> Walked:
    """The next residents are found by this look-up key: by identity number and phones, as before."""
    rows = Resident.objects.filter(_BLINDED, key__isnull=False).select_related("key")
    batch, older = next_rows(rows, after, at_most), []
    for resident in batch:
        anew = _blinded(resident, key)
        if any(_kept(getattr(resident, column)) != new for column, new in anew.items()):
            for column, new in anew.items():
                setattr(resident, column, new)
            older.append(resident)
    Resident.objects.bulk_update(older, INDEXES.values())
    return Walked(reached(batch), len(older))


def blind_requests_anew(key: Key, after: UUID | None, at_most: int) -> Walked:
    """The next waiting requests name whom they are about by this look-up key."""
    batch, older = next_rows(LinkRequest.objects.waiting(), after, at_most), []
    for request in batch:
        anew = _blinded_request(request, key)
        if anew != bytes(request.identity_index):
            request.identity_index = anew
            older.append(request)
    LinkRequest.objects.bulk_update(older, ["identity_index"])
    return Walked(reached(batch), len(older))


def register_rotations() -> None:
    """The kernel knows what of this room stands under keys of the keyring."""
    hosted = lambda: settings.HOSTED_PROVINCES  # noqa: E731
    register(
        Locked(
            "registry.data_keys",
            hosted,
            relocking(
                lambda key: ResidentKey.objects.filter(resident__owner=key.purpose),
                lambda row: {"wrapped": key_place(row.pk)},
            ),
            columns=("registry.residentkey.wrapped",),
            beneath=_BENEATH,
        )
    )
    register(
        Locked(
            "registry.waiting_rows",
            hosted,
            relocking(_waiting_rows, lambda row: {"sealed": place_of(row.batch_id, row.number)}),
            columns=("registry.importrow.sealed",),
        )
    )
    register(
        Locked(
            "registry.requests",
            lambda: (CONTACTS,),
            relocking(
                lambda _key: LinkRequest.objects.waiting(),
                lambda row: {column: contacts.place(TABLE, column, row.pk) for column in TYPED},
            ),
            columns=tuple(f"registry.linkrequest.{column}" for column in TYPED),
        )
    )
    people = tuple(f"registry.resident.{column}" for column in INDEXES.values())
    register(Locked("registry.look_up", lambda: (LOOKUP,), blind_anew, marks=people))
    asked = ("registry.linkrequest.identity_index",)
    register(Locked("registry.requests_look_up", lambda: (LOOKUP,), blind_requests_anew, marks=asked))


def _kept(index: bytes | list[bytes] | None) -> bytes | list[bytes] | None:
    """What such a column holds, without the driver's wrapping."""
    if isinstance(index, list):
        return [bytes(each) for each in index]
    return None if index is None else bytes(index)


def _blinded(resident: Resident, key: Key) -> dict[str, bytes | list[bytes] | None]:
    """Both columns by which she is found; as they stand where her own key does not open."""
    try:
        safe = Safe.unlocked(resident.pk, resident.key.wrapped)
        return {
            column: None if text is None else safe.indexed(private, text, key=key)
            for private, column in INDEXES.items()
            for text in [getattr(resident, COLUMNS[private])]
        }
    except (KeyMissing, Undecipherable):
        return {}


def _blinded_request(request: LinkRequest, key: Key) -> bytes:
    """Whom a request names; as it stands where what was typed does not open."""
    try:
        text = request.identity_cipher or ""
        number = contacts.opened(text, table=TABLE, column="identity_cipher", row=request.pk)
        return blinded_with(key)(PrivateField.IDENTITY_NUMBER, number)
    except (KeyMissing, Undecipherable):
        return bytes(request.identity_index or b"")


def _waiting_rows(key: Key):
    """Rows of a member's people that are still to be written, whose sheets are held: applying takes them first too."""
    waiting = ImportBatch.objects.filter(status__in=_WAITING)
    held = list(waiting.locked().values_list("pk", flat=True))
    return ImportRow.objects.filter(
        batch__in=held, state=ImportRowState.GOOD, sealed__contains=f".{key.purpose}-"
    )
