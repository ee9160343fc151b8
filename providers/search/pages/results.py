"""The list of facilities that answer a search, and where they are."""

from functools import partial

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from providers.search import picked, results
from providers.search.cards import cards_of
from providers.search.chips import address_of, address_within, chips_of, facets_of, ways_out_of
from providers.search.city_map import CityMap, map_of
from providers.search.copies import stale_copies
from providers.search.errors import QueryInvalid
from providers.search.form import form_of
from providers.search.pages.public import page
from providers.search.query import BaseQuery
from providers.search.reading import LABELS
from providers.search.results import ROWS_A_PAGE
from providers.search.shelves import Choices, choices_for
from providers.search.states import Sort
from sojourn.web.modes import ELDER, mode_of


@page
def bases(request: HttpRequest) -> HttpResponse:
    """The facilities that answer the query; a query that cannot be read keeps the form and says why."""
    try:
        query = BaseQuery.from_params(request.GET)
        found = results.find(query)
    except QueryInvalid as refusal:
        return _unreadable(request, refusal)
    choices = choices_for(query)
    context = {
        "form": form_of(request, choices),
        "query": query,
        "chips": chips_of(query, choices),
        "found": found,
        "page": (numbered := Paginator(range(found.count), ROWS_A_PAGE).page(found.page)),
        "shown_numbers": numbered.paginator.get_elided_page_range(found.page, on_each_side=1, on_ends=1),
        "cards": cards_of(found.rows, query, choices.shorts),
        "sorts": _sorts(query),
        "unreported_address": address_of(query, unreported=1) if found.unreported else "",
        "shortlist": picked.shortlist_of(request),
        "stale": stale_copies({place.province_code for place in query.places}),
    }
    if not found.rows:
        context["ways_out"] = ways_out_of(query, results.ways_out(query), choices)
    if found.count and mode_of(request) != ELDER:
        context["facets"] = facets_of(query, results.facets(query), choices)
        context["map"] = _map(query, choices)
    return render(request, "search/bases.html", context)


def _unreadable(request: HttpRequest, refusal: QueryInvalid) -> HttpResponse:
    """The list page with nothing on it but the form as it was filled in, and what is wrong with it."""
    form = form_of(request, choices_for(None), refusal.errors)
    for error in refusal.errors:
        error["anchor"] = f"id_{error['field']}" if error["field"] in form["fields"] else ""
        error["label"] = LABELS.get(error["field"], "")
    context = {"form": form, "errors": refusal.errors, "shortlist": picked.shortlist_of(request)}
    return render(request, "search/bases.html", context, status=400)


def _sorts(query: BaseQuery) -> list[dict]:
    """The orders that make sense for this query, each with its address."""
    return [
        {"label": sort.label, "address": address_of(query, sort=sort.value), "is_current": sort == query.sort}
        for sort in Sort
        if sort != Sort.DISTANCE or query.near
    ]


def _map(query: BaseQuery, choices: Choices) -> CityMap | None:
    """The map of the place that was asked for, or of all the members."""
    asked_in = {place.province_code for place in query.places}
    background = [
        city
        for province, cities in choices.seats
        for city in cities
        if not asked_in or province.code in asked_in
    ]
    return map_of(results.by_city(query), background, partial(address_within, query))
