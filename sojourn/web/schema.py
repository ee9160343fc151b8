"""The schema says every answer an operation may give, the refusals included."""

from django.conf import settings
from django.urls import reverse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from sojourn.core import scopes
from sojourn.web.access import Access, scope_of
from sojourn.web.envelope import CONTENT_TYPE

REFUSALS = {
    "400": "无法识别的请求",
    "401": "请先登录",
    "403": "没有权限",
    "404": "没有找到",
    "405": "不支持的请求方法",
    "406": "只提供 JSON",
    "429": "请求过于频繁",
    "503": "暂时不可用",
}
WRITE_REFUSALS = {
    "409": "规则或状态不允许",
    "412": "记录已被他人修改",
    "415": "请以 application/json 发送",
    "422": "同一幂等键、不同内容",
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem+json",
    "required": ["type", "title", "status", "detail", "code", "errors", "trace_id"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "additionalProperties": False,
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "trace_id": {"type": "string"},
    },
}


class StaffSession(OpenApiAuthenticationExtension):
    """How the schema names a signed-in browser session."""

    target_class = "sojourn.web.authentication.StaffSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema) -> dict:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class BearerToken(OpenApiAuthenticationExtension):
    """How the schema names a program's access token, and the scope that each operation asks of it."""

    target_class = "sojourn.web.authentication.BearerAuthentication"
    name = "program"

    def get_security_definition(self, auto_schema) -> dict:
        flow = {
            "tokenUrl": reverse("oauth_token"),
            "scopes": {k: str(v) for k, v in scopes.registered().items()},
        }
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema) -> dict[str, list[str]]:
        scope = scope_of(auto_schema.view)
        return {self.name: [scope] if scope else []}


class Operation(AutoSchema):
    """drf-spectacular's reading of a view, with one tag a room."""

    def get_auth(self) -> list[dict]:
        """What is open to anyone needs no session; one may still be sent."""
        sessions = super().get_auth()
        return [{}, *sessions] if getattr(self.view, "access", None) is Access.PUBLIC else sessions

    def get_tags(self) -> list[str]:
        return [self.view.__module__.split(".")[1]]

    def _is_list_view(self, *serializer) -> bool:
        """A schema given in so many words, where no serializer is passed, is the whole answer, not a row of it."""
        return serializer != (None,) and super()._is_list_view(*serializer)


def add_problem_answers(result: dict, generator, request, public) -> dict:
    """Every operation declares the refusals it can give, all of one shape."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    body = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for method, operation in path.items():
            refusals = REFUSALS if method in {"get", "head"} else REFUSALS | WRITE_REFUSALS
            for status, description in refusals.items():
                operation["responses"].setdefault(status, {"description": description, "content": body})
            if method == "get":
                operation["responses"].setdefault("304", {"description": "与 If-None-Match 相同，未变更"})
    return result
