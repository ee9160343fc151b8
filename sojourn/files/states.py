"""What may be kept, and whether it still is."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FileType(TextChoices):
    """Told by the content, never by a name; the value is the media type under which it is served."""

    PDF = "application/pdf", _("PDF文件")
    JPEG = "image/jpeg", _("JPEG图片")
    PNG = "image/png", _("PNG图片")
    WEBP = "image/webp", _("WebP图片")


class FileStatus(TextChoices):
    KEPT = "kept", _("已存")
    ERASED = "erased", _("内容已删除")


ENDINGS = {FileType.PDF: "pdf", FileType.JPEG: "jpg", FileType.PNG: "png", FileType.WEBP: "webp"}
