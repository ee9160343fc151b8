"""The first page: where it is good this month, a search box, the members and what people ask first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from providers.search.form import form_of
from providers.search.months import month_name
from providers.search.pages.public import page
from providers.search.seasons import ranked
from providers.search.shelves import choices_for, designated_bases, member_shelves
from sojourn.core.clock import today

BEST_SHOWN = 6


@page
def home(request: HttpRequest) -> HttpResponse:
    """What this is, the best cities of the present month, the members and the designated bases."""
    month = today().month
    context = {
        "form": form_of(request, choices_for(None)) | {"is_short": True},
        "month": month,
        "month_name": month_name(month),
        "best": ranked(month)[:BEST_SHOWN],
        "shelves": member_shelves(),
        "bases": designated_bases(),
    }
    return render(request, "search/home.html", context)
