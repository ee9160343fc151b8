"""The months as a reader chooses them."""

from django.utils.dates import MONTHS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sojourn.web.languages import ENGLISH

MONTH_COUNTS = tuple(range(1, 13))


def month_name(month: int) -> str:
    """2月, or February."""
    return str(MONTHS[month]) if get_language() == ENGLISH else _("{month}月").format(month=month)


def month_names() -> list[tuple[int, str]]:
    return [(month, month_name(month)) for month in MONTHS]
