"""Files as people send them, drawn here: nobody's."""

import struct
import zlib
from io import BytesIO
from uuid import uuid4

import factory
from PIL import Image

from sojourn.core.clock import now
from sojourn.files.models import StoredFile
from sojourn.files.states import FileType

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture(
    picture_format: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **words
) -> bytes:
    """A picture of one colour."""
    out = BytesIO()
    Image.new(mode, size, 128 if mode in {"L", "1", "P", "I;16"} else (120, 160, 90, 200)[: len(mode)]).save(
        out, picture_format, **words
    )
    return out.getvalue()


def with_exif(orientation: int = 6) -> bytes:
    """A photograph whose camera says which way is up, and whose it is."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, "owner canary-in-exif"
    return picture("JPEG", (64, 48), exif=exif.tobytes())


def bomb(width: int = 20_000, height: int = 20_000) -> bytes:
    """A PNG of few bytes that says it is 400 million pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def moving(picture_format: str) -> bytes:
    """Two pictures that take turns."""
    out = BytesIO()
    first, second = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    first.save(out, picture_format, save_all=True, append_images=[second], duration=100)
    return out.getvalue()


class StoredFileFactory(factory.django.DjangoModelFactory):
    """The row of a PDF of a facility, for which no room speaks; its bytes are nowhere."""

    class Meta:
        model = StoredFile

    owner_kind = "facility"
    owner_id = factory.LazyFunction(uuid4)
    member = "440000"
    file_type = FileType.PDF
    sha256 = "0" * 64
    size = len(PDF)
    place = factory.LazyFunction(lambda: uuid4().hex)
    wrapped_key = "v1.440000-1.none.none"
    kept_at = factory.LazyFunction(now)
