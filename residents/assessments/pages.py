"""The family's pages of results: what was found, what it means, until when it holds, and the way to object to it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from providers.facilities.states import AbilityLevel
from residents.assessments import forms, policy, services
from residents.assessments.errors import NoSuchAssessment
from residents.assessments.findings import Findings
from residents.assessments.models import Assessment, Review
from residents.assessments.scales import scale
from residents.assessments.sheets import Sheet
from residents.assessments.states import UNDECIDED, Objector
from residents.registry.my import family_page, person_of, render_person
from sojourn.core.clock import today
from sojourn.core.refusals import Refusal
from sojourn.web.access import actor_of
from sojourn.web.templatetags.shown import written_day
from sojourn.web.verbs import explain


@family_page
@require_safe
def results(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every concluded result of this person, and what those of other members count for; others read who may.

    Both are for herself and her guardian.
    """
    actor, person = actor_of(request), person_of(request, pk)
    is_told = policy.is_told(actor, person)
    found = services.read_results(resident_id=person.pk, actor=actor) if is_told else []
    voice = policy.objects_as(actor, person)
    recognised = services.read_recognitions(resident_id=person.pk, actor=actor) if is_told else []
    context = {
        "is_told": is_told,
        "results": [_told(row, findings, voice) for row, findings in found],
        "recognised": recognised,
        "today": today(),
    }
    return render_person(request, person, "assessments/my_results.html", context)


@sensitive_post_parameters()
@family_page
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, pk: UUID) -> HttpResponse:
    """She or her guardian says why a result is not right; the desk of her home has it from then on."""
    actor = actor_of(request)
    row = Assessment.objects.told_to(actor).with_reviews().filter(pk=pk).first()
    if row is None:
        raise NoSuchAssessment
    person = person_of(request, row.resident.person_id)
    voice = policy.objects_as(actor, person)
    form = forms.MyObjectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = {"objector": voice or "", "grounds": form.cleaned_data["grounds"]}
        try:
            review = services.object_to_result(assessment_id=row.pk, actor=actor, **said)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            words = _("异议已经提出，编号{number}。最迟{day}有决定，到时发短信请您来看。")
            day = services.due_of(review)
            assert day is not None
            messages.success(request, words.format(number=review.number, day=written_day(day)))
            return HttpResponseRedirect(reverse("my_assessments", args=[person.pk]))
    context = {"row": row, "form": form, **_objection(row, voice)}
    return render_person(request, person, "assessments/my_object.html", context)


def _told(row: Assessment, findings: Findings, voice: Objector | None) -> dict:
    """One result as she reads it."""
    return {
        "row": row,
        "sheet": Sheet(scale(row.scale_code, row.edition), findings),
        "place": list(AbilityLevel).index(AbilityLevel(row.level or "")) + 1,
        "has_run_out": row.valid_until is not None and row.valid_until < today(),
        **_objection(row, voice),
    }


def _objection(row: Assessment, voice: Objector | None) -> dict:
    """Whether and until when it can be objected to, and the review that is under way or was the last."""
    until = services.objection_until(row) if policy.is_objectionable(row) else None
    review: Review | None = max(row.reviews.all(), key=lambda one: one.pk, default=None)
    waits = review is not None and review.status in UNDECIDED
    in_time = until is not None and today() <= until
    return {
        "until": until,
        "is_over": until is not None and not in_time,
        "review": review,
        "due": services.due_of(review) if review is not None and waits else None,
        "waits": waits,
        "may_object": voice is not None and in_time and not waits,
    }
