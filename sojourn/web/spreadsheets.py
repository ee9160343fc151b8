"""Tables in files that people send and take away: .xlsx and .csv, judged by their content and never by their name.

What is read is bounded before it is opened: bytes, unpacked bytes, rows and columns. What is written holds no cell
that a spreadsheet takes for a formula. No refusal repeats anything of a file.
"""

import csv
import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from sojourn.core.refusals import Invalid, Refusal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEGABYTE = 1024 * 1024
MOST_COLUMNS, MOST_PARTS = 60, 1_000
LONGEST_FILE_NAME = 255
# Half a file of ours is drawn out of one byte in twelve; what unpacks to a hundred times itself is no table.
MOST_DRAWN_OUT = 100

FORMULA_STARTS = frozenset("=+-@\t\r\n")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_UNSAFE_PART = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)")
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,  # also what is raised for entities and document types in the XML
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    csv.Error,
)


class FileMissing(Invalid):
    code = "file_missing"
    title = _("请选择文件；选中的文件没有内容")


class FileTooLarge(Refusal):
    code, status = "file_too_large", 413
    title = _("文件超过{most}兆字节，请分成几个文件")


class FileNameUnsafe(Invalid):
    code = "file_name_unsafe"
    title = _("文件名中有路径，不能接收；请只用文件名本身")


class FileKindWrong(Invalid):
    code = "file_kind_wrong"
    title = _("只接收xlsx表格或csv文本，这个文件不是")


class OldSpreadsheet(Invalid):
    code = "old_spreadsheet"
    title = _("这是旧版xls表格或加了密码的表格，请另存为不加密码的xlsx")


class FileDamaged(Invalid):
    code = "file_damaged"
    title = _("表格内容已损坏或不合规范，无法读取；请重新另存后再传")


class UnpacksTooLarge(Refusal):
    code, status = "unpacks_too_large", 413
    title = _("表格解压后过大，不能接收；请只保留需要的数据，粘贴到模板里再传")


class TooManyRows(Refusal):
    code, status = "too_many_rows", 413
    title = _("表格超过{most}行数据，请分成几个文件")


class NoRows(Invalid):
    code = "no_rows"
    title = _("表格里没有数据行")


class Formula:
    """What stands in a cell that is worked out from others; what it amounts to is not taken."""

    def __repr__(self) -> str:
        return "a formula"


FORMULA = Formula()


@dataclass(frozen=True)
class Limits:
    """How much of a file is taken: rows below the headings, megabytes as sent and as unpacked."""

    rows: int
    megabytes: int
    unpacked_megabytes: int


@dataclass(frozen=True)
class Table:
    """The headings of the first sheet and every row below that holds something, with its number in the file.

    A cell is None, text, a number, a day, a truth value or FORMULA.
    """

    headings: list[str]
    rows: list[tuple[int, list]] = field(repr=False)


@dataclass(frozen=True)
class Written:
    """One sheet to be written: text cells alone, ``marks`` are the lines that stand above the headings."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]] = field(repr=False)
    marks: Sequence[str] = ()
    choices: dict[int, Sequence[str]] = field(default_factory=dict)


def read_table(*, name: str, content: bytes, size: int, limits: Limits) -> Table:
    """The table in a file; ``size`` is how large it was when it was sent, ``name`` is only looked at."""
    if len(name) > LONGEST_FILE_NAME or re.search(r"[/\\\x00-\x1f]", name):
        raise FileNameUnsafe
    if not size:
        raise FileMissing
    if size > limits.megabytes * MEGABYTE or len(content) < size:
        raise FileTooLarge(most=limits.megabytes)
    if content.startswith(_OLD_OFFICE):
        raise OldSpreadsheet
    rows = _rows_of_xlsx(content, limits) if content.startswith(b"PK") else _rows_of_csv(content)
    try:
        return _table(rows, limits.rows)
    except _DAMAGE:
        pass  # raised again when it is over, so that no error carries what was being read
    raise FileDamaged


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula, its full-width forms included."""
    clean = ILLEGAL_CHARACTERS_RE.sub(" ", text)
    first = unicodedata.normalize("NFKC", clean[:1])
    return f"'{clean}" if first[:1] in FORMULA_STARTS and first else clean


def write_xlsx(sheets: Iterable[Written]) -> bytes:
    """A workbook of these sheets, every cell a text that stays one, the marks also on every printed page."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "Sojourn"
    for written in sheets:
        sheet = book.create_sheet(written.title)
        for mark in written.marks:
            sheet.append([harmless(mark)])
        for row in (written.headings, *written.rows):
            sheet.append([harmless(cell) for cell in row])
        _fix_text(sheet)
        _dress(sheet, written)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fix_text(sheet) -> None:
    """Every cell is text by its type and by its format: no number loses digits, nothing is worked out."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                cell.data_type, cell.number_format = "s", "@"


def _dress(sheet, written: Written) -> None:
    head = len(written.marks) + 1
    columns = max(len(written.headings), 1)
    for at in range(1, columns + 1):
        letter = get_column_letter(at)
        longest = max((len(row[at - 1]) for row in written.rows if len(row) >= at), default=0)
        sheet.column_dimensions[letter].width = min(max(longest, 8) * 2 + 2, 60)
        sheet.column_dimensions[letter].number_format = "@"
        if at - 1 in written.choices:
            _offer(sheet, letter, head, written.choices[at - 1])
    for line in range(1, head):
        sheet.merge_cells(start_row=line, end_row=line, start_column=1, end_column=columns)
        sheet.cell(line, 1).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(line, 1).font = Font(color="8A3B12")
    for cell in sheet[head]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = f"A{head + 1}"
    if written.marks:
        # In a printed header & begins a command, and its text is cut at 255 characters.
        sheet.oddHeader.center.text = " ".join(written.marks).replace("&", "&&")[:240]


def _offer(sheet, letter: str, head: int, choices: Sequence[str]) -> None:
    listed = DataValidation(type="list", formula1='"{}"'.format(",".join(choices)), allow_blank=True)
    listed.add(f"{letter}{head + 1}:{letter}1048576")
    sheet.add_data_validation(listed)


def _rows_of_xlsx(content: bytes, limits: Limits) -> Iterator[Sequence]:
    _must_be_a_workbook(content, limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that are not read anyway
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        for sheet in book.worksheets[:1]:
            sheet.reset_dimensions()  # what a file says of its own extent may be wrong
            yield from sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)


def _must_be_a_workbook(content: bytes, limits: Limits) -> None:
    """The parts of the package by what its own list says; no part is unpacked beyond the size named there."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (*_DAMAGE,):
        parts = None
    if parts is None:
        raise FileDamaged
    if any(_UNSAFE_PART.search(part.filename) for part in parts):
        raise FileNameUnsafe
    unpacked = sum(part.file_size for part in parts)
    drawn_out = unpacked > MOST_DRAWN_OUT * len(content) and unpacked > MEGABYTE
    if len(parts) > MOST_PARTS or unpacked > limits.unpacked_megabytes * MEGABYTE or drawn_out:
        raise UnpacksTooLarge
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= {part.filename for part in parts}:
        raise FileKindWrong


def _rows_of_csv(content: bytes) -> Iterator[Sequence]:
    text = _decoded(content)
    if text is None or _CONTROLS.search(text):
        raise FileKindWrong
    return csv.reader(io.StringIO(text, newline=""), strict=True)


def _decoded(content: bytes) -> str | None:
    """Text as UTF-8, or as GB 18030 in which spreadsheets of this country save it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _table(rows: Iterable[Sequence], most: int) -> Table:
    headings: list[str] | None = None
    found: list[tuple[int, list]] = []
    for number, row in enumerate(rows, start=1):
        said = list(row[:MOST_COLUMNS])
        while said and said[-1] is None:  # a sheet is as wide as it may be, and empty there
            said.pop()
        cells = [_cell(value) for value in said]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        if headings is None:
            headings = ["" if cell is None or cell is FORMULA else str(cell) for cell in cells]
            continue
        if len(found) == most:
            raise TooManyRows(most=most)
        found.append((number, cells))
    if not headings or not found:
        raise NoRows
    return Table(headings, found)


def _cell(value: object) -> object:
    match value:
        case str():
            text = value.strip()
            return FORMULA if text.startswith("=") else text or None
        case datetime():
            return value.date() if not (value.hour or value.minute or value.second) else value
        case None | bool() | int() | float():
            return value
    return value if hasattr(value, "isoformat") else FORMULA
