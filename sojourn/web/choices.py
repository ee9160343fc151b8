"""What a reader chose about the pages, remembered by her own browser: no account, nothing kept here."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

YEAR_SECONDS = settings.LANGUAGE_COOKIE_AGE


def back_to(request: HttpRequest, *, fragment: str = "") -> HttpResponse:
    """Lead her back to the page she was on, to the part of it that is named."""
    address = own_address(request, request.POST.get("next", ""))
    return HttpResponseRedirect(f"{address.partition('#')[0]}#{fragment}" if fragment else address)


def remember(response: HttpResponse, name: str, value: str, *, seconds: int | None = YEAR_SECONDS) -> None:
    """Ask her browser to keep the choice for so long; None: until it is closed."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def own_address(request: HttpRequest, address: str) -> str:
    """The address if it leads to this site, else the first page."""
    leads_here = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if leads_here and address.startswith("/") else "/"
