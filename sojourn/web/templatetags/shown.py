"""How days, money and answers are written on a page."""

from datetime import date, datetime

from django import template
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from sojourn.web.languages import ENGLISH

register = template.Library()

FEN_A_YUAN = 100


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as people write it (2021年11月15日, 15 November 2021), readable for machines too; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), written_day(value))


def written_day(value: date) -> str:
    """The same words alone, for a sentence."""
    return format_date(value, "j F Y" if get_language() == ENGLISH else "Y年n月j日")


@register.filter
def yuan(fen: int | None) -> str:
    """A sum in fen as yuan: ¥3,200, and ¥3,200.50 only where there are fen to show."""
    if fen is None:
        return ""
    whole, rest = divmod(fen, FEN_A_YUAN)
    return f"¥{whole:,}.{rest:02d}" if rest else f"¥{whole:,}"


@register.filter
def listed(labels: list) -> str:
    """Several labels in one line, with the comma of the language."""
    return (", " if get_language() == ENGLISH else "、").join(str(label) for label in labels)


@register.filter
def callable_number(telephone: str) -> str:
    """A telephone number as a tel: link takes it: digits and a leading plus, without an extension."""
    digits = "".join(character for character in telephone.split("转")[0] if character.isdigit())
    return f"+{digits}" if telephone.strip().startswith("+") else digits


@register.simple_tag
def chinese(text: str) -> SafeString:
    """A name kept as it is registered: read aloud as Chinese, never turned into other characters."""
    return format_html('<span lang="zh-Hans" translate="no">{}</span>', text)
