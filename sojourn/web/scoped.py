"""What every API viewset stands on: declared access, scoped rows, strict words, ETags."""

import hashlib
from collections.abc import Mapping

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from rest_framework.viewsets import GenericViewSet

from sojourn.core.plain_words import is_a_name
from sojourn.core.refusals import Invalid, NotVisible
from sojourn.web.access import Access


class UnknownWord(Invalid):
    code = "unknown_parameter"
    title = _("有不认识的查询参数")


class UnclearWord(Invalid):
    code = "unclear_parameter"
    title = _("查询参数应当各写一次，并且有内容")


class ScopedViewSet(GenericViewSet):
    """Rows that this actor may see, and nothing else; someone else's row is 404.

    ``access`` says who may come in, ``scope`` what a program must have been given (sojourn.core.scopes).
    The queryset's ``visible_to(actor)`` says which rows. A query parameter that no one declared is refused
    rather than ignored, so that a misspelt filter never gives a silently wrong result.
    """

    access: Access | None = None
    scope = ""  # what a program's token needs here, unless ``scopes`` names another for the action
    scopes: Mapping[str, str] = {}
    throttle_scope = "api"
    words: frozenset[str] = frozenset()  # parameters read by the view itself, beside filters and pages
    repeatable_words: frozenset[str] = frozenset()  # those of which each stands for itself

    def perform_authentication(self, request) -> None:
        """Say who is asking before anything is permitted: a program, or whom the middleware found."""
        super().perform_authentication(request)
        if request.auth is not None:
            request.actor = import_string(settings.SOJOURN_ACTOR_FOR)(request.user)

    def initial(self, request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"}:
            self.refuse_unknown_words()
            refuse_unclear_words(request, repeatable=self.repeatable_words)

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.actor)

    def filter_queryset(self, queryset):
        """The rows that the filters in the address let through; without one, no form need be built."""
        words = getattr(getattr(self, "filterset_class", None), "base_filters", {})
        return (
            super().filter_queryset(queryset) if words.keys() & self.request.query_params.keys() else queryset
        )

    def get_object(self):
        """The row with this identifier; an identifier of the wrong form names no row."""
        try:
            return super().get_object()
        except (TypeError, ValueError):
            raise NotVisible from None

    def refuse_unknown_words(self) -> None:
        known = set(self.words)
        if self.action == "list" and self.paginator is not None:
            known |= {parameter["name"] for parameter in self.paginator.get_schema_operation_parameters(self)}
            known |= set(getattr(getattr(self, "filterset_class", None), "base_filters", ()))
        unknown = sorted(set(self.request.query_params) - known)
        if unknown:
            raise UnknownWord(errors=_each(unknown, "unknown", _("不认识的参数")))

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if limit := getattr(
            request._request if hasattr(request, "_request") else request, "rate_limit", None
        ):
            names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
            for name, value in zip(names, limit, strict=True):
                response[name] = str(value)
        if request.method in {"GET", "HEAD"} and response.status_code == 200:
            response.add_post_render_callback(_with_etag(request))
        response.setdefault("Cache-Control", "private, no-cache")
        return response


def refuse_unclear_words(request, *, repeatable: frozenset[str] = frozenset()) -> None:
    """An empty parameter and a repeated one ask for nothing certain: dropping either would widen the answer."""
    words = dict(request.query_params.lists())
    empty = [name for name, values in words.items() if "" in values]
    repeated = [name for name, values in words.items() if len(values) > 1 and name not in repeatable]
    if empty or repeated:
        raise UnclearWord(
            errors=_each(empty, "empty", _("没有内容")) + _each(repeated, "repeated", _("写了不止一次"))
        )


def _each(names: list[str], code: str, detail) -> list[dict]:
    """At each parameter by its name; what is no name may be anything that somebody typed, and is not repeated."""
    fields = [name if is_a_name(name) else "?" for name in sorted(names)[:20]]
    return [{"field": field, "code": code, "detail": detail} for field in fields]


def etag_of(content: bytes) -> str:
    """The entity tag of an answer."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _with_etag(request):
    def tag(response):
        etag = etag_of(response.content)
        response["ETag"] = etag
        wanted = request.META.get("HTTP_IF_NONE_MATCH", "")
        if etag in {part.strip().removeprefix("W/") for part in wanted.split(",")}:
            response.status_code = 304
            response.content = b""
        return response

    return tag
