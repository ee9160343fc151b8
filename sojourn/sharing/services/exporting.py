"""Who was served what, as a file with its digest."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from sojourn.core.actors import Actor
from sojourn.core.clock import local
from sojourn.core.trail import record
from sojourn.sharing.errors import NothingToExport
from sojourn.sharing.models import ServeRecord
from sojourn.sharing.wording import asked_in_words, ground_in_words, reason_in_words, resource_in_words

MOST_ROWS = 100_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class Export:
    """A file as it is handed over, and the digest by which anybody can tell that it is this one."""

    content: bytes
    sha256: str
    rows: int

    @property
    def name(self) -> str:
        return f"serve-records-{self.sha256[:16]}.csv"


@transaction.atomic
def export_serve_records(*, rows, filters: Mapping[str, str], actor: Actor) -> Export:
    """These records are a file, and the trail says who took it, with its digest and how it was chosen."""
    found = list(rows.managed_by(actor).order_by("pk")[:MOST_ROWS])
    if not found:
        raise NothingToExport
    content = (BYTE_ORDER_MARK + _spelt(found)).encode()
    export = Export(content, hashlib.sha256(content).hexdigest(), len(found))
    record(
        action="serverecord.exported",
        actor=actor,
        subject=found[-1],
        rows=export.rows,
        sha256=export.sha256,
        filters=dict(filters),
    )
    return export


def _spelt(rows: Iterable[ServeRecord]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    heads = [
        _("时间"),
        _("请求节点"),
        _("请求内容"),
        _("归属省份"),
        _("数据资源"),
        _("共享范围"),
        _("纪元"),
        _("页码"),
        _("结果"),
        _("依据"),
        _("拒绝原因"),
        _("追踪编号"),
    ]
    writer.writerow(heads)
    for row in rows:
        writer.writerow([harmless(cell) for cell in _cells(row)])
    return file.getvalue()


def _cells(row: ServeRecord) -> list[str]:
    return [
        local(row.at).isoformat(timespec="seconds"),
        row.node,
        asked_in_words(row.asked),
        row.owner,
        resource_in_words(row.resource),
        row.audience,
        "" if row.epoch is None else str(row.epoch),
        "" if row.no is None else str(row.no),
        str(row.get_outcome_display()),
        ground_in_words(row.ground),
        reason_in_words(row.reason),
        row.trace_id,
    ]


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
