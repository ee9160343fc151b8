"""Places and published texts on the pages of the search."""

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from providers.search import places
from sojourn.web.languages import ENGLISH

register = template.Library()
register.filter("place", places.place_of)
register.filter("division_name", places.name_of)


@register.filter
def published(text: str) -> str:
    """A published text in the reader's language; in Chinese, and marked so, where it has no English."""
    shown = gettext(text) if text else ""
    if shown == text and get_language() == ENGLISH:
        return format_html('<span lang="zh-Hans">{}</span>', text)
    return shown
