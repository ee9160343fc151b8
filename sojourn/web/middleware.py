"""What happens around every request: trace, figures, actor, refusals."""

import time

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from sojourn.core import trace
from sojourn.core.actors import PUBLIC, Actor
from sojourn.core.plain_words import is_a_name
from sojourn.core.refusals import Invalid
from sojourn.web import figures
from sojourn.web.envelope import refusal_for
from sojourn.web.errors import refuse
from sojourn.web.proofs import proofs_of_second_factor
from sojourn.web.sessions import end, limits_of, why_over

log = structlog.get_logger("sojourn.web")
# Forms of the framework, which hand a parameter to the database as it is; ours read their own words.
FRAMEWORK_FORMS = ("/admin/", "/accounts/")


class TraceMiddleware:
    """Give the request a trace id and log one line of it: no value that a person typed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trace_id = trace.begin()
        request.trace_id = trace_id  # type: ignore[attr-defined]
        started = time.perf_counter()
        response = self.get_response(request)
        response["X-Trace-Id"] = trace_id
        if not request.path.startswith(settings.STATIC_URL):
            log.info(
                "request",
                method=request.method if request.method in figures.METHODS else "other",
                route=figures.route_of(request),
                parameters=known_parameters(request),
                status=response.status_code,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
        return response


def known_parameters(request: HttpRequest) -> list[str]:
    """Names of the parameters that look like names."""
    return [name for name in sorted(request.GET)[:20] if is_a_name(name)]


class MetricsMiddleware:
    """Count requests and their duration by route, method and status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        figures.count_request(request, response.status_code, time.perf_counter() - started)
        return response


class RefusalMiddleware:
    """Turn what cannot be read, and every refusal a page raises, into an answer; log what is a bug."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _ask_as(request, PUBLIC)
        if "\x00" in request.path or (request.path.startswith(FRAMEWORK_FORMS) and has_null(request)):
            return refuse(request, Invalid())
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refusal = refusal_for(error)
        if refusal is None:
            log.error("unhandled", route=figures.route_of(request), exc_info=error)
            return None
        return refuse(request, refusal)


def has_null(request: HttpRequest) -> bool:
    """Whether a parameter holds U+0000, which no text column can."""
    return any("\x00" in text for name, values in request.GET.lists() for text in (name, *values))


class ActorMiddleware:
    """Say who is asking, for pages and the admin; the API does the same in ScopedViewSet."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.actor_for = import_string(settings.SOJOURN_ACTOR_FOR)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            actor = self.actor_for(request.user, second_factor=has_second_factor(request))
            if why := why_over(request, limits_of(actor)):
                end(request, why)
                actor = PUBLIC
            _ask_as(request, actor)
        return self.get_response(request)


def _ask_as(request: HttpRequest, actor: Actor) -> None:
    request.actor = actor  # type: ignore[attr-defined]


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session proved a second factor that is still set."""
    return bool(proofs_of_second_factor(request))
