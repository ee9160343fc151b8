"""Objections and re-checks: what waits, who assesses once more, and what is decided."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from residents.assessments import forms, policy, services
from residents.assessments.admin.wording import RoomAdmin
from residents.assessments.models import Review
from residents.assessments.states import REVIEW_FLOW, AssessmentStatus
from sojourn.core.actors import Actor
from sojourn.web.access import actor_of
from sojourn.web.verbs import Verb


def _may_assign(actor: Actor, row: Review) -> bool:
    return row.status in REVIEW_FLOW.sources("assign") and policy.can_handle(actor, row)


def _may_decide(actor: Actor, row: Review) -> bool:
    done = row.second_look is not None and row.second_look.status == AssessmentStatus.REVIEWED
    return done and row.status in REVIEW_FLOW.sources("keep") and policy.can_handle(actor, row)


@admin.register(Review)
class ReviewAdmin(RoomAdmin):
    change_form_template = "assessments/admin_review.html"
    list_display = ["number", "resident_called", "ground", "status", "raised_on", "decided_on", "is_sample"]
    list_filter = ["ground", "status", "is_sample"]
    list_select_related = ["assessment__resident"]
    search_fields = ["=number", "=assessment__number", "=assessment__resident__number"]
    search_help_text = _("复核编号、评估编号或老年人编号")
    ordering = ["-pk"]
    fields = [
        "number",
        "resident_called",
        "ground",
        "status",
        "objector",
        "raised_on",
        "assessment",
        "original_level",
        "second_look",
        "second_level",
        "agrees",
        "decided_on",
        "draw",
        "is_sample",
    ]
    readonly_fields = ["resident_called", "original_level", "second_level"]
    verbs = (
        Verb(
            name="assign",
            label=REVIEW_FLOW.labels["assign"],
            service=services.assign_review,
            allowed=_may_assign,
            done=_("已安排另外的评估人员。"),
            form=forms.AssignReviewForm,
            id_argument="review_id",
            arguments=forms.AssignReviewForm.arguments,
            help_text=_("须是没有参加过原评估的两名评估人员。"),
        ),
        Verb(
            name="decide",
            label=_("作出复核决定"),
            service=services.decide_review,
            allowed=_may_decide,
            done=_("复核决定已作出。"),
            form=forms.DecideForm,
            id_argument="review_id",
        ),
        Verb(
            name="withdraw",
            label=REVIEW_FLOW.labels["withdraw"],
            service=services.withdraw_objection,
            ends=True,
            allowed=policy.can_withdraw,
            done=_("异议已撤回。"),
            id_argument="review_id",
        ),
    )

    @admin.display(description=_("老年人"))
    def resident_called(self, review: Review) -> str:
        return self.leading(review, review.assessment.resident)

    @admin.display(description=_("原等级"))
    def original_level(self, review: Review) -> str:
        return review.assessment.get_level_display() or self.get_empty_value_display()

    @admin.display(description=_("复核等级"))
    def second_level(self, review: Review) -> str:
        """Once both have signed."""
        look = review.second_look
        shown = look is not None and look.concluded_on is not None
        return (look.get_level_display() if look and shown else "") or self.get_empty_value_display()

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        row = self.get_object(request, object_id)
        extra, actor = {}, actor_of(request)
        if row is not None:
            extra = {"grounds": services.read_grounds(review_id=row.pk, actor=actor)}
            for shown in filter(None, (row.assessment_id, row.second_look_id)):
                services.read_level(assessment_id=shown, actor=actor)
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))
