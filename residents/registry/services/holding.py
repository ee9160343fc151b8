"""What the verbs of the registry rest on: the held row, the permission, the columns of what was given."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from uuid import UUID

from residents.registry import naming
from residents.registry.errors import (
    AlreadyRegistered,
    MergedAway,
    MovedAway,
    NoSuchResident,
    NotYourResident,
)
from residents.registry.models import Resident, ResidentKey
from residents.registry.querysets import ResidentQuerySet
from residents.registry.safe import COLUMNS, Safe, blinded_with, index_of, indexed, indexes_of
from residents.registry.states import PrivateField, ResidentStatus
from sojourn.core.actors import Actor
from sojourn.core.constraints import refusing
from sojourn.core.destroyed import is_destroyed
from sojourn.core.keyring import LOOKUP, keyring
from sojourn.core.refusals import SecondFactorNeeded

ASKED_AT_ONCE = 1000
INDEXES = {PrivateField.IDENTITY_NUMBER: "identity_index", PrivateField.PHONE: "phone_indexes"}


def held(resident_id: UUID, actor: Actor) -> Resident:
    """The resident, held until commit, where this actor may see her at all."""
    try:
        return Resident.objects.visible_to(actor).locked().get(pk=resident_id)
    except Resident.DoesNotExist:
        raise NoSuchResident from None


def safe_of(resident: Resident) -> Safe:
    """The safe of a resident who has one; of one who was erased nothing opens any more, in no backup either."""
    if is_destroyed(resident.pk):
        raise NoSuchResident
    try:
        wrapped = resident.key.wrapped
    except ResidentKey.DoesNotExist:
        raise NoSuchResident from None
    return Safe.unlocked(resident.pk, wrapped)


def permit(allowed: bool) -> None:
    if not allowed:
        raise NotYourResident


def permit_proven(allowed: bool, actor: Actor) -> None:
    """The same for what staff may do only after their second factor."""
    if actor.is_staff and not actor.second_factor:
        raise SecondFactorNeeded
    permit(allowed)


def refuse_unless_kept_here(resident: Resident) -> None:
    """What went into another registration, or moved to another node, is changed there."""
    if resident.status == ResidentStatus.MERGED:
        raise MergedAway
    if resident.status == ResidentStatus.MOVED_OUT:
        raise MovedAway


def person(actor: Actor) -> UUID:
    """The account of whoever decides; what only a person decides no job does."""
    if actor.user_id is None:
        raise NotYourResident
    return actor.user_id


def columns_of(values: Mapping, safe: Safe, index: Callable[[PrivateField, str], bytes] = index_of) -> dict:
    """Checked facts (residents.registry.facts) as the row keeps them: the private ones in the safe."""
    columns = {name: value for name, value in values.items() if name not in COLUMNS}
    for private, column in COLUMNS.items():
        if private in values:
            plain = values[private]
            columns[column] = None if plain is None else safe.put(private, plain)
            if private in INDEXES:
                columns[INDEXES[private]] = None if plain is None else indexed(private, plain, index)
    return columns | (naming.search_columns(values["name"]) if "name" in values else {})


def known_identities(identity_numbers: Collection[str], actor: Actor) -> dict[str, Resident | None]:
    """Those of these identity numbers that stand on this node, each with who bears it; None whom this actor does not see.

    Of the resident nothing is read but her id and her number.
    """
    keys, numbers = keyring().every(LOOKUP), list(identity_numbers)
    known: dict[str, Resident | None] = {}
    for start in range(0, len(numbers), ASKED_AT_ONCE):
        some = numbers[start : start + ASKED_AT_ONCE]
        asked = {
            blinded_with(key)(PrivateField.IDENTITY_NUMBER, plain): plain for key in keys for plain in some
        }
        here = Resident.objects.filter(identity_index__among=asked)
        standing = dict.fromkeys(map(bytes, here.values_list("identity_index", flat=True)))
        if standing:  # of a new spreadsheet hardly anybody does
            known |= {asked[index]: row for index, row in (standing | _seen(here, actor)).items()}
    return known


def _seen(here: ResidentQuerySet, actor: Actor) -> dict[bytes, Resident | None]:
    """Who bears each of these blind indexes, where this actor sees her."""
    seen = here.filter(merged_into=None).visible_to(actor).only("number", "identity_index")
    bearers: dict[bytes, Resident | None] = {bytes(row.identity_index or b""): row for row in seen}
    for row in here.exclude(merged_into=None):
        person = Resident.objects.filter(pk=row.pk).survivors().visible_to(actor).first()
        bearers[bytes(row.identity_index or b"")] = person
    return bearers


def refuse_known_identity(values: Mapping, actor: Actor, *, but: Resident) -> None:
    """An identity number stands on this node once; who may see the other registration learns its number."""
    plain = values.get(PrivateField.IDENTITY_NUMBER)
    if plain is None or bytes(but.identity_index or b"") in indexes_of(PrivateField.IDENTITY_NUMBER, plain):
        return
    for other in known_identities([plain], actor).values():
        raise AlreadyRegistered(detail=other.number if other else "")


def refusing_known_identity() -> AbstractContextManager[None]:
    """The same between two who write at once, by the database's own promise."""
    return refusing("resident_one_identity_a_node", AlreadyRegistered)
