"""The directory of facilities as Open Referral HSDS 3.0, read only and for everyone."""

from collections.abc import Sequence
from datetime import UTC, datetime

import django_filters
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from providers.facilities.models import Facility, Operator
from providers.search import directory
from providers.search import directory_shapes as shapes
from providers.search.shelves import held_by
from sojourn.core.actors import PUBLIC
from sojourn.core.refusals import Invalid
from sojourn.web.access import Access
from sojourn.web.scoped import ScopedViewSet

ATTRIBUTION = (
    "Shaped by the Human Services Data Specification 3.0 of Open Referral (https://docs.openreferral.org),"
    " CC BY-SA 4.0."
)
LAST_PAGE, LARGEST_PAGE = 99_999, 100
PLACES = ("division__parent__parent", "operator")


class PageInvalid(Invalid):
    code = "page_invalid"
    title = _("{field} 应为 1 到 {largest} 的整数")


class DirectoryPages(BasePagination):
    """Numbered pages in the envelope of the standard, in the order of identifiers."""

    def paginate_queryset(self, queryset, request, view=None) -> list:
        words = request.query_params
        self.number = _number(words.get("page", "1"), "page", LAST_PAGE)
        self.most = _number(words.get("per_page", "20"), "per_page", LARGEST_PAGE)
        self.total = queryset.count()
        start = (self.number - 1) * self.most
        return list(queryset.order_by("pk")[start : start + self.most]) if start < self.total else []

    def get_paginated_response(self, data: Sequence[dict]) -> Response:
        pages = max(1, -(-self.total // self.most))
        return Response(
            {
                "total_items": self.total,
                "total_pages": pages,
                "page_number": self.number,
                "size": len(data),
                "first_page": self.number == 1,
                "last_page": self.number >= pages,
                "empty": not data,
                "contents": data,
            }
        )

    def get_schema_operation_parameters(self, view) -> list[dict]:
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "minimum": 1, "maximum": most},
                "description": str(description),
            }
            for name, most, description in (
                ("page", LAST_PAGE, _("页码")),
                ("per_page", LARGEST_PAGE, _("每页条数")),
            )
        ]


class DirectoryFilters(django_filters.FilterSet):
    search = django_filters.CharFilter(method="find", max_length=100, label=_("名称、地区或拼音"))
    modified_after = django_filters.IsoDateTimeFilter(method="since", label=_("此后变更的（含该时刻）"))

    def find(self, rows, _name: str, words: str):
        return rows.matching(words)

    def since(self, rows, _name: str, instant: datetime):
        try:
            return rows.filter(changed_at__gte=instant.astimezone(UTC))
        except OverflowError:  # an offset led before the first day, or behind the last
            raise Invalid from None


class SiteFilters(DirectoryFilters):
    organization_id = django_filters.UUIDFilter(field_name="operator_id", label=_("运营主体"))

    class Meta:
        model = Facility
        fields: list[str] = []


class OrganizationFilters(DirectoryFilters):
    class Meta:
        model = Operator
        fields: list[str] = []


class DirectoryViewSet(ScopedViewSet):
    """Rows that everyone may see, shaped; an officer finds no more here than anybody."""

    access = Access.PUBLIC
    scope = "bases.read"
    pagination_class = DirectoryPages

    def list(self, request) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.shaped(rows))

    def retrieve(self, request, pk=None) -> Response:
        return Response(self.shaped_in_full(self.get_object()))

    def shaped(self, rows: Sequence) -> Sequence[dict]:
        """The rows of a page in the shape of a list."""
        raise NotImplementedError

    def shaped_in_full(self, row) -> dict:
        """One row with all that hangs on it."""
        raise NotImplementedError


class RootViewSet(ScopedViewSet):
    """Open Referral HSDS 3.0 形式的养老机构目录：版本与说明。"""

    access = Access.PUBLIC
    scope = "bases.read"
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses={200: shapes.ROOT})
    def list(self, request) -> Response:
        return Response(
            {
                "version": directory.VERSION,
                "profile": request.build_absolute_uri(reverse("docs")),
                "openapi_url": request.build_absolute_uri(reverse("schema")),
                "attribution": ATTRIBUTION,
            }
        )


class SiteViewSet(DirectoryViewSet):
    queryset = Facility.objects.visible_to(PUBLIC).select_related(*PLACES)
    filterset_class = SiteFilters

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.prefetch_related("feature_reports") if self.action == "retrieve" else rows


class ServiceViewSet(SiteViewSet):
    """Open Referral HSDS 3.0 的 service：一家养老机构提供的旅居服务。"""

    @extend_schema(responses={200: shapes.page_of(shapes.SERVICE)})
    def list(self, request) -> Response:
        return super().list(request)

    @extend_schema(responses={200: shapes.SERVICE_IN_FULL})
    def retrieve(self, request, pk=None) -> Response:
        return super().retrieve(request, pk)

    def shaped(self, rows: Sequence[Facility]) -> Sequence[dict]:
        held = held_by([*rows])
        return [directory.service(row, held.get(row.pk, ())) for row in rows]

    def shaped_in_full(self, row: Facility) -> dict:
        return directory.service_in_full(row, held_by([row]).get(row.pk, ()))


class LocationViewSet(SiteViewSet):
    """Open Referral HSDS 3.0 的 location：养老机构所在的地点。"""

    @extend_schema(responses={200: shapes.page_of(shapes.LOCATION)})
    def list(self, request) -> Response:
        return super().list(request)

    @extend_schema(responses={200: shapes.LOCATION_IN_FULL})
    def retrieve(self, request, pk=None) -> Response:
        return super().retrieve(request, pk)

    def shaped(self, rows: Sequence[Facility]) -> Sequence[dict]:
        return [directory.location(row) for row in rows]

    def shaped_in_full(self, row: Facility) -> dict:
        return directory.location_in_full(row)


class ServiceAtLocationViewSet(SiteViewSet):
    """Open Referral HSDS 3.0 的 service_at_location：服务与地点的对应。"""

    @extend_schema(responses={200: shapes.page_of(shapes.SERVICE_AT_LOCATION)})
    def list(self, request) -> Response:
        return super().list(request)

    @extend_schema(responses={200: shapes.SERVICE_AT_LOCATION_IN_FULL})
    def retrieve(self, request, pk=None) -> Response:
        return super().retrieve(request, pk)

    def shaped(self, rows: Sequence[Facility]) -> Sequence[dict]:
        held = held_by([*rows])
        return [directory.service_at_location(row, held.get(row.pk, ())) for row in rows]

    def shaped_in_full(self, row: Facility) -> dict:
        return directory.service_at_location_in_full(row, held_by([row]).get(row.pk, ()))


class OrganizationViewSet(DirectoryViewSet):
    """Open Referral HSDS 3.0 的 organization：运营主体。"""

    queryset = Operator.objects.all()
    filterset_class = OrganizationFilters

    def get_queryset(self):
        sites = Facility.objects.visible_to(PUBLIC).select_related(*PLACES).order_by("sort_key", "pk")
        rows = super().get_queryset()
        return rows.prefetch_related(Prefetch("facilities", sites)) if self.action == "retrieve" else rows

    @extend_schema(responses={200: shapes.page_of(shapes.ORGANIZATION)})
    def list(self, request) -> Response:
        return super().list(request)

    @extend_schema(responses={200: shapes.ORGANIZATION_IN_FULL})
    def retrieve(self, request, pk=None) -> Response:
        return super().retrieve(request, pk)

    def shaped(self, rows: Sequence[Operator]) -> Sequence[dict]:
        return [directory.organization(row) for row in rows]

    def shaped_in_full(self, row: Operator) -> dict:
        return directory.organization_in_full(row, row.facilities.all())


def _number(text: str, field: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= most and len(text) <= len(str(most))):
        raise PageInvalid(field=field, largest=most)
    return int(text)
