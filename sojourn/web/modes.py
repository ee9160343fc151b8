"""How large and how plain the pages are: as usual, or in elder mode (长辈模式), larger and with fewer things."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sojourn.core.refusals import Invalid
from sojourn.web.access import Access, declared
from sojourn.web.choices import back_to, remember

COOKIE = "mode"
USUAL, ELDER = "usual", "elder"


class UnknownMode(Invalid):
    code = "mode_unknown"
    title = _("没有这种显示方式")


def mode_of(request: HttpRequest) -> str:
    """The mode this reader chose, usual until she did."""
    return ELDER if request.COOKIES.get(COOKIE) == ELDER else USUAL


@declared(Access.PUBLIC)
@csrf_exempt  # like a language, it carries no authority
@require_POST
def choose_mode(request: HttpRequest) -> HttpResponse:
    """Remember the mode a reader chose and bring her back to the page she was on."""
    mode = request.POST.get("mode", "")
    if mode not in {USUAL, ELDER}:
        raise UnknownMode(errors=[{"field": "mode", "code": "unknown", "detail": _("没有这种显示方式")}])
    response = back_to(request)
    remember(response, COOKIE, mode)
    return response
