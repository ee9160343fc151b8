"""Spreadsheets as officers fill them in."""

import io
from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from residents.registry.models import ImportBatch
from residents.registry.services import check_import
from sojourn.core.actors import Actor
from sojourn.core.identifiers import sample_identity
from tests.factories.residents import BORN

HEADINGS = ["姓名*", "身份证号码*", "户籍所在地区*", "本人电话", "联系人姓名", "饮食要求"]


def person(seed: int, *, name: str = "安一", home: str = "天河区", phone: str = "0000-0000001") -> list:
    return [name, sample_identity(seed, BORN), home, phone, "仇归林", "软食、清真"]


def xlsx(rows: Sequence[Sequence], headings: Sequence[str] = HEADINGS) -> bytes:
    book = Workbook()
    for row in (headings, *rows):
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def uploaded(content: bytes, name: str = "名单.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def cells_of(content: bytes) -> list[list]:
    return [list(row) for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)]


def checked(
    rows: Sequence[Sequence], actor: Actor, headings: Sequence[str] = HEADINGS, kind: str = "residents"
) -> ImportBatch:
    """The rows as a spreadsheet whose first row is its headings."""
    return check_import(kind=kind, headings=headings, rows=list(enumerate(rows, start=2)), actor=actor)


def states(batch: ImportBatch) -> dict[int, str]:
    return dict(batch.rows.order_by("number").values_list("number", "state"))
