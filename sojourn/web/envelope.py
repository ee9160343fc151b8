"""One envelope for every "no" of the API: application/problem+json (RFC 9457)."""

from collections.abc import Iterable

import orjson
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from psycopg import errors as postgres
from rest_framework import exceptions as drf

from sojourn.core import trace
from sojourn.core.ownership import refusal_of_copy
from sojourn.core.refusals import Busy, Invalid, NotPermitted, NotVisible, Refusal

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = 2


class SignInNeeded(Refusal):
    code, status = "sign_in_needed", 401
    title = _("请先登录")


class TokenInvalid(Refusal):
    code, status = "token_invalid", 401
    title = _("访问令牌无效、已过期或已吊销，请重新取得")
    challenge = 'Bearer realm="sojourn", error="invalid_token"'


class ScopeMissing(NotPermitted):
    """The token is good and does not reach this far; ``scope`` is what it lacks, "" where no program may come in."""

    code = "scope_missing"
    title = _("访问令牌没有这项操作的权限范围")

    def __init__(self, scope: str) -> None:
        super().__init__(detail=scope)
        lacking = f', scope="{scope}"' if scope else ""
        self.challenge = f'Bearer realm="sojourn", error="insufficient_scope"{lacking}'


class BearerRefused(drf.AuthenticationFailed):
    """The framework's name for TokenInvalid: by it, it knows that nobody asks."""


class MethodNotAllowed(Refusal):
    code, status = "method_not_allowed", 405
    title = _("这个地址不支持该请求方法")


class NotAcceptable(Refusal):
    code, status = "not_acceptable", 406
    title = _("本接口只提供 JSON")


class UnsupportedMedia(Refusal):
    code, status = "unsupported_media_type", 415
    title = _("请以 application/json 发送")


class TooManyRequests(Refusal):
    code, status = "too_many_requests", 429
    title = _("请求过于频繁，请稍后再试")


class Unavailable(Refusal):
    code, status = "unavailable", 503
    title = _("服务暂时不可用，请稍后再试")


class Broken(Refusal):
    code, status = "internal_error", 500
    title = _("系统内部错误，我们已记录")


# What the framework refuses, in our words; anything unknown passes through, so that bugs stay loud.
KNOWN = {
    BearerRefused: TokenInvalid,
    drf.NotAuthenticated: SignInNeeded,
    drf.AuthenticationFailed: SignInNeeded,
    drf.PermissionDenied: NotPermitted,
    PermissionDenied: NotPermitted,
    drf.NotFound: NotVisible,
    Http404: NotVisible,
    drf.MethodNotAllowed: MethodNotAllowed,
    drf.NotAcceptable: NotAcceptable,
    drf.UnsupportedMediaType: UnsupportedMedia,
    drf.Throttled: TooManyRequests,
    drf.ParseError: Invalid,
}


def refusal_for(error: Exception) -> Refusal | None:
    """The refusal that an exception amounts to, or None where it is a bug."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, drf.ValidationError):
        return Invalid(errors=list(_field_errors(error.detail)))
    if isinstance(error, OperationalError):
        locked = isinstance(error.__cause__, postgres.LockNotAvailable | postgres.QueryCanceled)
        return Busy() if locked else Unavailable()
    if isinstance(error, DatabaseError):
        return refusal_of_copy(error)
    for known, refusal in KNOWN.items():
        if isinstance(error, known):
            return refusal()
    return None


def problem(refusal: Refusal, *, wait: int | None = None) -> HttpResponse:
    """The refusal as a problem document, with Retry-After where waiting helps."""
    body = {
        "type": f"/api/v1/docs/#{refusal.code}",
        "title": str(refusal),
        "status": refusal.status,
        "detail": str(refusal.detail),
        "code": refusal.code,
        "errors": [{key: str(value) for key, value in item.items()} for item in refusal.errors],
        "trace_id": trace.current(),
    }
    response = HttpResponse(orjson.dumps(body), status=refusal.status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    if refusal.status in {429, 503}:
        response["Retry-After"] = str(wait or RETRY_SECONDS)
    return response


def to_response(error: Exception, _context) -> HttpResponse | None:
    """DRF's exception handler: every known "no" leaves in the one envelope."""
    refusal = refusal_for(error)
    if refusal is None:
        return None
    response = problem(refusal, wait=getattr(error, "wait", None))
    # How to come in, or what a token lacks (RFC 9110, 11.6.1; RFC 6750, 3).
    challenge = getattr(refusal, "challenge", "") or getattr(error, "auth_header", "")
    if challenge:
        response["WWW-Authenticate"] = challenge
    if isinstance(error, drf.MethodNotAllowed) and _context:
        response["Allow"] = ", ".join(_context["view"].allowed_methods)
    return response


def _field_errors(detail, field: str = "") -> Iterable[dict]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _field_errors(inner, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _field_errors(inner, field)
    else:
        yield {"field": field, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}
