"""The public pages: home, the list, one facility, the statistics."""

from collections.abc import Callable

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from providers.designation.models import Base
from providers.facilities.models import Facility
from providers.search import errors
from providers.search.errors import QueryInvalid, wrong
from providers.search.pictures import picture_of
from providers.search.places import name_of
from providers.search.query import FILTERS, LABELS, BaseQuery, counts_without
from providers.search.sheet import sheet_of
from providers.search.shelves import (
    by_report,
    cards,
    choices_for,
    designated_bases,
    member_shelves,
)
from sojourn.core.actors import PUBLIC
from sojourn.core.refusals import NotVisible
from sojourn.provinces.models import Division
from sojourn.web.access import Access, declared

ROWS_A_PAGE = 20
FRESH_SECONDS = 10
# A browser that shows a page again within seconds need not ask again; nobody else may keep it, since what is
# shown depends on the language chosen.
fresh = cache_control(private=True, max_age=FRESH_SECONDS)


def page(view: Callable) -> Callable:
    """A public page: anyone may read it, nobody may send to it."""
    return declared(Access.PUBLIC)(require_safe(fresh(view)))


@page
def home(request: HttpRequest) -> HttpResponse:
    """What this is, a search box, the members and the designated bases."""
    shelves = member_shelves()
    context = {
        "form": {"values": {}, "provinces": [shelf.member.division for shelf in shelves]},
        "shelves": shelves,
        "bases": designated_bases(),
    }
    return render(request, "search/home.html", context)


@page
def bases(request: HttpRequest) -> HttpResponse:
    """The facilities that answer the query; a query that cannot be read keeps the form and says why."""
    try:
        query = BaseQuery.from_params(request.GET)
        found = _page_of(query)
    except QueryInvalid as refusal:
        return _unreadable(request, refusal)
    choices = choices_for(query)
    context = {
        "form": _form(request, choices),
        "query": query,
        "chosen": [_dropped(query, name) for name in query.filters],
        "page": found,
        "shown_numbers": found.paginator.get_elided_page_range(found.number, on_each_side=1, on_ends=1),
        "cards": cards(found.object_list, choices.shorts),
        "ways_out": _ways_out(query) if found.paginator.count == 0 else [],
    }
    return render(request, "search/bases.html", context)


@page
def base(request: HttpRequest, number: str) -> HttpResponse:
    """One facility: its designations, what it reported and what it did not."""
    facilities = Facility.objects.visible_to(PUBLIC).select_related(
        "operator",
        "division__parent__parent",
        "division__member",
        "division__parent__member",
        "division__parent__parent__member",
    )
    facility = facilities.filter(number=number).prefetch_related("feature_reports").first()
    if facility is None:
        raise NotVisible
    province = _province_of(facility.division)
    held = Base.objects.visible_to(PUBLIC).filter(facility=facility).select_related("batch__member", "scheme")
    context = {
        "facility": facility,
        "province": province,
        "designations": held.order_by("-designated_on", "pk"),
        "sheet": sheet_of(facility, list(facility.feature_reports.all())),
        "picture": picture_of(facility.picture_seed) if facility.is_sample else None,
    }
    return render(request, "search/base.html", context)


@page
def statistics(request: HttpRequest) -> HttpResponse:
    """How many bases each member was reported to have, with the dates, and what was not reported."""
    shelves = member_shelves()
    reported = [shelf.report.bases for shelf in shelves if shelf.report and shelf.report.bases is not None]
    context = {
        "groups": by_report(shelves),
        "total": sum(reported),
        "largest": max(reported, default=0),
        "silent": [
            name_of(shelf.member.division) for shelf in shelves if shelf.report and shelf.report.bases is None
        ],
    }
    return render(request, "search/statistics.html", context)


def _page_of(query: BaseQuery) -> Page:
    """The page of rows that was asked; QueryInvalid where the list ends before it."""
    rows = query.rows().select_related("operator", "division__parent__parent")
    paginator = Paginator(rows, ROWS_A_PAGE)
    if query.page > paginator.num_pages:
        facts = {"page": query.page, "last": paginator.num_pages}
        raise QueryInvalid(errors=[wrong("page", "no_such_page", errors.NO_SUCH_PAGE, **facts)])
    return paginator.page(query.page)


def _unreadable(request: HttpRequest, refusal: QueryInvalid) -> HttpResponse:
    """The list page with nothing on it but the form as it was filled in, and what is wrong with it."""
    form = _form(request, choices_for(None))
    for error in refusal.errors:
        error["anchor"] = f"id_{error['field']}" if error["field"] in form["fields"] else ""
        error["label"] = LABELS.get(error["field"], "")
    form["wrong"] = {error["field"]: error["detail"] for error in refusal.errors}
    context = {"form": form, "errors": refusal.errors}
    return render(request, "search/bases.html", context, status=400)


def _form(request: HttpRequest, choices) -> dict:
    """The search form with what was typed, cut to what a field can hold."""
    values = {name: errors.printable(request.GET.get(name, "")) for name in FILTERS}
    offered = {"cities": choices.cities, "counties": choices.counties}
    fields = {"q", "province", "designated"} | ({"city"} if choices.cities else set())
    fields |= {"county"} if choices.counties else set()
    chosen = {name: values[name].ljust(6, "0") for name in ("province", "city", "county") if values[name]}
    return {
        "values": values,
        "chosen": chosen,
        "provinces": choices.provinces,
        "fields": fields,
        "wrong": {},
    } | offered


def _dropped(query: BaseQuery, name: str) -> dict:
    """A set filter as a reader knows it, and the address of the search without it."""
    value = getattr(query, name)
    return {
        "name": name,
        "label": LABELS[name],
        "place": value if isinstance(value, Division) else None,
        "words": value if name == "q" else "",
        "address": f"{reverse('bases')}?{query.without(name).address()}".rstrip("?"),
    }


def _ways_out(query: BaseQuery) -> list[dict]:
    """For a search without an answer: which single filter to drop, and how many would answer then."""
    counts = counts_without(query)
    ways = [_dropped(query, name) | {"count": counts[name]} for name in query.filters if counts[name]]
    return sorted(ways, key=lambda way: -way["count"])


def _province_of(division: Division) -> Division:
    while division.parent is not None:
        division = division.parent
    return division
