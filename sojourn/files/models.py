"""Files that rooms own: what they are, where their bytes lie, and the key that opens them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sojourn.core.ids import uuid7
from sojourn.files.owners import Owner
from sojourn.files.querysets import StoredFileQuerySet
from sojourn.files.states import ENDINGS, MEDIA_TYPES, FileStatus, FileType


class StoredFile(models.Model):
    """One scan or picture of a row of some room.

    Its bytes lie in the folder of files under ``place``, a random name, locked with a key of its own that stands
    here wrapped by its member's. No row history is kept of it: that would hold the key of an erased file.
    The name it had on somebody's computer is not kept: it is often a person's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner_kind = models.CharField(_("所属对象类型"), max_length=40)
    owner_id = models.UUIDField(_("所属对象"))
    member = models.CharField(_("成员"), max_length=6)
    file_type = models.CharField(_("文件类型"), max_length=20, choices=FileType.choices)
    status = models.CharField(_("状态"), max_length=10, choices=FileStatus.choices, default=FileStatus.KEPT)
    sha256 = models.CharField(_("SHA-256摘要"), max_length=64)
    size = models.PositiveIntegerField(_("字节数"))
    place = models.CharField(_("存放名"), max_length=32, null=True, unique=True)
    wrapped_key = models.TextField(_("包裹的密钥"), blank=True)
    kept_by = models.UUIDField(_("存放人"), null=True)
    kept_at = models.DateTimeField(_("存放时间"))
    erased_at = models.DateTimeField(_("删除时间"), null=True, blank=True)
    replaced_by = models.OneToOneField(
        "self",
        verbose_name=_("替换为"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
    )

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        indexes = [models.Index(fields=["owner_kind", "owner_id", "-id"], name="storedfile_owner")]
        constraints = [
            models.CheckConstraint(
                name="storedfile_bytes_until_erased",
                condition=Q(status=FileStatus.KEPT, place__isnull=False, erased_at__isnull=True)
                & ~Q(wrapped_key="")
                | Q(status=FileStatus.ERASED, place__isnull=True, wrapped_key="", erased_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.download_name

    @property
    def owner(self) -> Owner:
        return Owner(self.owner_kind, self.owner_id)

    @property
    def download_name(self) -> str:
        """What it is called where it is saved: ours, without a word of what it shows."""
        return f"file-{self.id.hex[-8:]}.{ENDINGS[FileType(self.file_type)]}"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[FileType(self.file_type)]
