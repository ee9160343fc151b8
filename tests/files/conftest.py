"""A room of the tests that owns files: one actor may read and change, one may read."""

from uuid import UUID

import pytest

from sojourn.core.actors import Actor, Role
from sojourn.files import owners
from sojourn.files.owners import Owner, OwnerKind

OWNER = Owner("test_paper", UUID(int=7))
KEEPER = Actor(Role.OFFICER, ("440106",), user_id=UUID(int=1), second_factor=True)
READER = Actor(Role.FAMILY, user_id=UUID(int=2))
STRANGER = Actor(Role.OFFICER, ("230103",), user_id=UUID(int=3), second_factor=True)


def can_read(actor: Actor, owner_id: UUID) -> bool:
    return owner_id == OWNER.id and actor.user_id in {KEEPER.user_id, READER.user_id}


def can_change(actor: Actor, owner_id: UUID) -> bool:
    return owner_id == OWNER.id and actor.user_id == KEEPER.user_id


@pytest.fixture(autouse=True)
def room(monkeypatch):
    """The registry with the tests' kind in it, and only while a test runs."""
    monkeypatch.setattr(owners, "_kinds", dict(owners._kinds))
    owners.register(OwnerKind("test_paper", "测试", can_read, "tests.files.conftest.can_change"))


@pytest.fixture
def folder(tmp_path, settings):
    """A folder of files of this test's own."""
    settings.FILES = str(tmp_path / "files")
    return tmp_path / "files"


def bytes_in(folder) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
