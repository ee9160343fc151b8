"""Cursor pages and changed_since: a walk that misses nothing while rows change under it."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from sojourn.core.clock import now
from sojourn.core.refusals import Invalid

LAG = timedelta(seconds=10)
SALT = "sojourn.cursor"
LARGEST_PAGE = 100


class CursorInvalid(Invalid):
    code = "cursor_invalid"
    title = _("游标无法识别，或与其他查询条件不符；请从第一页重新开始")


class ChangedSinceInvalid(Invalid):
    code = "changed_since_invalid"
    title = _("changed_since 只接受上一次回答中给出的标记")


class PageSizeInvalid(Invalid):
    code = "page_size_invalid"
    title = _("page_size 应为 1 到 {largest} 的整数")


class CursorPages(BasePagination):
    """Keyset pages in primary-key order, or in order of change for ``changed_since``.

    Every answer carries a ``changed_since`` token that lies ten seconds before the walk began: no
    business transaction lives that long, so asking with it later returns every change at least once,
    those that committed late included. A cursor holds a digest of the other parameters.
    """

    page_size = 20

    def paginate_queryset(self, queryset, request, view=None) -> list:
        words = request.query_params
        self.request, self.size = request, _page_size(words.get("page_size"))
        self.digest = _digest(words)
        since = (
            _read(words["changed_since"], ChangedSinceInvalid).get("since")
            if "changed_since" in words
            else None
        )
        if "changed_since" in words and since is None:
            raise ChangedSinceInvalid
        self.by_change = since is not None
        self.key = ("changed_at", "pk") if self.by_change else ("pk",)
        self.token = (now() - LAG).isoformat()
        if since is not None:
            queryset = queryset.filter(changed_at__gt=datetime.fromisoformat(since))
        if words.get("cursor"):
            queryset = queryset.filter(self._after(_read(words["cursor"], CursorInvalid)))
        rows = list(queryset.order_by(*self.key)[: self.size + 1])
        self.more, rows = len(rows) > self.size, rows[: self.size]
        self.last = [_as_text(rows[-1], name) for name in self.key] if self.more else None
        return rows

    def get_paginated_response(self, data) -> Response:
        return Response(
            {
                "results": data,
                "next": self._next_url(),
                "changed_since": signing.dumps({"since": self.token}, salt=SALT),
            }
        )

    def get_paginated_response_schema(self, schema: dict) -> dict:
        return {
            "type": "object",
            "required": ["results", "next", "changed_since"],
            "properties": {
                "results": schema,
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "下一页的地址；最后一页为 null",
                },
                "changed_since": {
                    "type": "string",
                    "description": "下次以 changed_since 传回，取得此后变更的记录（至少一次）",
                },
            },
            "additionalProperties": False,
        }

    def get_schema_operation_parameters(self, view) -> list[dict]:
        return [
            _parameter("cursor", {"type": "string", "maxLength": 2000}, "上一页 next 中的游标"),
            _parameter("page_size", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}, "每页条数"),
            _parameter(
                "changed_since", {"type": "string", "maxLength": 2000}, "上一次回答中的 changed_since 标记"
            ),
        ]

    def _after(self, cursor: dict) -> Q:
        if cursor.get("digest") != self.digest:
            raise CursorInvalid
        self.token = cursor["token"]
        last = cursor["last"]
        if not self.by_change:
            return Q(pk__gt=last[0])
        instant = datetime.fromisoformat(last[0])
        return Q(changed_at__gt=instant) | Q(changed_at=instant, pk__gt=last[1])

    def _next_url(self) -> str | None:
        if self.last is None:
            return None
        cursor = signing.dumps(
            {"digest": self.digest, "last": self.last, "token": self.token}, salt=SALT, compress=True
        )
        words = self.request.query_params.copy()
        words["cursor"] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{words.urlencode()}")


class PlainPages(CursorPages):
    """The same without ``changed_since``: for rows that come into sight without a change of their own."""

    def get_paginated_response(self, data) -> Response:
        return Response({"results": data, "next": self._next_url()})

    def get_paginated_response_schema(self, schema: dict) -> dict:
        answer = super().get_paginated_response_schema(schema)
        answer["required"].remove("changed_since")
        del answer["properties"]["changed_since"]
        return answer

    def get_schema_operation_parameters(self, view) -> list[dict]:
        parameters = super().get_schema_operation_parameters(view)
        return [each for each in parameters if each["name"] != "changed_since"]


class KeysetPages(CursorPages):
    """Keyset pages in an order of the view's own: the view asks from which keys on, and tells the last it saw.

    With ``changed_since`` the order is that of change, as everywhere.
    """

    def begin(self, request) -> Sequence | None:
        """The keys after which this page begins; None for the first page."""
        words = request.query_params
        self.request, self.size, self.digest = request, _page_size(words.get("page_size")), _digest(words)
        self.token, self.last = (now() - LAG).isoformat(), None
        if not words.get("cursor"):
            return None
        cursor = _read(words["cursor"], CursorInvalid)
        if cursor.get("digest") != self.digest:
            raise CursorInvalid
        self.token = cursor["token"]
        return cursor["last"]

    def go_on_after(self, keys: Sequence) -> None:
        """There are more rows, and these are the keys of the last one shown."""
        self.last = [str(key) if isinstance(key, UUID) else key for key in keys]


def _as_text(row, name: str) -> str:
    """A column of a row that is an object or, on hot lists, a mapping."""
    value = row["id" if name == "pk" else name] if isinstance(row, Mapping) else getattr(row, name)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _page_size(text: str | None) -> int:
    if text is None:
        return CursorPages.page_size
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= LARGEST_PAGE):
        raise PageSizeInvalid(largest=LARGEST_PAGE)
    return int(text)


def _digest(words) -> str:
    others = sorted((name, value) for name, values in words.lists() if name != "cursor" for value in values)
    return hashlib.sha256(repr(others).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _read(text: str, refusal: type[Invalid]) -> dict:
    try:
        return signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        raise refusal from None


def _parameter(name: str, schema: dict, description: str) -> dict:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
