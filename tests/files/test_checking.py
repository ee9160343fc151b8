"""What is taken, what is refused and why, and what is left of a picture that is taken."""

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sojourn.files.checking import BROKEN, Checked, Limits, checked, refuse_path
from sojourn.files.errors import (
    FileDamaged,
    FileEmpty,
    FileRefused,
    FileTooLarge,
    FileTypeNotTaken,
    NameHoldsPath,
    PictureMoves,
    TooManyPixels,
)
from sojourn.files.states import FileType
from tests.factories.files import PDF, bomb, moving, picture, with_exif

LIMITS = Limits(most_bytes=1_048_576, most_pixels=1_000_000)
PAGE = b"<!DOCTYPE html><script>alert(1)</script>"


def drawing(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def archive() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        opened.writestr("evil.html", PAGE)
    return out.getvalue()


MODES = {
    "JPEG": ["RGB", "L", "1", "CMYK"],
    "PNG": ["RGB", "RGBA", "L", "P", "1", "I;16"],
    "WEBP": ["RGB", "RGBA"],
}


@pytest.mark.parametrize(
    ("picture_format", "mode"), [(each, mode) for each, modes in MODES.items() for mode in modes]
)
def test_a_picture_is_drawn_anew_in_its_own_format_and_size(picture_format, mode):
    file_type = FileType[picture_format]

    kept = checked(picture(picture_format, (64, 48), mode), LIMITS)

    assert kept.file_type is file_type
    assert (drawing(kept.content).format, drawing(kept.content).size) == (picture_format, (64, 48))


def test_what_is_see_through_stays_so():
    kept = checked(picture("PNG", mode="RGBA"), LIMITS)

    assert drawing(kept.content).getpixel((0, 0)) == (120, 160, 90, 200)


@pytest.mark.parametrize("behind", [PAGE, archive(), PDF, b"\0" * 10_000])
@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP"])
def test_a_polyglot_picture_loses_its_other_half(picture_format, behind):
    kept = checked(picture(picture_format) + behind, LIMITS)

    assert behind not in kept.content
    assert not zipfile.is_zipfile(BytesIO(kept.content))
    assert drawing(kept.content).size == (64, 48)


def test_a_script_in_a_comment_of_a_picture_is_gone():
    sent = picture("JPEG", comment=PAGE)
    assert PAGE in sent

    assert b"script" not in checked(sent, LIMITS).content


def test_what_the_camera_told_is_gone_and_the_picture_stands_upright():
    sent = with_exif(orientation=6)
    assert b"canary-in-exif" in sent

    kept = checked(sent, LIMITS)

    assert b"canary-in-exif" not in kept.content
    assert b"Exif" not in kept.content
    assert drawing(kept.content).size == (48, 64)


def test_a_pdf_is_kept_as_it_is():
    assert checked(PDF, LIMITS) == Checked(PDF, FileType.PDF)


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        (b"", FileEmpty),
        (picture() + b"\0" * 1_048_576, FileTooLarge),
        (PDF + b"\0" * 1_048_576, FileTooLarge),
        (PAGE, FileTypeNotTaken),
        (b"\x89PNG but no picture", FileTypeNotTaken),
        (archive(), FileTypeNotTaken),
        (b"MZ" + picture(), FileTypeNotTaken),
        (b"\n" + PDF, FileTypeNotTaken),
        (b"%PDF-9.9\n%%EOF", FileTypeNotTaken),
        (b"GIF89a" + b"\0" * 20, FileTypeNotTaken),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", FileTypeNotTaken),
        (picture("TIFF"), FileTypeNotTaken),
        (PDF[:-10], FileDamaged),
        (PDF + archive() + b"\0" * 2000, FileDamaged),
        (b"\xff\xd8\xff\xe0" + PAGE, FileDamaged),
        (b"\x89PNG\r\n\x1a\n" + PAGE, FileDamaged),
        (b"RIFF\x10\0\0\0WEBP" + PAGE, FileDamaged),
        (bomb(), TooManyPixels),
        (bomb(10_000, 9_000), TooManyPixels),
        (picture("PNG", (1001, 1000), "1"), TooManyPixels),
        (moving("PNG"), PictureMoves),
        (moving("WEBP"), PictureMoves),
    ],
)
def test_a_bad_file_is_refused_for_its_own_reason(sent, refusal):
    with pytest.raises(FileRefused) as refused:
        checked(sent, LIMITS)

    assert type(refused.value) is refusal
    assert refused.value.errors[0]["field"] == "file"
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.9])
def test_a_picture_that_was_cut_off_is_refused(picture_format, part):
    whole = picture(picture_format, (300, 300), "RGB")
    cut = whole[: max(int(len(whole) * part), 16)]

    with pytest.raises(FileDamaged):
        checked(cut, LIMITS)


def test_a_bomb_is_refused_before_it_is_drawn(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("drawn"))

    with pytest.raises(TooManyPixels):
        checked(bomb(1001, 1000), LIMITS)


@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 2**16), st.binary(min_size=1, max_size=40))
def test_a_picture_with_any_bytes_changed_is_drawn_anew_or_refused(picture_format, place, noise):
    sent = bytearray(picture(picture_format))
    start = place % len(sent)
    sent[start : start + len(noise)] = noise

    try:
        kept = checked(bytes(sent), LIMITS)
    except FileRefused:
        return
    assert drawing(kept.content).format == picture_format


@pytest.mark.parametrize(
    "name", ["../a.pdf", "a/b.pdf", "C:\\a.pdf", "..", ".", "a\x00.pdf", "a\nb.pdf", "/etc/passwd", "\x7f"]
)
def test_a_name_that_holds_a_path_is_refused(name):
    with pytest.raises(NameHoldsPath) as refused:
        refuse_path(name)

    assert name not in str(refused.value)


@pytest.mark.parametrize("name", ["", "身份证.pdf", "a..b.pdf", "scan (1).jpg", "x" * 300])
def test_an_ordinary_name_is_no_trouble(name):
    refuse_path(name)


def test_no_decoder_may_raise_what_is_let_through():
    assert Exception not in BROKEN
    assert MemoryError not in BROKEN
