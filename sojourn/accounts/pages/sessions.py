"""Where she is signed in: her own sessions, and signing out of all but this one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sojourn.accounts import services
from sojourn.web.access import actor_of
from sojourn.web.sessions import limits_of

page = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@page
def show_staff(request: HttpRequest) -> HttpResponse:
    """Of one of the staff."""
    return _show(request, "account/sessions.html")


@never_cache
@page
def show_family(request: HttpRequest) -> HttpResponse:
    """Of a family."""
    return _show(request, "my/sessions.html")


def _show(request: HttpRequest, template: str) -> HttpResponse:
    actor, key = actor_of(request), request.session.session_key or ""
    if request.method == "POST":
        ended = services.end_other_sessions(key=key, actor=actor)
        messages.success(request, _("已退出其他 {count} 处登录。").format(count=ended))
        return HttpResponseRedirect(request.path)
    assert actor.user_id is not None  # a person, by the declared access
    limits = limits_of(actor)
    rows = services.open_sessions(actor.user_id, idle=limits.idle, longest=limits.longest)
    context = {
        "sessions": [{"row": row, "is_this": row.pk == key} for row in rows],
        "hours": limits.longest // 3600,
    }
    return TemplateResponse(request, template, context)
