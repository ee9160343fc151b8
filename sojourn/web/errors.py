"""Error pages for people, problem documents for programs, and neither needs the database."""

from django.http import HttpRequest, HttpResponse
from django.template import loader

from sojourn.core.refusals import Invalid, NotPermitted, NotVisible, Refusal
from sojourn.web.access import Access, declared
from sojourn.web.envelope import Broken, problem, refusal_for

PROGRAM_PREFIXES = ("/api/", "/sharing/", "/oauth/")
PAGES = {400, 403, 404, 429, 500, 503}


def for_programs(request: HttpRequest) -> bool:
    return request.path.startswith(PROGRAM_PREFIXES)


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as a page that says what is wrong and what to do."""
    template = refusal.status if refusal.status in PAGES else 400
    request.is_refused = True  # type: ignore[attr-defined]  # its furniture repeats nothing that was typed
    body = loader.render_to_string(f"{template}.html", {"refusal": refusal}, request=_bare(request, refusal))
    response = HttpResponse(body, status=refusal.status)
    response["Cache-Control"] = "no-store"
    return response


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal in the form that this caller reads."""
    return problem(refusal) if for_programs(request) else refusal_page(request, refusal)


def bad_request(request: HttpRequest, exception=None) -> HttpResponse:
    return refuse(request, refusal_for(exception) or Invalid())


def permission_denied(request: HttpRequest, exception=None) -> HttpResponse:
    return refuse(request, refusal_for(exception) or NotPermitted())


def page_not_found(request: HttpRequest, exception=None) -> HttpResponse:
    return refuse(request, NotVisible())


def server_error(request: HttpRequest) -> HttpResponse:
    return refuse(request, Broken())


@declared(Access.PUBLIC)
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refuse(request, NotPermitted())


def _bare(request: HttpRequest, refusal: Refusal) -> HttpRequest | None:
    """500 and 503 are rendered without context processors: they might need what has just failed."""
    return None if refusal.status >= 500 else request
