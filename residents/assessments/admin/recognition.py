"""What was agreed of levels, and what other members' results count for."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from residents.assessments import forms, services
from residents.assessments.admin.wording import RoomAdmin
from residents.assessments.models import LevelCrosswalk, Recognition
from sojourn.core.actors import Actor, Role
from sojourn.web.access import actor_of
from sojourn.web.verbs import Verb


def _of_a_province(actor: Actor, _row) -> bool:
    return actor.role == Role.OFFICER and any(len(prefix) <= len("44") for prefix in actor.divisions)


def _is_officer(actor: Actor, _row) -> bool:
    return actor.role == Role.OFFICER and bool(actor.divisions)


@admin.register(LevelCrosswalk)
class LevelCrosswalkAdmin(RoomAdmin):
    list_display = [
        "from_scale",
        "from_edition",
        "from_label",
        "level",
        "agreement",
        "valid_from",
        "valid_to",
        "flag",
    ]
    list_select_related = ["agreement"]
    ordering = ["from_scale", "from_edition", "from_level", "valid_from"]
    verbs = (
        Verb(
            name="agree",
            label=_("登记等级对照"),
            service=services.add_crosswalk,
            allowed=_of_a_province,
            done=_("等级对照已登记。"),
            form=forms.CrosswalkForm,
            arguments=forms.CrosswalkForm.arguments,
            help_text=_("只登记协议写明的对照；没有写明的等级不推定，须重新评估。"),
        ),
    )


@admin.register(Recognition)
class RecognitionAdmin(RoomAdmin):
    list_display = [
        "number",
        "called",
        "from_member",
        "status",
        "assessed_on",
        "valid_until",
        "is_sample",
    ]
    list_filter = ["status", "is_sample"]
    list_select_related = ["resident", "from_member"]
    search_fields = ["=number", "=resident__number", "=resident__merged_into__number"]
    search_help_text = _("互认编号或老年人编号")
    ordering = ["-pk"]
    fieldsets = [
        (None, {"fields": ["number", "called", "status", "level", "recognised_on", "is_sample"]}),
        (
            _("原评估结果"),
            {
                "fields": [
                    "from_member",
                    "from_scale",
                    "from_edition",
                    "from_label",
                    "source",
                    "paper_reference",
                    "assessed_on",
                    "valid_until",
                ]
            },
        ),
        (_("依据"), {"fields": ["agreement", "crosswalk"]}),
    ]
    readonly_fields = ["called"]
    verbs = (
        Verb(
            name="recognise",
            label=_("认定互认结论"),
            service=services.recognise_result,
            allowed=_is_officer,
            done=_("互认结论已认定。"),
            form=forms.RecogniseForm,
            named_in="resident",
            arguments=forms.RecogniseForm.arguments,
            help_text=_("按协议的等级对照认定；没有对照的，结论为须重新评估。"),
        ),
    )

    # --- pages: the list tells no level, and who opens one is written down (decision 0058) -------------
    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        self._look(request, object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def history_view(self, request: HttpRequest, object_id, extra_context=None) -> HttpResponse:
        self._look(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def _look(self, request: HttpRequest, object_id: str) -> None:
        row = self.get_object(request, object_id)
        if row is not None:
            services.read_recognised_level(recognition_id=row.pk, actor=actor_of(request))
