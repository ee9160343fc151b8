"""Files are kept locked, served to whom their owner's room lets read them, and gone when erased."""

import hashlib
import os
from functools import partial
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from sojourn.core.actors import PUBLIC, SYSTEM
from sojourn.core.keyring import KeyMissing
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import NotVisible
from sojourn.files import owners, services, shelf
from sojourn.files.errors import (
    FileEmpty,
    FileErased,
    FileUnreadable,
    NameHoldsPath,
    NoPlaceForFiles,
    NotYourFile,
)
from sojourn.files.models import StoredFile
from sojourn.files.owners import Owner, OwnerKind
from sojourn.files.services import Upload
from sojourn.files.states import FileStatus, FileType
from tests.factories.files import PDF, picture, with_exif
from tests.files.conftest import KEEPER, OWNER, READER, STRANGER, bytes_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]

NAME = "张三身份证.pdf"


def kept(content: bytes = PDF, name: str = NAME) -> StoredFile:
    return services.keep_file(owner=OWNER, member="440000", upload=Upload(name, content), actor=KEEPER)


def trail() -> list[str]:
    ours = AuditEntry.objects.filter(subject_kind="files.storedfile")
    return list(ours.order_by("id").values_list("action", flat=True))


def test_a_file_is_read_back_as_it_was_kept_and_the_trail_says_by_whom():
    row = kept()

    read, content = services.read_file(file_id=row.pk, actor=READER)

    assert (read.pk, content) == (row.pk, PDF)
    assert (row.file_type, row.size, row.sha256) == (FileType.PDF, len(PDF), hashlib.sha256(PDF).hexdigest())
    assert (row.status, row.kept_by, row.owner) == (FileStatus.KEPT, KEEPER.user_id, OWNER)
    assert trail() == ["file.kept", "file.read"]
    assert AuditEntry.objects.get(action="file.read").actor_user_id == READER.user_id


def test_of_a_picture_the_one_that_was_drawn_anew_is_kept():
    row = kept(with_exif())

    _, content = services.read_file(file_id=row.pk, actor=READER)

    assert Image.open(BytesIO(content)).size == (48, 64)
    assert (row.size, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_on_the_disk_it_is_locked_random_and_closed_to_others(folder):
    row = kept()

    (locked,) = bytes_in(folder)
    (path,) = (path for path in folder.rglob("*") if path.is_file())

    assert locked.startswith(b"v1.")
    assert b"PDF" not in locked
    assert path.name == row.place
    assert str(row.pk) not in str(path)
    assert path.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_its_name_is_neither_kept_nor_written_anywhere(caplog):
    row = kept()

    everything = str(list(StoredFile.objects.values())) + str(list(AuditEntry.objects.values())) + caplog.text
    assert "张三" not in everything
    assert "张三" not in repr(Upload(NAME, PDF))
    assert row.download_name == f"file-{row.pk.hex[-8:]}.pdf"


def test_the_same_content_kept_twice_is_locked_differently(folder):
    kept()
    kept()

    first, second = bytes_in(folder)
    assert first != second


@pytest.mark.parametrize(
    ("name", "content", "refusal"), [("../x.pdf", PDF, NameHoldsPath), ("x.pdf", b"", FileEmpty)]
)
def test_what_is_refused_leaves_no_row_and_no_bytes(folder, name, content, refusal):
    with pytest.raises(refusal):
        kept(content, name)

    assert not StoredFile.objects.exists()
    assert bytes_in(folder) == []
    assert trail() == []


@pytest.mark.parametrize("actor", [READER, STRANGER, PUBLIC, SYSTEM], ids=lambda actor: actor.role)
def test_only_whom_the_room_lets_change_keeps_replaces_and_erases(actor):
    row = kept()
    seen = actor is READER
    verbs = [
        (partial(services.keep_file, owner=OWNER, member="440000", upload=Upload("", PDF)), NotYourFile),
        (
            partial(services.replace_file, file_id=row.pk, upload=Upload("", PDF)),
            NotYourFile if seen else NotVisible,
        ),
        (partial(services.erase_file, file_id=row.pk), NotYourFile if seen else NotVisible),
        (partial(services.erase_files_of, owner=OWNER), NotYourFile),
    ]

    for verb, refusal in verbs:
        with pytest.raises(refusal):
            verb(actor=actor)

    assert StoredFile.objects.get().status == FileStatus.KEPT
    assert trail() == ["file.kept"]


@pytest.mark.parametrize("actor", [STRANGER, PUBLIC, SYSTEM], ids=lambda actor: actor.role)
def test_a_file_that_is_not_visible_and_one_that_is_not_there_are_the_same(actor):
    row = kept()

    for file_id in (row.pk, uuid4()):
        with pytest.raises(NotVisible):
            services.read_file(file_id=file_id, actor=actor)
    assert trail() == ["file.kept"]


def test_where_no_room_speaks_for_the_owner_nobody_reads():
    row = kept()
    StoredFile.objects.update(owner_kind="room_that_is_no_more")

    with pytest.raises(NotVisible):
        services.read_file(file_id=row.pk, actor=KEEPER)


def test_another_row_of_the_same_room_is_another_owner():
    row = kept()
    StoredFile.objects.update(owner_id=UUID(int=8))

    with pytest.raises(NotVisible):
        services.read_file(file_id=row.pk, actor=KEEPER)


def test_an_erased_file_is_gone_from_disk_and_row_and_the_row_says_so(
    folder, django_capture_on_commit_callbacks
):
    row = kept()

    with django_capture_on_commit_callbacks(execute=True):
        services.erase_file(file_id=row.pk, actor=KEEPER)

    row.refresh_from_db()
    assert (row.status, row.place, row.wrapped_key) == (FileStatus.ERASED, None, "")
    assert row.erased_at is not None
    assert bytes_in(folder) == []
    for verb in (partial(services.read_file, actor=READER), partial(services.erase_file, actor=KEEPER)):
        with pytest.raises(FileErased):
            verb(file_id=row.pk)
    assert trail() == ["file.kept", "file.erased"]


def test_a_file_is_replaced_by_another_and_both_rows_say_so(folder, django_capture_on_commit_callbacks):
    old = kept()

    with django_capture_on_commit_callbacks(execute=True):
        new = services.replace_file(file_id=old.pk, upload=Upload("x.jpg", picture()), actor=KEEPER)

    old.refresh_from_db()
    assert (old.status, old.replaced_by, new.status) == (FileStatus.ERASED, new, FileStatus.KEPT)
    assert len(bytes_in(folder)) == 1
    assert services.read_file(file_id=new.pk, actor=READER)[0].file_type == FileType.JPEG


def test_a_replacement_that_is_refused_leaves_the_file_as_it_was():
    row = kept()

    with pytest.raises(FileEmpty):
        services.replace_file(file_id=row.pk, upload=Upload("x.jpg", b""), actor=KEEPER)

    assert services.read_file(file_id=row.pk, actor=READER)[1] == PDF


def test_all_files_of_an_owner_are_erased_together():
    kept()
    kept()

    assert services.erase_files_of(owner=OWNER, actor=KEEPER) == 2
    assert services.erase_files_of(owner=OWNER, actor=KEEPER) == 0
    assert not StoredFile.objects.kept().exists()


def test_bytes_that_were_changed_or_changed_places_are_not_served(folder):
    row, other = kept(), kept(picture())
    paths = {path.name: path for path in folder.rglob("*") if path.is_file()}
    content = paths[row.place].read_bytes()

    for wrong in (
        content[:-1] + bytes([content[-1] ^ 1]),
        content[:30],
        b"",
        b"v9." + content,
        paths[other.place].read_bytes(),
    ):
        paths[row.place].write_bytes(wrong)
        with pytest.raises(FileUnreadable):
            services.read_file(file_id=row.pk, actor=READER)

    paths[row.place].unlink()
    with pytest.raises(FileUnreadable):
        services.read_file(file_id=row.pk, actor=READER)
    assert trail() == ["file.kept", "file.kept"]


def test_without_a_folder_or_a_key_nothing_is_kept(settings, folder, tmp_path):
    settings.FILES = ""
    with pytest.raises(NoPlaceForFiles):
        kept()

    settings.FILES, settings.KEYRING = str(folder), str(tmp_path / "no-keys")
    with pytest.raises(KeyMissing):
        kept()

    assert bytes_in(folder) == []
    assert not StoredFile.objects.exists()


def test_the_sweep_removes_what_no_row_names_for_a_day_and_nothing_else(folder):
    row = kept()
    names = [shelf.put(b"orphan"), shelf.put(b"young orphan")]
    half = folder / names[0][:2] / f".{'0' * 32}"
    half.write_bytes(b"half")
    foreign = folder / names[0][:2] / "README"
    foreign.write_bytes(b"not ours")
    for path in (half, foreign, *(folder / name[:2] / name for name in (row.place, names[0]))):
        os.utime(path, (0, 0))

    removed = services.sweep_bytes()

    left = {path.name for path in folder.rglob("*") if path.is_file()}
    assert removed == 1
    assert left == {row.place, names[1], "README"}


def test_a_name_that_is_none_of_ours_is_never_a_path():
    for name in ("../../etc/passwd", "", "x" * 32, "A" * 32, "0" * 31):
        with pytest.raises(ValueError, match="32 hexadecimal"):
            shelf.take(name)


def test_the_database_keeps_bytes_and_status_together():
    row = kept()

    for wrong in ({"status": "erased"}, {"place": None}, {"wrapped_key": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StoredFile.objects.filter(pk=row.pk).update(**wrong)


def test_a_file_for_nobodys_room_is_not_kept():
    with pytest.raises(NotYourFile):
        services.keep_file(
            owner=Owner("unheard_of", UUID(int=7)), member="440000", upload=Upload("", PDF), actor=KEEPER
        )


def test_files_of_one_row_become_anothers_by_who_may_change_those_of_both(room):
    other = Owner("test_other", UUID(int=9))
    row = kept()
    with pytest.raises(NotYourFile):
        services.give_files(owner=OWNER, to=other, actor=KEEPER)
    owners.register(OwnerKind("test_other", "测试", lambda *_: True, lambda *_: True))
    with pytest.raises(NotYourFile):
        services.give_files(owner=OWNER, to=other, actor=STRANGER)

    assert services.give_files(owner=OWNER, to=other, actor=KEEPER) == 1

    row.refresh_from_db()
    assert row.owner == other
    assert services.read_file(file_id=row.pk, actor=STRANGER)[1] == PDF
