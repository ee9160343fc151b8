"""The papers of mandates and consents as blanks: printed at home, filled in by hand, brought to the counter.

Each is one A4, and says no more than what the platform itself does.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from residents.consents import facts, forms
from residents.consents.states import AgentAct, GivenBy
from residents.registry.states import PrivateField
from sojourn.web.access import Access, declared


def _page(view: Callable) -> Callable:
    """Anybody may read and print it: it holds nothing of anybody."""
    return declared(Access.PUBLIC)(require_safe(view))


@_page
def mandate(request: HttpRequest) -> HttpResponse:
    """Who lets whom do and see what, until when, and how that ends."""
    context = {"acts": AgentAct.labels, "may_see": PrivateField.labels}
    return TemplateResponse(request, "consents/blank_mandate.html", context)


@_page
def consent(request: HttpRequest) -> HttpResponse:
    """Who may have which facts to which end and until when, the sensitive ones each by itself, and how to take it back."""
    offered = facts.offered()
    context = {
        "voices": GivenBy.labels,
        "ends": [label for _code, label in forms.ENDS],
        "usual": [fact.label for fact in offered if not fact.is_sensitive],
        "sensitive": [fact.label for fact in offered if fact.is_sensitive],
    }
    return TemplateResponse(request, "consents/blank_consent.html", context)
