"""Which language a page is shown in: simplified as written, traditional by table, English by catalogue."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sojourn.core.refusals import Invalid
from sojourn.web.access import Access, declared
from sojourn.web.choices import back_to, remember
from sojourn.web.traditional import to_traditional

SIMPLIFIED, TRADITIONAL, ENGLISH = "zh-hans", "zh-hant", "en"

# What stands in the lang attribute, and how each language calls itself (never converted, never translated).
LANG = {SIMPLIFIED: "zh-Hans", TRADITIONAL: "zh-Hant", ENGLISH: "en"}
OWN_NAMES = {SIMPLIFIED: "简体", TRADITIONAL: "繁體", ENGLISH: "English"}


class UnknownLanguage(Invalid):
    code = "language_unknown"
    title = _("没有这种语言")


class LanguageMiddleware(LocaleMiddleware):
    """A page comes in the language its reader chose, else the one her browser names first among ours.

    Without a choice only a browser that asks for English gets English; zh-TW and zh-HK get traditional; all
    others get the source.
    """

    def process_response(self, request, response):
        response = super().process_response(request, response)
        patch_vary_headers(response, ("Cookie",))
        return response


class TraditionalMiddleware:
    """A page for readers of traditional characters goes out in them; what is streamed or no page, as it is."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if get_language() == TRADITIONAL and _is_page(response):
            page = response.content.decode(response.charset)
            response.content = to_traditional(page).encode(response.charset)
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response


def _is_page(response: HttpResponse) -> bool:
    return (
        not response.streaming
        and response.get("Content-Type", "").startswith("text/html")
        and not response.has_header("Content-Encoding")
    )


@declared(Access.PUBLIC)
@csrf_exempt  # it chooses a language and carries no authority: so pages need neither token nor cookie
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language a reader chose and bring her back to the page she was on."""
    language = request.POST.get("language", "")
    if language not in LANG:
        raise UnknownLanguage(errors=[{"field": "language", "code": "unknown", "detail": _("没有这种语言")}])
    response = back_to(request)
    remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response
