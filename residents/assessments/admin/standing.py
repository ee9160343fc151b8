"""How the list of assessments is narrowed by what still counts and what is about to count no more."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from residents.assessments import services
from residents.assessments.states import AssessmentStatus
from sojourn.core.clock import today


class StandingFilter(admin.SimpleListFilter):
    title = _("有效性")
    parameter_name = "standing"
    orders: ClassVar = {"ending": ["valid_until", "pk"], "ended": ["-valid_until", "-pk"]}

    def lookups(self, request, model_admin):
        return [
            ("now", _("在有效期内")),
            ("ending", _("即将到期，未重新评估")),
            ("ended", _("已到期，未重新评估")),
            ("over", _("已过有效期")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "now":
                return queryset.standing_on(today())
            case "ending":
                return services.ending_soon(queryset)
            case "ended":
                return services.ended(queryset)
            case "over":
                return queryset.filter(status=AssessmentStatus.FINAL, valid_until__lt=today())
        return queryset
