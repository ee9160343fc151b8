"""The family's own pages: the people they care for, and what they may see of them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from residents.registry import forms, policy, services
from residents.registry.models import LinkRequest, Resident
from residents.registry.my import called, family_page, papers, person_of, render_person
from residents.registry.states import ResidentStatus
from sojourn.core.refusals import Refusal
from sojourn.web.access import actor_of


@family_page
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The people this family may see, by name."""
    rows = Resident.objects.visible_to(actor_of(request)).by_name()
    actor = actor_of(request)
    context = {
        "people": [{"row": row, "called": called(row)} for row in rows],
        "papers": papers(),
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
    if row.status == ResidentStatus.REGISTERED and row.whereabouts_protected is None:
        context["may_protect"] = policy.can_answer(actor, row, protected=True)
        context["may_waive"] = policy.can_answer(actor, row, protected=False)
    return render_person(request, row, "my/person.html", context)


@family_page
@require_POST
def whereabouts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """She says for the first time whether her whereabouts are to be protected."""
    person_of(request, pk)
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("请选择一项。"))
        return HttpResponseRedirect(resolve_url("my_person", pk=pk))
    said = forms.AnswerForm.arguments(form.cleaned_data)
    try:
        services.answer_whereabouts(resident_id=pk, actor=actor_of(request), **said)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("已经记下。以后要更改，请告诉户籍地民政部门。"))
    return HttpResponseRedirect(resolve_url("my_person", pk=pk))
