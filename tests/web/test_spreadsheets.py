import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from sojourn.web.spreadsheets import (
    FORMULA,
    FileDamaged,
    FileKindWrong,
    FileMissing,
    FileNameUnsafe,
    FileTooLarge,
    Limits,
    NoRows,
    OldSpreadsheet,
    Table,
    TooManyRows,
    UnpacksTooLarge,
    Written,
    harmless,
    read_table,
    write_xlsx,
)

LIMITS = Limits(rows=5, megabytes=1, unpacked_megabytes=4)


def read(content: bytes, *, name: str = "a.xlsx", limits: Limits = LIMITS, size: int | None = None) -> Table:
    return read_table(name=name, content=content, size=len(content) if size is None else size, limits=limits)


def xlsx(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def packed(**parts: bytes) -> bytes:
    """A package with the two parts by which a workbook is known, and others."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>", **parts}.items():
            package.writestr(name, content)
    return file.getvalue()


def repacked(content: bytes, part: str, change) -> bytes:
    """The same workbook with one part changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return file.getvalue()


def test_rows_come_with_their_numbers_and_empty_ones_do_not_come():
    table = read(xlsx(["姓名", "年龄"], [None, " "], [" 安一 ", 70], [], ["=1+1", True]))

    assert table.headings == ["姓名", "年龄"]
    assert table.rows == [(3, ["安一", 70]), (5, [FORMULA, True])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_of_commas_is_a_table_too(encoding):
    table = read('姓名,电话\r\n安一,"0000,1"\r\n'.encode(encoding), name="a.csv")

    assert (table.headings, table.rows) == (["姓名", "电话"], [(2, ["安一", "0000,1"])])


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", FileMissing),
        (b"\x89PNG\r\n\x1a\n\0\0", FileKindWrong),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\xff\xff", FileKindWrong),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", OldSpreadsheet),
        (b"PK\x03\x04 and then nothing", FileDamaged),
        (packed(), FileDamaged),
        (packed(**{"../../etc/passwd": b"x"}), FileNameUnsafe),
        (packed(**{"/etc/passwd": b"x"}), FileNameUnsafe),
        (packed(**{"C:\\x": b"x"}), FileNameUnsafe),
        (packed(**{"xl/media/a.bin": b"\0" * 3_000_000}), UnpacksTooLarge),
        (packed(**{f"xl/{n}.xml": b"" for n in range(1_001)}), UnpacksTooLarge),
        ("姓名\r\n".encode(), NoRows),
        (b'a,b\r\n"never closed', FileDamaged),
        (b"x" * 1_048_577, FileTooLarge),
    ],
)
def test_what_is_no_table_is_refused_for_what_it_is(content, refusal):
    with pytest.raises(refusal):
        read(content)


def test_a_package_that_is_no_workbook_is_of_another_kind():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("word/document.xml", "<a/>")

    with pytest.raises(FileKindWrong):
        read(file.getvalue())


def test_what_unpacks_to_more_than_is_allowed_is_not_unpacked():
    noise = bytes(range(256)) * 16_400  # four megabytes that do not shrink a hundredfold

    with pytest.raises(UnpacksTooLarge):
        read(packed(**{"xl/noise.bin": noise}), limits=Limits(5, 5, 4))


@pytest.mark.parametrize("name", ["../a.xlsx", "C:\\temp\\a.xlsx", "a\0.xlsx", "a" * 256])
def test_a_path_in_the_name_is_refused(name):
    with pytest.raises(FileNameUnsafe):
        read(xlsx(["a"], ["b"]), name=name)


def test_one_row_more_than_allowed_is_too_many():
    rows = [["a"], *([str(n)] for n in range(6))]

    assert len(read(xlsx(*rows[:-1])).rows) == 5
    with pytest.raises(TooManyRows):
        read(xlsx(*rows))


def test_a_sheet_that_understates_its_extent_is_read_to_its_end():
    content = repacked(
        xlsx(["a"], ["1"], ["2"]),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b'ref="A1:A3"', b'ref="A1:A1"'),
    )

    assert [cells for _, cells in read(content).rows] == [["1"], ["2"]]


def test_entities_in_a_workbook_are_not_expanded():
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]>'
    content = repacked(
        xlsx(["a"], ["1"]),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"<worksheet", bomb + b"<worksheet", 1),
    )

    with pytest.raises(FileDamaged):
        read(content)


def test_a_file_of_which_only_a_part_was_held_is_too_large():
    with pytest.raises(FileTooLarge):
        read(b"", size=30_000_000)


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠a", "﹢1", "=cmd|' /C calc'!A0"]
)
def test_a_cell_that_a_spreadsheet_would_work_out_is_made_harmless(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "安一", "0000-0000001", "a=1", "吉克·阿依", "'quoted", "½"])
def test_other_cells_stay_as_they_are(text):
    assert harmless(text) == text


def test_what_is_written_is_text_under_its_marks_and_keeps_every_digit():
    sheet = Written(
        "名单", ["号码", "姓名"], [["000001194803090020", "=1+1"], ["010", "a\x07b"]], ["甲 & 乙", "=x"]
    )

    book = load_workbook(io.BytesIO(write_xlsx([sheet])))

    page = book["名单"]
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    assert cells == [
        ["甲 & 乙", None],
        ["'=x", None],
        ["号码", "姓名"],
        ["000001194803090020", "'=1+1"],
        ["010", "a b"],
    ]
    assert {cell.data_type for row in page.iter_rows(min_row=3) for cell in row} == {"s"}
    assert page.oddHeader.center.text == "甲 && 乙 =x"
