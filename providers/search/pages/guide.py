"""The guide for families: what prepaying risks, how to check a home, what a contract says, where to turn."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from providers.search.guidance import edition_of_rules, told_on
from providers.search.pages.public import page
from sojourn.core.clock import today


@page
def guide(request: HttpRequest) -> HttpResponse:
    """Plain sentences, with the limits of law as they stand today."""
    context = {"day": today(), "rules": told_on(today()), "edition": edition_of_rules()}
    return render(request, "search/guide.html", context)
