"""The page of one facility."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from providers.designation.models import Base
from providers.facilities.models import Facility
from providers.search.alike import alike_of
from providers.search.copies import copies_of
from providers.search.pages.public import page
from providers.search.picked import shortlist_of
from providers.search.pictures import picture_of
from providers.search.seasons import strip_for
from providers.search.sheet import sheet_of
from sojourn.core.actors import PUBLIC
from sojourn.core.refusals import NotVisible
from sojourn.provinces.models import Division


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
    copies = copies_of(province)
    context = {
        "facility": facility,
        "copies": copies,
        "stale": [copies] if copies.are_stale else [],
        "province": province,
        "designations": held.order_by("-designated_on", "pk"),
        "sheet": sheet_of(facility, list(facility.feature_reports.all())),
        "picture": picture_of(facility.picture_seed) if facility.is_sample else None,
        "strip": strip_for(facility.division.city_code),
        "alike": alike_of(facility),
        "shortlist": shortlist_of(request),
    }
    return render(request, "search/base.html", context)


def _province_of(division: Division) -> Division:
    while division.parent is not None:
        division = division.parent
    return division
