"""What is held back of others' feeds, and the alarms."""

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sojourn.core.actors import Actor
from sojourn.sharing import catalogue, policy
from sojourn.sharing.admin.forms import DismissAllForm, MatterForm, WhyForm
from sojourn.sharing.admin.headed import HeadedAdmin, moment
from sojourn.sharing.chronicle import evidence_about
from sojourn.sharing.held import held_groups
from sojourn.sharing.models import Alarm, SetAsideEntry
from sojourn.sharing.overview import member_names
from sojourn.sharing.services import alarms, care
from sojourn.sharing.states import UNSETTLED_ENTRIES, AlarmState
from sojourn.sharing.wording import REASONS, reason_in_words, subject_in_words
from sojourn.web.access import actor_of
from sojourn.web.verbs import Verb


class SettledFilter(admin.SimpleListFilter):
    """Unless others are asked for, what waits is shown."""

    title = _("处理情况")
    parameter_name = "at"

    def lookups(self, request, model_admin):
        return [("held", _("已隔离")), ("waiting_parent", _("等待上级数据")), ("settled", _("已处理"))]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        yield {**first, "display": _("未处理")}
        yield from rest

    def queryset(self, request, queryset):
        match self.value():
            case "settled":
                return queryset.exclude(state__in=UNSETTLED_ENTRIES)
            case "held" | "waiting_parent":
                return queryset.filter(state=self.value())
        return queryset.filter(state__in=UNSETTLED_ENTRIES)


class ReasonFilter(admin.SimpleListFilter):
    title = _("原因")
    parameter_name = "reason"
    codes: ClassVar = ("wrong_kind", "unknown_reference", "not_storable", "waiting_parent")

    def lookups(self, request, model_admin):
        return [(code, REASONS[code]) for code in self.codes]

    def queryset(self, request, queryset):
        return queryset.filter(reason=self.value()) if self.value() else queryset


class HeldFeedFilter(admin.SimpleListFilter):
    title = _("数据流")
    parameter_name = "feed"

    def lookups(self, request, model_admin):
        return list({str(group.feed_id): group.feed for group in held_groups()}.items())

    def queryset(self, request, queryset):
        known = (self.value() or "").isdigit()
        return queryset.filter(feed_id=int(self.value())) if known else queryset


class NamedRows(HeadedAdmin):
    """Rows that name feeds: the members' names are read once a page."""

    def get_changelist_instance(self, request: HttpRequest):
        changelist = super().get_changelist_instance(request)
        names = member_names()
        for row in changelist.result_list:
            row.names = names
        return changelist

    @staticmethod
    def in_words(row, subject: str) -> str:
        names = getattr(row, "names", None)
        return subject_in_words(subject, member_names() if names is None else names)


def _may_look_after(actor: Actor, _row) -> bool:
    return policy.can_look_after_feeds(actor)


def _may_settle(actor: Actor, entry: SetAsideEntry) -> bool:
    return entry.settled_at is None and policy.can_look_after_feeds(actor)


def _may_settle_some(actor: Actor, _row) -> bool:
    return policy.can_look_after_feeds(actor) and bool(held_groups())


@admin.register(SetAsideEntry)
class SetAsideAdmin(NamedRows):
    list_display = ["why", "fact", "what", "page_no", "state", "when"]
    list_display_links = ["why"]
    list_filter = [SettledFilter, ReasonFilter, HeldFeedFilter]
    list_select_related = ["feed"]
    ordering = ["-set_aside_at", "-pk"]
    readonly_fields = ["why", "fact", "what", "content"]
    verbs = (
        Verb(
            name="retry-all",
            label=_("同一原因的全部重试"),
            service=care.retry_entries,
            allowed=_may_settle_some,
            form=MatterForm,
            arguments=MatterForm.arguments,
            done=_("已重试；仍不合格的留在隔离中。"),
        ),
        Verb(
            name="dismiss-all",
            label=_("同一原因的全部剔除"),
            service=care.dismiss_entries,
            ends=True,
            allowed=_may_settle_some,
            form=DismissAllForm,
            arguments=DismissAllForm.arguments,
            done=_("已剔除。"),
        ),
        Verb(
            name="retry",
            label=_("重试"),
            service=care.retry_entry,
            allowed=_may_settle,
            id_argument="entry_id",
            done=_("已重试；处理情况见下。"),
        ),
        Verb(
            name="dismiss",
            label=_("剔除"),
            service=care.dismiss_entry,
            ends=True,
            allowed=_may_settle,
            form=WhyForm,
            id_argument="entry_id",
            help_text=_("剔除后内容清空，不再入库；归属省份改正后会作为新版本再来。"),
            done=_("已剔除。"),
        ),
    )

    def get_fields(self, request: HttpRequest, obj=None):
        shown = ["why", "fact", "what", "page_no", "entity", "epoch", "version", "state", "missing"]
        times = ["set_aside_at", "settled_at"]
        body = ["content"] if policy.can_look_after_feeds(actor_of(request)) else []
        return [*shown, *times, *body]

    def heading(self, row) -> str:
        return f"{self.what(row)}{_('：')}{self.why(row)}"

    @admin.display(description=_("隔离时间"), ordering="set_aside_at")
    def when(self, entry: SetAsideEntry) -> str:
        return moment(entry.set_aside_at)

    @admin.display(description=_("原因"), ordering="reason")
    def why(self, entry: SetAsideEntry) -> str:
        return reason_in_words(entry.reason)

    @admin.display(description=_("字段或约束"))
    def fact(self, entry: SetAsideEntry) -> str:
        """The field as the catalogue calls it; a constraint by its name."""
        resource = catalogue.known(entry.feed.resource)
        labels = {fact.name: fact.label for fact in resource.shape.facts} if resource else {}
        label = labels.get(entry.detail)
        said = f"{label}（{entry.detail}）" if label else entry.detail
        return said or str(self.get_empty_value_display())

    @admin.display(description=_("数据流"))
    def what(self, entry: SetAsideEntry) -> str:
        return self.in_words(entry, str(entry.feed))

    @admin.display(description=_("内容"))
    def content(self, entry: SetAsideEntry) -> str:
        return bytes(entry.body).decode(errors="replace") or str(_("已清空"))


@admin.register(Alarm)
class AlarmAdmin(NamedRows):
    class Media:
        css: ClassVar = {"all": ["web/sharing.css"]}

    change_form_template = "admin/sharing/alarm.html"
    list_display = ["why", "about", "detail", "state", "times", "first_at", "last_at", "closed_at"]
    list_display_links = ["why"]
    list_filter = ["state"]
    search_fields = ["=reason", "subject"]
    search_help_text = _("原因代码或对象")
    ordering = ["-state", "-last_at"]
    fields = ["why", "about", "detail", "state", "times", "first_at", "last_at", "closed_at"]
    readonly_fields = ["why", "about"]
    verbs = (
        Verb(
            name="close",
            label=_("解除告警"),
            service=alarms.close_alarm,
            allowed=lambda actor, alarm: alarm.state == AlarmState.OPEN and _may_look_after(actor, alarm),
            form=WhyForm,
            id_argument="alarm_id",
            help_text=_("只在查明之后解除；问题还在的话会再次告警。"),
            done=_("告警已解除。"),
        ),
    )

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None):
        alarm = self.get_object(request, object_id)
        extra = {"evidence": evidence_about(alarm.subject) if alarm else []}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def heading(self, row) -> str:
        return f"{self.about(row)}{_('：')}{self.why(row)}"

    @admin.display(description=_("原因"), ordering="reason")
    def why(self, alarm: Alarm) -> str:
        return reason_in_words(alarm.reason)

    @admin.display(description=_("对象"), ordering="subject")
    def about(self, alarm: Alarm) -> str:
        return self.in_words(alarm, alarm.subject)
