"""What may be kept, and whether it still is."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FileType(TextChoices):
    """Told by the content, never by a name."""

    PDF = "pdf", _("PDF文件")
    JPEG = "jpeg", _("JPEG图片")
    PNG = "png", _("PNG图片")
    WEBP = "webp", _("WebP图片")


class FileStatus(TextChoices):
    KEPT = "kept", _("已存")
    ERASED = "erased", _("内容已删除")


MEDIA_TYPES = {
    FileType.PDF: "application/pdf",
    FileType.JPEG: "image/jpeg",
    FileType.PNG: "image/png",
    FileType.WEBP: "image/webp",
}
ENDINGS = {FileType.PDF: "pdf", FileType.JPEG: "jpg", FileType.PNG: "png", FileType.WEBP: "webp"}
