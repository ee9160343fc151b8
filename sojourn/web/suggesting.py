"""A line to type in, with what may be meant offered by the browser; without a script."""

from collections.abc import Iterable

from django import forms

MOST_OFFERED = 500


class Suggesting(forms.TextInput):
    """Whoever types a number, or a part of what it stands for, is offered it; the number is what is sent."""

    template_name = "admin/includes/suggesting.html"
    offered: Iterable[tuple[str, str]] = ()

    def get_context(self, name: str, value, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["attrs"] |= {"list": f"{name}-offered", "autocomplete": "off"}
        widget["offered"] = list(self.offered)[:MOST_OFFERED]
        return context
