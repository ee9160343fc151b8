"""How far a reach goes, in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sojourn.provinces.models import Division


def names_of(prefixes: Iterable[str]) -> dict[str, str]:
    """The full names of the divisions with these code prefixes: 440106 is 广东省广州市天河区.

    "" is the whole node; a prefix that no division has stays as it is.
    """
    lines = {prefix: _line_of(prefix) for prefix in prefixes}
    codes = {code for line in lines.values() for code in line}
    called = dict(Division.objects.filter(pk__in=codes).values_list("code", "name"))
    return {
        prefix: "".join(called.get(code, "") for code in line) or prefix or _("整个节点")
        for prefix, line in lines.items()
    }


def _line_of(prefix: str) -> list[str]:
    """The codes of a division and of those above it, the province first."""
    return [prefix[:length].ljust(6, "0") for length in (2, 4, 6) if len(prefix) >= length]
