"""The rows of the staff's lists: how a column is set is found out once a page, not once a cell.

What comes out is what Django's own tag sets, character by character (decision 0047).
"""

from collections.abc import Callable
from datetime import date, time
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.contrib.admin.templatetags.admin_list import ResultList, results
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_field, display_for_value, lookup_field, quote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import DateField, Field, ManyToOneRel, Model, TimeField
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString

# Stands in an address where the key of a row will stand; an address holds it as it is.
SOME_KEY = "0-some-key-0"
CHECKBOX = "action_checkbox"
# Two that are equal are written alike; of fractions that is not so (1.0 and 1.00), and a list has no hash.
WRITTEN_ALIKE = (str, int, date, type(None))

Setter = Callable[[Model], str]


class Column(NamedTuple):
    """What a row holds in a column, and the classes of the cell and its text for a value, and for none."""

    value: Callable
    shown: Callable[[object], tuple[str, str]]
    nothing: tuple[str, str]


def rows_of(cl: ChangeList) -> list[ResultList]:
    """The rows of a list, each set as HTML; what is edited in place or picked in a window, Django sets."""
    if cl.formset or cl.is_popup:
        return list(results(cl))
    setters = _setters(cl)
    return [
        ResultList(None, [SafeString("".join([set_cell(row) for set_cell in setters]))])
        for row in cl.result_list
    ]


def _setters(cl: ChangeList) -> list[Setter]:
    links, setters, tag = cl.list_display_links, [], "th"
    for place, name in enumerate(cl.list_display):
        is_link = links is not None and (name in links if links else tag == "th")
        column = _column(cl, place, name, is_link=is_link)
        setters.append(_linked(cl, column, tag) if is_link else _plain(column))
        tag = "td" if is_link else tag
    return setters


def _plain(column: Column) -> Setter:
    cell = _once(lambda value: _cell("td", *column.shown(value)))
    nothing = _cell("td", *column.nothing)

    def set_cell(row: Model) -> str:
        try:
            value = column.value(row)
        except ObjectDoesNotExist:
            return nothing
        return cell(value)

    return set_cell


def _linked(cl: ChangeList, column: Column, tag: str) -> Setter:
    address = _addresses(cl)

    def set_cell(row: Model) -> str:
        try:
            classes, text = column.shown(column.value(row))
        except ObjectDoesNotExist:
            classes, text = column.nothing
        return _cell(tag, classes, f'<a href="{address(row)}">{text}</a>')

    return set_cell


def _cell(tag: str, classes: str, text: str) -> str:
    return f'<{tag} class="{classes}">{text}</{tag}>'


def _addresses(cl: ChangeList) -> Callable[[Model], str]:
    """Where a row's page is: all that stands around its key is asked for once."""

    def whole(row) -> str:
        kept: dict[str, Any] = {"preserved_filters": cl.preserved_filters, "opts": cl.opts}
        return escape(add_preserved_filters(kept, cl.url_for_result(row)))

    before, _key, after = whole(SimpleNamespace(**{cl.pk_attname: SOME_KEY})).partition(SOME_KEY)

    def address(row: Model) -> str:
        key = quote(str(getattr(row, cl.pk_attname)))
        is_plain = key.isascii() and key.replace("-", "").isalnum()
        return f"{before}{key}{after}" if is_plain else whole(row)

    return address


def _column(cl: ChangeList, place: int, name, *, is_link: bool) -> Column:
    """How Django would look this column up, of a field, a callable or an attribute."""
    empty = cl.model_admin.get_empty_value_display()
    classes = "action-checkbox" if name == CHECKBOX else f"field-{_called(name, place)}"
    nothing = (f"field-{_called(name, place)}", conditional_escape(empty))
    field = _field(cl, name)
    if field is None or field.auto_created:
        value, attribute = _reading(cl, name) if field is None else (_getter(name), None)
        return Column(value, _of_attribute(attribute, classes, empty), nothing)
    if isinstance(field.remote_field, ManyToOneRel):
        return Column(_getter(name), _of_related(classes, empty), nothing)
    return Column(_getter(name), _of_field(field, classes, empty, is_link=is_link), nothing)


def _called(name, place: int) -> str:
    if not callable(name):
        return name
    return f"lambda{place}" if name.__name__ == "<lambda>" else name.__name__


def _field(cl: ChangeList, name):
    """The model's own field of this name; none for the bare key of a relation and for rows that point here."""
    try:
        field = cl.lookup_opts.get_field(name)
    except FieldDoesNotExist:
        return None
    if not field.is_relation:
        return field
    is_bare_key = not field.many_to_many and getattr(field, "attname", None) == name
    points_here = field.one_to_many or (field.many_to_one and not field.related_model)
    return None if is_bare_key or points_here else field


def _getter(name: str) -> Callable:
    return lambda row: getattr(row, name)


def _reading(cl: ChangeList, name) -> tuple[Callable, object]:
    """How a value is read that is no field, and what says how it is shown."""
    if callable(name):
        return name, name
    if hasattr(cl.model_admin, name) and name != "__str__":
        attribute = getattr(cl.model_admin, name)
        return attribute, attribute
    return lambda row: lookup_field(name, row, cl.model_admin)[2], getattr(cl.model_admin.model, name, None)


def _of_attribute(attribute: object, classes: str, empty: str) -> Callable:
    empty = getattr(attribute, "empty_value_display", empty)
    asked = attribute.fget if isinstance(attribute, property) else attribute
    is_boolean = getattr(asked, "boolean", False)

    def shown(value) -> tuple[str, str]:
        text = display_for_value(_unless_blank(value), empty, is_boolean)
        nowrap = " nowrap" if isinstance(value, date | time) else ""
        return classes + nowrap, conditional_escape(text)

    return _once(shown)


def _of_related(classes: str, empty: str) -> Callable:
    def shown(value) -> tuple[str, str]:
        return f"{classes} nowrap", conditional_escape(empty if value is None else value)

    return _once(shown, alike=(Model,))


def _of_field(field: Field, classes: str, empty: str, *, is_link: bool) -> Callable:
    classes += " nowrap" if isinstance(field, DateField | TimeField) else ""

    def shown(value) -> tuple[str, str]:
        text = display_for_field(_unless_blank(value), field, empty, avoid_link=is_link)
        return classes, conditional_escape(text)

    return _once(shown)


def _unless_blank(value):
    return "" if isinstance(value, str) and not value.strip() else value


def _once(shown: Callable, alike: tuple[type, ...] = WRITTEN_ALIKE) -> Callable:
    """Shows each value once a page that others of its kind may be equal to."""
    kept = lru_cache(maxsize=None, typed=True)(shown)
    return lambda value: kept(value) if isinstance(value, alike) else shown(value)
