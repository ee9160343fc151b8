"""Whether bytes are a file that may be kept, and what is kept of them: pictures as drawn anew, PDFs as they are.

A picture is decoded and encoded again, so that what was appended to it, hidden in it or told by its camera is gone. A
PDF cannot be drawn anew without loss: it begins with its mark, ends with its end, and is only ever served as a download.
"""

import re
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from sojourn.files.errors import (
    FileDamaged,
    FileEmpty,
    FileTooLarge,
    FileTypeNotTaken,
    NameHoldsPath,
    PictureMoves,
    TooManyPixels,
)
from sojourn.files.states import FileType

MEGA = 1_000_000
MEBI = 1_048_576
# How each is encoded: well, and without the search for the last byte, which takes a thread for half a minute.
ENCODED = {
    "JPEG": {"quality": 90},
    "PNG": {"compress_level": 3},
    "WEBP": {"quality": 90, "method": 0},
}
_PDF = re.compile(rb"%PDF-[12]\.[0-9]")
# ISO 32000: readers look for the end of a PDF in its last kilobyte.
PDF_END, PDF_END_WITHIN = b"%%EOF", 1024
FORMATS = {FileType.JPEG: "JPEG", FileType.PNG: "PNG", FileType.WEBP: "WEBP"}
_PATH = re.compile(r"[/\\\x00-\x1f\x7f]|^\.{1,2}$")
# What decoders raise about content that is not what it says.
BROKEN: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Limits:
    """The most bytes that are taken, and the most pixels of a picture."""

    most_bytes: int
    most_pixels: int


@dataclass(frozen=True)
class Checked:
    """What is kept, and what it is."""

    content: bytes
    file_type: FileType


def refuse_path(name: str) -> None:
    """A file name is one name: with a slash, a backslash, a control character or as ``..`` it is refused."""
    if _PATH.search(name):
        raise NameHoldsPath


def refuse_size(size: int, limits: Limits) -> None:
    if size == 0:
        raise FileEmpty
    if size > limits.most_bytes:
        raise FileTooLarge(megabytes=limits.most_bytes // MEBI)


def type_of(head: bytes) -> FileType:
    """What the first bytes say it is; FileTypeNotTaken for all that is not on the list."""
    if _PDF.match(head):
        return FileType.PDF
    if head.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileType.WEBP
    raise FileTypeNotTaken


def checked(content: bytes, limits: Limits) -> Checked:
    """The file as it may be kept; a refusal that names the reason otherwise."""
    refuse_size(len(content), limits)
    file_type = type_of(content[:16])
    if file_type is FileType.PDF:
        if PDF_END not in content[-PDF_END_WITHIN:]:
            raise FileDamaged
        return Checked(content, file_type)
    return Checked(_drawn_anew(content, file_type, limits), file_type)


def _drawn_anew(content: bytes, file_type: FileType, limits: Limits) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=[FORMATS[file_type]]) as picture:
            _refuse_picture(picture, limits)
            picture.load()
            return _encoded(picture, FORMATS[file_type])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        too_many = True
    except BROKEN:
        too_many = False
    # Raised outside: what a decoder says of a content goes no further.
    raise _too_many(limits) if too_many else FileDamaged()


def _refuse_picture(picture: Image.Image, limits: Limits) -> None:
    """Before a single pixel is decoded."""
    width, height = picture.size
    if width * height > limits.most_pixels:
        raise _too_many(limits)
    # Cameras put a preview beside the picture (MPO); the first one is the picture.
    if picture.format != "MPO" and getattr(picture, "is_animated", False):
        raise PictureMoves


def _too_many(limits: Limits) -> TooManyPixels:
    return TooManyPixels(megapixels=limits.most_pixels // MEGA)


def _encoded(picture: Image.Image, picture_format: str) -> bytes:
    """The pixels, upright, and nothing else: no EXIF, no profile, no comment, no bytes behind the end."""
    ImageOps.exif_transpose(picture, in_place=True)
    has_alpha = picture_format != "JPEG" and picture.has_transparency_data
    mode = "RGBA" if has_alpha else "L" if picture.mode in {"1", "L"} else "RGB"
    fresh = Image.new(mode, picture.size)
    fresh.paste(picture if picture.mode == mode else picture.convert(mode))
    out = BytesIO()
    fresh.save(out, picture_format, **ENCODED[picture_format])
    return out.getvalue()
