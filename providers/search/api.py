"""The public search for programs: the same words as the page, the same rows."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins

from providers.designation.api import DesignationSerializer
from providers.facilities.api import FacilitySerializer
from providers.facilities.models import Facility
from providers.search.query import FILTERS, LABELS, MOST_CHARACTERS, BaseQuery
from providers.search.shelves import live_designations
from sojourn.web.access import Access
from sojourn.web.scoped import ScopedViewSet

PAGING = frozenset({"cursor", "page_size", "changed_since"})
CODE = {"type": "string", "pattern": "^[1-9][0-9]([0-9]{2}){0,2}$"}
SCHEMAS: dict[str, dict[str, Any]] = {
    "q": {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS},
    "province": CODE,
    "city": CODE,
    "county": CODE,
    "designated": {"type": "string", "enum": ["1"]},
}


class OpenFacilitySerializer(FacilitySerializer):
    """A facility open to sojourners, with its live designations."""

    designations = DesignationSerializer(
        many=True, read_only=True, source="live_designations", help_text=_("现行有效的示范基地认定")
    )

    class Meta(FacilitySerializer.Meta):
        fields = [*FacilitySerializer.Meta.fields, "designations"]


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter(name, SCHEMAS[name], OpenApiParameter.QUERY, description=str(LABELS[name]))
            for name in FILTERS
        ]
    )
)
class BaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """开放旅居的养老机构及其现行认定；查询条件与网页相同。"""

    access = Access.PUBLIC
    queryset = Facility.objects.open_to_sojourners()
    serializer_class = OpenFacilitySerializer

    def get_queryset(self):
        rows = super().get_queryset()
        if self.action == "list":
            rows = BaseQuery.from_params(self.request.query_params, words=FILTERS, beside=PAGING).rows()
            rows = rows.visible_to(self.request.actor)
        return rows.prefetch_related("feature_reports")

    def refuse_unknown_words(self) -> None:
        if self.action != "list":  # the query refuses its own
            super().refuse_unknown_words()

    def paginate_queryset(self, queryset) -> list:
        return _with_designations(super().paginate_queryset(queryset) or [])

    def get_object(self) -> Facility:
        return _with_designations([super().get_object()])[0]


def _with_designations(facilities: list[Facility]) -> list[Facility]:
    """The same facilities, each carrying its live designations, fetched in one go."""
    held: dict = {facility.pk: [] for facility in facilities}
    for base in live_designations(facilities).select_related("facility", "batch__scheme"):
        held[base.facility_id].append(base)
    for facility in facilities:
        facility.live_designations = held[facility.pk]  # type: ignore[attr-defined]
    return facilities
