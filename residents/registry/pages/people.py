"""The family's own pages: the people they care for, and what they may see of them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from residents.registry import services
from residents.registry.models import LinkRequest, Resident
from residents.registry.my import called, family_page, person_of, render_person
from sojourn.web.access import actor_of


@family_page
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The people this family may see, by name."""
    rows = Resident.objects.visible_to(actor_of(request)).by_name()
    actor = actor_of(request)
    context = {
        "people": [{"row": row, "called": called(row)} for row in rows],
        "waiting": LinkRequest.objects.of_user(actor.user_id).waiting().count(),
    }
    return TemplateResponse(request, "my/people.html", context)


@family_page
@require_safe
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One person: her facts behind their masks, and for herself and her guardian what else is held of her."""
    actor, row = actor_of(request), person_of(request, pk)
    facts = [(field.label, value) for field, value in services.masked_facts_of(row).items()]
    context = {"facts": facts, "held": services.other_facts_of(row, actor)}
    return render_person(request, row, "my/person.html", context)
