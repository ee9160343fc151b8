"""The numbers: bases as reported, months as judged, prices as told."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from providers.search.charts import comfortable_months, monthly_fees
from providers.search.pages.public import page
from providers.search.places import name_of
from providers.search.shelves import by_report, member_shelves


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
        "shelves": shelves,
        "most_facilities": max((shelf.open_facilities for shelf in shelves), default=0),
        "all_facilities": sum(shelf.open_facilities for shelf in shelves),
        "months": comfortable_months(),
        "fees": monthly_fees(),
    }
    return render(request, "search/statistics.html", context)
