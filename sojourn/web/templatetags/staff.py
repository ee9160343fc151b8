"""How the admin sets a row: every value by its label, in yuan, in local time."""

from django import template
from django.contrib.admin.helpers import AdminReadonlyField
from django.contrib.admin.templatetags.admin_list import result_headers, result_hidden_fields
from django.contrib.admin.utils import lookup_field
from django.contrib.admin.views.main import ChangeList
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import BooleanField, DateTimeField, JSONField

from sojourn.web.columns import rows_of
from sojourn.web.past import shown

register = template.Library()

# What Django's admin writes as a Python list, as JSON, as an icon without words, or without its date's order.
SET_BY_US = (ArrayField, JSONField, BooleanField, DateTimeField)


@register.filter
def contents(readonly: AdminReadonlyField) -> str:
    """What a read-only field holds, as people read it."""
    try:
        field, _, value = lookup_field(readonly.field["field"], readonly.form.instance, readonly.model_admin)
    except (AttributeError, ValueError, ObjectDoesNotExist):
        return readonly.contents()
    is_money = field is not None and field.name.endswith("_fen")
    return shown(field, value) if is_money or isinstance(field, SET_BY_US) else readonly.contents()


@register.filter
def is_empty(text: str, nothing: str = "—") -> bool:
    return str(text) in {"", nothing}


@register.filter
def rows(formset) -> list[list[dict]]:
    """The rows of a read-only inline: for each its cells, with label and text."""
    return [
        [
            {"label": field.field["label"], "text": contents(field)}
            for fieldset in form
            for line in fieldset
            for field in line
            if getattr(field, "is_readonly", False)
        ]
        for form in formset
        if form.original is not None
    ]


@register.inclusion_tag("admin/change_list_results.html")
def rows_found(cl: ChangeList) -> dict:
    """What a list found, as Django's own tag sets it."""
    headers = list(result_headers(cl))
    return {
        "cl": cl,
        "result_hidden_fields": list(result_hidden_fields(cl)),
        "result_headers": headers,
        "num_sorted_fields": sum(bool(header["sortable"] and header["sorted"]) for header in headers),
        "results": rows_of(cl),
    }
