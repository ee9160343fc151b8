"""Assessments as the staff and the assessors work on them: assigned, filled in on a tablet, signed, read."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from residents.assessments import filling, forms, policy, services
from residents.assessments.admin.standing import StandingFilter
from residents.assessments.admin.waiting import WaitingFilter
from residents.assessments.admin.wording import RoomAdmin, who, without
from residents.assessments.findings import Findings
from residents.assessments.models import Assessment
from residents.assessments.scales import scale
from residents.assessments.services.telling import objection_until
from residents.assessments.sheets import Sheet
from residents.assessments.states import ASSESSMENT_FLOW, CONCLUDED
from residents.registry.facts import age_on
from residents.registry.policy import can_import as may_import
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import local, now, today
from sojourn.web.access import actor_of
from sojourn.web.templatetags.shown import written_day
from sojourn.web.verbs import Verb

STAY, QUIET = "stay", "quiet"


def _is_officer(actor: Actor, _row) -> bool:
    return actor.role == Role.OFFICER and bool(actor.divisions)


def _may_sign(actor: Actor, row: Assessment) -> bool:
    """She has not signed yet."""
    if not policy.can_sign(actor, row):
        return False
    signed = {
        one.user_id
        for one, at in (
            (row.first_assessor, row.first_signed_at),
            (row.second_assessor, row.second_signed_at),
        )
        if one is not None and at is not None
    }
    return actor.user_id not in signed


def _may_reassess(actor: Actor, row: Assessment) -> bool:
    """Before its end, and after it, as long as nothing newer stands."""
    return policy.can_reassess(actor, row) and services.is_due(row)


def _version(row: Assessment) -> dict:
    return {"seen_version": row.version}


def sheet_of(row: Assessment, findings: Findings | None) -> Sheet | None:
    return None if findings is None else Sheet(scale(row.scale_code, row.edition), findings)


def _filled_in(row: Assessment, *, actor: Actor) -> dict:
    """What was kept so far, for the form."""
    findings = services.findings_of(row, actor) or Findings()
    return {
        "scale": (row.scale_code, row.edition),
        "answers": findings.answers,
        "circumstances": findings.circumstances,
        "assessed_on": row.assessed_on or today(),
        "seen_version": row.version,
    }


@admin.register(Assessment)
class AssessmentAdmin(RoomAdmin):
    change_form_template = "assessments/admin_assessment.html"
    list_display = [
        "number",
        "called",
        "kind",
        "status",
        "assessed_on",
        "valid_until",
        "is_sample",
    ]
    list_filter = [WaitingFilter, "status", "kind", StandingFilter, "is_sample"]
    list_select_related = ["resident"]
    list_reads = (
        *("number", "kind", "status", "assessed_on", "valid_until", "is_sample"),
        *("resident__number", "resident__name"),
    )
    search_fields = ["=number", "=resident__number", "=resident__merged_into__number"]
    search_help_text = _("评估编号或老年人编号")
    pages_counted_ahead = 4
    has_own_rows = True
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "number",
                    "called",
                    "age",
                    "kind",
                    "status",
                    "shown_level",
                    "assessed_on",
                    "valid_until",
                    "objection_until",
                    "why",
                    "facility",
                    "is_sample",
                ]
            },
        ),
        (
            _("由谁评估"),
            {
                "fields": [
                    "body",
                    "first_assessor",
                    "first_signed_at",
                    "second_assessor",
                    "second_signed_at",
                    "source",
                    "paper_reference",
                    "follows",
                    "used_scale",
                ]
            },
        ),
    ]
    readonly_fields = ["called", "age", "shown_level", "objection_until", "why", "used_scale"]
    verbs = (
        Verb(
            name="assign",
            label=_("分派评估"),
            service=services.assign_assessment,
            allowed=_is_officer,
            done=_("已分派给两名评估人员。"),
            form=forms.AssignForm,
            named_in="resident",
            arguments=forms.AssignForm.arguments,
            help_text=_("两名评估人员须属于同一家评估机构，其中至少一名有医学或护理背景。"),
        ),
        Verb(
            name="reassess",
            label=_("安排重新评估"),
            service=services.reassess,
            allowed=_may_reassess,
            done=_("已分派给两名评估人员。"),
            form=forms.AssignReviewForm,
            id_argument="assessment_id",
            arguments=forms.AssignReviewForm.arguments,
            help_text=_("沿用原量表，评估原因为常规评估；重新定级之前，原结果在有效期内继续有效。"),
        ),
        Verb(
            name="enter",
            label=_("补录评估结果"),
            service=services.enter_result,
            allowed=_is_officer,
            done=_("评估结果已补录。"),
            form=filling.EnterForm,
            named_in="resident",
            arguments=filling.EnterForm.arguments,
            help_text=_("按纸质评估报告逐项填写；总分和等级由系统重新计算。"),
        ),
        Verb(
            name="fill",
            label=_("填写评估"),
            service=services.keep_answers,
            allowed=policy.can_fill,
            done=_("草稿已保存。"),
            form=filling.FillForm,
            id_argument="assessment_id",
        ),
        Verb(
            name="sign",
            label=ASSESSMENT_FLOW.labels["sign_first"],
            service=services.sign_assessment,
            allowed=_may_sign,
            done=_("已签字。"),
            form=forms.SignForm,
            id_argument="assessment_id",
            initial=_version,
            help_text=_("签字后须经退回才能修改。两名评估人员都签字后，评估定级。"),
        ),
        Verb(
            name="return",
            label=ASSESSMENT_FLOW.labels["return"],
            service=services.return_assessment,
            ends=True,
            allowed=policy.can_return,
            done=_("已退回，可以修改。"),
            id_argument="assessment_id",
        ),
        Verb(
            name="discard",
            label=ASSESSMENT_FLOW.labels["discard"],
            service=services.discard_assessment,
            ends=True,
            allowed=policy.can_discard,
            done=_("这次评估已作废。"),
            form=forms.ReasonForm,
            id_argument="assessment_id",
        ),
        Verb(
            name="read",
            label=_("查看评估内容"),
            service=services.read_items,
            allowed=policy.can_read,
            done="",
            form=forms.ReadForm,
            id_argument="assessment_id",
            help_text=_("查看人、时间、用途和事由会记录下来，老年人本人看得到。"),
        ),
        Verb(
            name="object",
            label=_("提出异议"),
            service=services.object_to_result,
            allowed=policy.can_object,
            done=_("异议已受理，原结果在复核决定作出前继续有效。"),
            form=forms.ObjectForm,
            id_argument="assessment_id",
        ),
    )

    def get_ordering(self, request: HttpRequest):
        """Of what is about to end, what ends first; of what has ended, what ended last."""
        return StandingFilter.orders.get(request.GET.get(StandingFilter.parameter_name, ""), ["-pk"])

    # --- columns ----------------------------------------------------------------------------------
    def verbs_for(self, request: HttpRequest, row: Assessment | None = None) -> list[dict]:
        """The buttons; those of the list with the way to spreadsheets of results made elsewhere."""
        found = super().verbs_for(request, row)
        if row is None and may_import(actor_of(request)):
            found.append({"label": _("表格导入"), "url": reverse("admin:registry_importbatch_changelist")})
        return found

    @admin.display(description=_("年龄"))
    def age(self, row: Assessment) -> str:
        if row.resident.birth_on is None:
            return self.get_empty_value_display()
        return gettext("{years}岁").format(years=age_on(row.assessed_on or today(), row.resident.birth_on))

    @admin.display(description=_("能力等级"))
    def shown_level(self, row: Assessment) -> str:
        """Once both have signed; before that nobody has found anything."""
        concluded = row.status in CONCLUDED
        return (row.get_level_display() if concluded else "") or self.get_empty_value_display()

    @admin.display(description=_("可提出异议至"))
    def objection_until(self, row: Assessment) -> str:
        may_be = policy.is_objectionable(row)
        return written_day(objection_until(row)) if may_be else self.get_empty_value_display()

    @admin.display(description=_("评估原因"))
    def why(self, row: Assessment) -> str:
        reasons = {one.code: one.label for one in scale(row.scale_code, row.edition).reasons}
        return reasons.get(row.reason, "") or self.get_empty_value_display()

    @admin.display(description=_("量表"))
    def used_scale(self, row: Assessment) -> str:
        used = scale(row.scale_code, row.edition)
        return f"{used.standard} {used.title}"

    # --- pages ------------------------------------------------------------------------------------
    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        row = self.get_object(request, object_id)
        extra: dict = {}
        if row is not None:
            services.read_level(assessment_id=row.pk, actor=actor_of(request))
            extra["sheet"] = sheet_of(row, services.findings_of(row, actor_of(request)))
            extra["may_fill"] = policy.can_fill(actor_of(request), row)
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def history_view(self, request: HttpRequest, object_id, extra_context=None) -> HttpResponse:
        """Until both have signed, the level that one of them stands by is not told here either."""
        row = self.get_object(request, object_id)
        if row is not None:
            services.read_level(assessment_id=row.pk, actor=actor_of(request))
        response = super().history_view(request, object_id, extra_context)
        context = getattr(response, "context_data", None)
        if context and context["object"].status not in CONCLUDED:
            level = Assessment._meta.get_field("level").verbose_name
            context["states"] = [without(state, level) for state in context["states"]]
        return response

    def _view_of(self, verb: Verb) -> Callable:
        """What is typed into a verb of this room is in no cache and no error report."""
        special = {
            services.keep_answers: self._fill_view,
            services.sign_assessment: self._sign_view,
            services.read_items: self._read_view,
            services.enter_result: self._enter_view,
        }
        view = special.get(verb.service, super()._view_of)(verb)
        return sensitive_post_parameters()(never_cache(view))

    def _fill_view(self, verb: Verb) -> Callable:
        """The items by dimension; kept, it stays where she was, or goes on to what it comes to."""

        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            then = request.POST.get("then", "")
            asked = replace(verb, initial=partial(_filled_in, actor=actor_of(request)))
            if then == QUIET:
                asked = replace(asked, done="")
            answer = super(AssessmentAdmin, self)._view_of(asked)(request, object_id)
            if then == QUIET:
                return self._quiet(request, object_id, answer)
            kept = isinstance(answer, HttpResponseRedirect) and answer.url.endswith("/change/")
            if kept and then.startswith(STAY):
                return HttpResponseRedirect(f"{request.path}#part{then.removeprefix(STAY)}")
            return self._about(_on(answer, "assessments/admin_fill.html"))

        view.__name__ = verb.name
        return view

    def _quiet(self, request: HttpRequest, object_id: str, answer: HttpResponse) -> HttpResponse:
        """What the page's own script is told: the version to go on from, or why nothing was kept."""
        row = self.get_object(request, object_id)
        if isinstance(answer, HttpResponseRedirect) and row is not None:
            said = gettext("草稿已自动保存 {at}").format(at=f"{local(now()):%H:%M}")
            return JsonResponse({"seen_version": row.version, "said": said})
        form = (getattr(answer, "context_data", None) or {}).get("form")
        wrong = [str(error) for errors in form.errors.values() for error in errors] if form else []
        return JsonResponse({"said": gettext("没有保存：{why}").format(why=" ".join(wrong))}, status=409)

    def _about(self, answer: HttpResponse) -> HttpResponse:
        """The page says whom it is about."""
        row = (getattr(answer, "context_data", None) or {}).get("original")
        if row is not None:
            years = self.age(row)
            answer.context_data["about"] = (who(row.resident, ""), years, row.assessed_on)  # type: ignore[attr-defined]
        return answer

    def _enter_view(self, verb: Verb) -> Callable:
        ask = super()._view_of(verb)

        def view(request: HttpRequest) -> HttpResponse:
            return _on(ask(request), "assessments/admin_fill.html")

        view.__name__ = verb.name
        return view

    def _sign_view(self, verb: Verb) -> Callable:
        """What she signs stands above the button: the level, and why it is so."""
        ask = super()._view_of(verb)

        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            answer = _on(ask(request, object_id), "assessments/admin_sign.html")
            if isinstance(answer, TemplateResponse) and answer.context_data:
                row = answer.context_data["original"]
                answer.context_data["sheet"] = sheet_of(row, services.findings_of(row, actor_of(request)))
            return self._about(answer)

        view.__name__ = verb.name
        return view

    def _read_view(self, verb: Verb) -> Callable:
        """The items stand in the answer to the form and nowhere else: no session and no address holds them."""
        ask = super()._view_of

        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            shown: list[Findings] = []

            def read(**arguments) -> None:
                shown.append(verb.service(**arguments))

            answer = ask(replace(verb, service=read))(request, object_id)
            if not shown:
                return answer
            row = self.get_object(request, object_id)
            context = {
                **self.admin_site.each_context(request),
                "title": verb.label,
                "original": row,
                "opts": self.opts,
                "sheet": sheet_of(row, shown[0]) if row is not None else None,
            }
            return TemplateResponse(request, "assessments/admin_read.html", context)

        view.__name__ = verb.name
        return view


def _on(answer: HttpResponse, template: str) -> HttpResponse:
    """The same answer on a page of the room's own."""
    if isinstance(answer, TemplateResponse):
        answer.template_name = template
    return answer
