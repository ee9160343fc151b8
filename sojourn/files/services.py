"""The verbs of files: kept, replaced, given to another row, erased, read; and the sweep of bytes that no row names."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction

from sojourn.core import ciphers
from sojourn.core.actors import Actor
from sojourn.core.ciphers import Undecipherable
from sojourn.core.clock import now, today
from sojourn.core.ids import uuid7
from sojourn.core.keyring import keyring
from sojourn.core.refusals import NotVisible
from sojourn.core.rotations import Locked, register, relocking
from sojourn.core.trail import record
from sojourn.files import owners, shelf
from sojourn.files.checking import Limits, checked, refuse_path
from sojourn.files.errors import FileErased, FileUnreadable, NotYourFile
from sojourn.files.models import StoredFile
from sojourn.files.owners import Owner
from sojourn.files.states import FileStatus
from sojourn.provinces.rules import rule

# Bytes are written before their row is committed: what is younger may still get its row.
UNNAMED_SECONDS = 86_400


@dataclass(frozen=True)
class Upload:
    """What somebody sent: the name it had there, and its bytes."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)


def limits() -> Limits:
    """What is taken today, by the dated rules."""
    return Limits(rule("file_most_bytes", on=today()), rule("file_most_pixels", on=today()))


@transaction.atomic
def keep_file(*, owner: Owner, member: str, upload: Upload, actor: Actor) -> StoredFile:
    """The file is checked, locked under the member's key and kept for its owner.

    ``member`` is the six-digit code of the member whose people it is about. A FileRefused names what is wrong.
    """
    if not owners.may_change(actor, owner):
        raise NotYourFile
    row = _stored(owner, member, upload, actor)
    record(action="file.kept", actor=actor, subject=row, **_facts(row))
    return row


@transaction.atomic
def replace_file(*, file_id: UUID, upload: Upload, actor: Actor) -> StoredFile:
    """Another file stands in the place of this one, whose bytes are erased; both rows say so."""
    old = _changed(file_id, actor)
    row = _stored(old.owner, old.member, upload, actor)
    _blank(old, replaced_by=row)
    record(action="file.replaced", actor=actor, subject=row, **_facts(row), earlier=str(old.pk))
    return row


@transaction.atomic
def give_files(*, owner: Owner, to: Owner, actor: Actor) -> int:
    """The files of one row are another's from now on, by who may change those of both; returns how many."""
    if not (owners.may_change(actor, owner) and owners.may_change(actor, to)):
        raise NotYourFile
    rows = list(StoredFile.objects.locked().of(owner.kind, owner.id).kept())
    for row in rows:
        row.owner_kind, row.owner_id = to.kind, to.id
        row.save(update_fields=["owner_kind", "owner_id"])
        record(action="file.given", actor=actor, subject=row, owner=to.kind)
    return len(rows)


@transaction.atomic
def erase_file(*, file_id: UUID, actor: Actor) -> StoredFile:
    """The bytes are gone, and the key that opened every copy of them; the row says that there was a file."""
    row = _changed(file_id, actor)
    _blank(row)
    record(action="file.erased", actor=actor, subject=row)
    return row


@transaction.atomic
def erase_files_of(*, owner: Owner, actor: Actor) -> int:
    """Every file of this owner is erased, as when a person is; returns how many were."""
    if not owners.may_change(actor, owner):
        raise NotYourFile
    rows = list(StoredFile.objects.locked().of(owner.kind, owner.id).kept())
    for row in rows:
        _blank(row)
        record(action="file.erased", actor=actor, subject=row)
    return len(rows)


@transaction.atomic
def read_file(*, file_id: UUID, actor: Actor) -> tuple[StoredFile, bytes]:
    """The file as it was kept, for whom its owner's room lets read it; the trail says who read it.

    NotVisible for everybody else, as where there is none. FileUnreadable where the bytes are not those kept.
    """
    row = StoredFile.objects.filter(pk=file_id).first()
    if row is None or not owners.may_read(actor, row.owner):
        raise NotVisible
    if row.status == FileStatus.ERASED or row.place is None:
        raise FileErased
    content = _opened(row, shelf.take(row.place))
    record(action="file.read", actor=actor, subject=row, owner=row.owner_kind)
    return row, content


def sweep_bytes() -> int:
    """Bytes that no row has named for a day are removed; returns how many files that were."""
    removed = 0
    for names in _batches(shelf.older_than(UNNAMED_SECONDS)):
        named = set(StoredFile.objects.filter(place__in=names).values_list("place", flat=True))
        for name in set(names) - named:
            shelf.remove(name)
            removed += 1
    return removed


def register_rotations() -> None:
    """The kernel knows which keys of files stand under a member's key; the bytes under them stay as they are."""
    register(
        Locked(
            "files.keys",
            lambda: settings.HOSTED_PROVINCES,
            relocking(
                lambda key: StoredFile.objects.kept().filter(member=key.purpose),
                lambda row: {"wrapped_key": _key_place(row.pk)},
            ),
            columns=("files.storedfile.wrapped_key",),
        )
    )


def _stored(owner: Owner, member: str, upload: Upload, actor: Actor) -> StoredFile:
    refuse_path(upload.name)
    found = checked(upload.content, limits())
    identity, key = uuid7(), ciphers.new_data_key()
    wrapped = ciphers.wrapped(key, by=keyring().newest(member), of=_key_place(identity))
    place = shelf.put(ciphers.encrypted_bytes(found.content, key=key, of=_content_place(identity)))
    return StoredFile.objects.create(
        id=identity,
        owner_kind=owner.kind,
        owner_id=owner.id,
        member=member,
        file_type=found.file_type,
        sha256=hashlib.sha256(found.content).hexdigest(),
        size=len(found.content),
        place=place,
        wrapped_key=wrapped,
        kept_by=actor.user_id or actor.client_id,
        kept_at=now(),
    )


def _changed(file_id: UUID, actor: Actor) -> StoredFile:
    row = StoredFile.objects.locked().filter(pk=file_id).first()
    if row is None or not owners.may_read(actor, row.owner):
        raise NotVisible
    if not owners.may_change(actor, row.owner):
        raise NotYourFile
    if row.status == FileStatus.ERASED:
        raise FileErased
    return row


def _blank(row: StoredFile, *, replaced_by: StoredFile | None = None) -> None:
    """The row forgets key and place now; the bytes go when that is committed, or with the sweep."""
    if row.place is not None:
        transaction.on_commit(partial(shelf.remove, row.place), robust=True)
    row.status, row.place, row.wrapped_key = FileStatus.ERASED, None, ""
    row.erased_at, row.replaced_by = now(), replaced_by
    row.save(update_fields=["status", "place", "wrapped_key", "erased_at", "replaced_by"])


def _opened(row: StoredFile, locked: bytes) -> bytes:
    by = keyring().key(ciphers.key_name_of(row.wrapped_key))
    try:
        key = ciphers.unwrapped(row.wrapped_key, by=by, of=_key_place(row.pk))
        content = ciphers.decrypted_bytes(locked, key=key, of=_content_place(row.pk))
    except Undecipherable:
        raise FileUnreadable from None
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise FileUnreadable
    return content


def _facts(row: StoredFile) -> dict:
    return {"owner": row.owner_kind, "type": row.file_type, "size": row.size}


def _batches(names: Iterable[str], size: int = 500) -> Iterable[list[str]]:
    batch: list[str] = []
    for name in names:
        batch.append(name)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _key_place(file_id: UUID) -> str:
    return f"files_storedfile.wrapped_key.{file_id}"


def _content_place(file_id: UUID) -> str:
    return f"files_storedfile.content.{file_id}"
