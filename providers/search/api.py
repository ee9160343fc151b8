"""The public search for programs: the same words as the page, the same rows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.response import Response

from providers.designation.api import DesignationSerializer, live_bodies
from providers.facilities.api import FacilitySerializer, bodies_of
from providers.facilities.features import BY_CODE
from providers.facilities.models import Facility
from providers.facilities.states import AbilityLevel
from providers.search import results
from providers.search.conditions import answering
from providers.search.errors import wrong
from providers.search.models import SearchRow
from providers.search.query import FILTERS, BaseQuery
from providers.search.ranking import Hit, Window, hits_of, near_hits_of
from providers.search.reading import (
    HIGHEST_BUDGET,
    HIGHEST_STAR,
    LABELS,
    LARGEST_RADIUS_KM,
    MOST_CHARACTERS,
    POINT,
    REPEATABLE,
)
from providers.search.shelves import live_designations
from providers.search.states import Sort
from sojourn.core.actors import PUBLIC
from sojourn.core.refusals import Invalid
from sojourn.web.access import Access
from sojourn.web.pagination import KeysetPages
from sojourn.web.scoped import ScopedViewSet

Ids = list[UUID]
Hits = list[Hit]
Bodies = list[dict]
BESIDE = frozenset({"cursor", "page_size", "changed_since", "facets"})
CODE = {"type": "string", "pattern": "^[1-9][0-9]([0-9]{2}){0,2}$"}
YES = {"type": "string", "enum": ["1"]}
DAY = {"type": "string", "format": "date"}


def _whole(most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": most}


SCHEMAS: dict[str, dict[str, Any]] = {
    "q": {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS},
    "province": CODE,
    "city": CODE,
    "county": CODE,
    "designated": YES,
    "month": _whole(12),
    "from": DAY,
    "to": DAY,
    "level": {"type": "string", "enum": AbilityLevel.values},
    "budget": _whole(HIGHEST_BUDGET),
    "star": _whole(HIGHEST_STAR),
    "feature": {"type": "array", "items": {"type": "string", "enum": list(BY_CODE)}},
    "near": {"type": "string", "pattern": f"^{POINT.pattern.replace('?:', '')}$"},
    "radius": _whole(LARGEST_RADIUS_KM),
    "sort": {"type": "string", "enum": Sort.values},
    "unreported": YES,
}
FACETS = OpenApiParameter(
    "facets", YES, OpenApiParameter.QUERY, description="1：同时给出家数、未报告的家数，以及各条件下的家数"
)
COUNT = {"type": "integer", "minimum": 0}
FACET = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["value", "count", "chosen"],
        "properties": {"value": {"type": "string"}, "count": COUNT, "chosen": {"type": "boolean"}},
        "additionalProperties": False,
    },
}


class FacetsInvalid(Invalid):
    code = "facets_invalid"
    title = _("facets 只能是 1，或不写")


class OpenFacilitySerializer(FacilitySerializer):
    """A facility open to sojourners, with its live designations."""

    designations = DesignationSerializer(
        many=True, read_only=True, source="live_designations", help_text=_("现行有效的示范基地认定")
    )

    class Meta(FacilitySerializer.Meta):
        fields = [*FacilitySerializer.Meta.fields, "designations"]


class SearchPages(KeysetPages):
    """The pages of a search, with what its words came to."""

    def get_paginated_response_schema(self, schema: dict) -> dict:
        answer = super().get_paginated_response_schema(schema)
        answer["properties"] |= {
            "near_misses": {"type": "boolean", "description": "没有完全相同的；所列是相近的"},
            "count": COUNT | {"description": "符合条件的家数（facets=1 时给出）"},
            "unreported": COUNT | {"description": "因未报告所查事项而没有列出的家数（facets=1 时给出）"},
            "facets": {"type": "object", "additionalProperties": FACET},
        }
        answer["required"] = [*answer["required"], "near_misses"]
        return answer


@extend_schema_view(
    list=extend_schema(
        parameters=[
            *(
                OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=str(LABELS[name]))
                for name, schema in SCHEMAS.items()
            ),
            FACETS,
        ]
    )
)
class BaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """开放旅居的养老机构及其现行认定；查询条件与网页相同，最合适的在前。"""

    access = Access.PUBLIC
    scope = "bases.read"
    queryset = Facility.objects.open_to_sojourners()
    serializer_class = OpenFacilitySerializer
    pagination_class = SearchPages
    repeatable_words = REPEATABLE

    def list(self, request, *_args, **_kwargs) -> Response:
        words = request.query_params
        query = BaseQuery.from_params(words, words=FILTERS, beside=BESIDE)
        with_facets = "facets" in words
        if with_facets and words["facets"] != "1":
            raise FacetsInvalid(errors=[wrong("facets", "not_yes", FacetsInvalid.title)])
        if "changed_since" in words:
            bodies, near = _bodies(self._changed(query)), False
        else:
            hits, near = self._page(query)
            designated = [hit.facility_id for hit in hits if hit.designated]
            bodies = _bodies([hit.facility_id for hit in hits], designated)
        response = self.get_paginated_response(bodies)
        response.data["near_misses"] = near
        if with_facets:
            response.data |= _figures(query)
        return response

    def _page(self, query: BaseQuery) -> tuple[Hits, bool]:
        """The rows of the page that was asked, and whether they only come near what was typed."""
        pages = self.paginator
        assert isinstance(pages, SearchPages)
        after = pages.begin(self.request)
        hits = hits_of(query, Window(pages.size + 1, after=after))
        if not hits and after is None and query.q:
            near = near_hits_of(query, limit=pages.size)
            return near, bool(near)
        if len(hits) > pages.size:
            hits = hits[: pages.size]
            pages.go_on_after(hits[-1].keys)
        return hits, False

    def _changed(self, query: BaseQuery) -> Ids:
        """The facilities that answer and changed since, in the order of change."""
        rows = SearchRow.objects.visible_to(PUBLIC).filter(answering(query).q)
        changed = self.get_queryset().filter(pk__in=rows.values("pk")).only("pk", "changed_at")
        return [facility.pk for facility in self.paginate_queryset(changed) or ()]

    def refuse_unknown_words(self) -> None:
        if self.action != "list":  # the query refuses its own
            super().refuse_unknown_words()

    def get_object(self) -> Facility:
        facility = super().get_object()
        held = live_designations([facility]).select_related("facility", "batch__scheme")
        facility.live_designations = list(held)  # type: ignore[attr-defined]
        return facility


def _figures(query: BaseQuery) -> dict:
    counts = results.counted(query)
    shown = results.facets(query)
    return {
        "count": counts.answering,
        "unreported": counts.unreported,
        "facets": {name: [vars(value) for value in values] for name, values in shown.items()},
    }


def _bodies(ids: Sequence[UUID], designated: Sequence[UUID] | None = None) -> Bodies:
    """The facilities in this order as OpenFacilitySerializer would answer; ``designated`` are known to be so."""
    asked = ids if designated is None else designated
    held = live_bodies(asked) if asked else {}
    bodies = bodies_of(ids)
    for pk, body in bodies.items():
        body["designations"] = held.get(pk, [])
    return [bodies[pk] for pk in ids if pk in bodies]
