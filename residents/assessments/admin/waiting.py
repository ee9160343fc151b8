"""What waits for an assessor, as her first page and her list show it."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from residents.assessments.admin.wording import who
from residents.assessments.models import Assessment, Assessor
from residents.assessments.states import AssessmentStatus
from sojourn.web.access import actor_of
from sojourn.web.workbench import Panel, show_first

MOST_SHOWN = 20
# What is to be done next with it, by the verb that does it.
NEXT = {AssessmentStatus.DRAFT: ("fill", _("填写评估")), AssessmentStatus.SIGNED_ONCE: ("sign", _("签字"))}


def _is_assessor(request: HttpRequest) -> bool:
    return Assessor.objects.of_account(actor_of(request)).exists()


def waiting_panel(request: HttpRequest) -> dict:
    """What she has to fill in or to sign; for those who assess nobody, nothing."""
    if not _is_assessor(request):
        return {}
    rows = Assessment.objects.waiting_for(actor_of(request)).select_related("resident")[: MOST_SHOWN + 1]
    return {
        "is_shown": True,
        "rows": [_row(one) for one in rows[:MOST_SHOWN]],
        "has_more": len(rows) > MOST_SHOWN,
        "all": f"{reverse('admin:assessments_assessment_changelist')}?{WaitingFilter.parameter_name}=mine",
    }


def _row(assessment: Assessment) -> dict:
    name, label = NEXT[AssessmentStatus(assessment.status)]
    return {
        "assessment": assessment,
        "resident": who(assessment.resident, ""),
        "page": reverse("admin:assessments_assessment_change", args=[assessment.pk]),
        "next": {
            "label": label,
            "url": reverse(f"admin:assessments_assessment_{name}", args=[assessment.pk]),
        },
    }


class WaitingFilter(admin.SimpleListFilter):
    """Offered to assessors alone: everybody else would find nothing by it."""

    title = _("待我办理")
    parameter_name = "waiting"

    def lookups(self, request, model_admin):
        return [("mine", _("待我填写或签字"))] if _is_assessor(request) else []

    def queryset(self, request, queryset):
        if self.value() != "mine":
            return queryset
        return queryset.filter(pk__in=Assessment.objects.waiting_for(actor_of(request)).values("pk"))


show_first(Panel("assessments/waiting.html", waiting_panel, order=20))
