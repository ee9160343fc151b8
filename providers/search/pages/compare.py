"""Facilities side by side, and the form that picks them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from providers.facilities.models import Facility
from providers.search import picked
from providers.search.comparison import Asked, chapters_of, columns_of
from providers.search.errors import QueryInvalid
from providers.search.months import MONTH_COUNTS, month_names
from providers.search.pages.public import page
from providers.search.shelves import held_by
from sojourn.core.actors import PUBLIC
from sojourn.core.refusals import Invalid
from sojourn.web.access import Access, declared
from sojourn.web.choices import back_to


class TooManyToCompare(Invalid):
    code = "too_many_to_compare"
    title = _("一次最多比较{most}家，请先移出一家")


class NothingToPick(Invalid):
    code = "nothing_to_pick"
    title = _("没有说要比较哪一家")


@page
def compare(request: HttpRequest) -> HttpResponse:
    """The facilities that the address names, side by side, for the months it names."""
    shown = {"shortlist": picked.shortlist_of(request), "least": picked.LEAST, "most": picked.MOST}
    try:
        asked = Asked.from_params(request.GET)
    except QueryInvalid as refusal:
        context = shown | {"errors": refusal.errors}
        return render(request, "search/compare.html", context, status=refusal.status)
    facilities = _in_order(asked.numbers)
    context = shown | {
        "columns": columns_of(facilities, held_by(facilities), asked),
        "chapters": chapters_of(facilities, asked) if facilities else [],
        "span": len(facilities) + 1,
        "gone": [number for number in asked.numbers if number not in {one.number for one in facilities}],
        "stay": asked,
        "month_names": month_names(),
        "month_counts": MONTH_COUNTS,
    }
    return render(request, "search/compare.html", context)


@declared(Access.PUBLIC)
@csrf_exempt  # what is picked opens nothing and changes nothing here
@require_POST
def pick(request: HttpRequest) -> HttpResponse:
    """Put a facility on the reader's list, take one off it or empty it, and lead her back."""
    added = picked.numbers_among([request.POST.get("add", "")])
    dropped = picked.numbers_among([request.POST.get("drop", "")])
    if not (added or dropped or "clear" in request.POST):
        raise NothingToPick
    before = [] if "clear" in request.POST else picked.picked_by(request)
    after = list(dict.fromkeys([*(number for number in before if number not in dropped), *added]))
    if len(after) > picked.MOST:
        raise TooManyToCompare(most=picked.MOST)
    response = back_to(request, fragment=next(iter(added or dropped), "") if "stay" in request.POST else "")
    picked.keep(response, after)
    return response


def _in_order(numbers: tuple[str, ...]) -> list[Facility]:
    """The facilities of these numbers that everyone may see, in the order they were asked."""
    rows = Facility.objects.visible_to(PUBLIC).filter(number__in=numbers)
    rows = rows.select_related("operator", "division__parent__parent").prefetch_related("feature_reports")
    return sorted(rows, key=lambda facility: numbers.index(facility.number))
