"""Read vocabulary of files."""

from collections.abc import Collection
from uuid import UUID

from sojourn.core.querysets import LockingQuerySet
from sojourn.files.states import FileStatus


class StoredFileQuerySet(LockingQuerySet):
    """There is no list of all files for anybody: a room asks for those of a row that it shows."""

    def of(self, kind: str, owner_id: UUID):
        """The files of one row, the newest first."""
        return self.of_each(kind, [owner_id])

    def of_each(self, kind: str, owner_ids: Collection[UUID]):
        """The same of several rows of one kind."""
        return self.filter(owner_kind=kind, owner_id__in=owner_ids).order_by("-id")

    def kept(self):
        return self.filter(status=FileStatus.KEPT)
