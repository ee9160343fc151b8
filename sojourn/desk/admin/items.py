"""Every work item in reach, with its verbs right in the list."""

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sojourn.core.clock import today
from sojourn.desk import forms, policy, queues, services
from sojourn.desk.admin.desk import DeskAdmin, link_to
from sojourn.desk.inbox import Line, lines_of, places_of
from sojourn.desk.models import WorkItem
from sojourn.desk.states import ITEM_FLOW
from sojourn.web.access import actor_of
from sojourn.web.past import reach_names
from sojourn.web.verbs import Verb


class QueueFilter(admin.SimpleListFilter):
    title = _("事项类别")
    parameter_name = "queue"

    def lookups(self, request, model_admin):
        return [(queue.code, queue.label) for queue in queues.registered()]

    def queryset(self, request, queryset):
        return queryset.filter(queue=self.value()) if self.value() else queryset


class StandFilter(admin.SimpleListFilter):
    """Unless she asks for others, an officer reads what is not finished."""

    title = _("办理情况")
    parameter_name = "at"

    def lookups(self, request, model_admin):
        return [
            ("mine", _("我在办的")),
            ("unclaimed", _("本单位待受理")),
            ("elsewhere", _("他人在办和下级单位的")),
            ("closed", _("已办结")),
        ]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        yield {**first, "display": _("未办结")}
        yield from rest

    def queryset(self, request, queryset):
        actor = actor_of(request)
        match self.value():
            case "mine":
                return queryset.taken_by(actor)
            case "unclaimed":
                return queryset.at_desk_of(actor).unclaimed()
            case "elsewhere":
                here = queryset.taken_by(actor) | queryset.at_desk_of(actor).unclaimed()
                return queryset.unfinished().exclude(pk__in=here.values("pk"))
            case "closed":
                return queryset.closed()
        return queryset.unfinished()


class TermFilter(admin.SimpleListFilter):
    title = _("期限")
    parameter_name = "term"

    def lookups(self, request, model_admin):
        return [("overdue", _("已逾期")), ("raised", _("已上报"))]

    def queryset(self, request, queryset):
        match self.value():
            case "overdue":
                return queryset.overdue_on(today())
            case "raised":
                return queryset.filter(escalation__gt=0)
        return queryset


def _seen_from(own: Iterable[str], place: str) -> str:
    """A place as those name it who reach it: 天河区 in 广州, her own by that word, elsewhere in full."""
    if place in own:
        return gettext("本单位")
    return next((place.removeprefix(name) for name in own if place.startswith(name)), place)


@admin.register(WorkItem)
class WorkItemAdmin(DeskAdmin):
    flow = ITEM_FLOW
    list_display = ["what", "queue_name", "near", "term", "status", "handled_by", "buttons"]
    list_display_links = ["what"]
    list_filter = [StandFilter, QueueFilter, TermFilter]
    list_select_related = ["handler"]
    search_fields = ["title", "=subject_id"]
    search_help_text = _("事项名称或对象标识")
    ordering = ["due_on", "id"]
    list_per_page = 40
    fields = [
        "subject",
        "queue_name",
        "where",
        "status",
        "term",
        "due_on",
        "working_days",
        "handled_by",
        "taken_at",
        "opened_at",
        "raised_to",
        "escalated_at",
        "needs_second_person",
        "facts",
        "closed_at",
        "finished_by",
        "closed_as",
        "result",
    ]
    readonly_fields = [
        "subject",
        "queue_name",
        "where",
        "term",
        "handled_by",
        "raised_to",
        "finished_by",
        "result",
    ]
    verbs = (
        Verb(
            name="take",
            label=ITEM_FLOW.labels["take"],
            service=services.take_item,
            allowed=policy.can_work_on,
            id_argument="item_id",
            done=_("已受理，由您办理。"),
        ),
        Verb(
            name="release",
            label=ITEM_FLOW.labels["release"],
            service=services.release_item,
            allowed=policy.can_work_on,
            id_argument="item_id",
            done=_("已放回，等待他人受理。"),
        ),
        Verb(
            name="hand-over",
            label=ITEM_FLOW.labels["hand_over"],
            service=services.hand_over_item,
            allowed=policy.can_work_on,
            form=forms.HandOverForm,
            arguments=forms.HandOverForm.arguments,
            initial=lambda item: {
                "officers": [(str(user.pk), str(user)) for user in services.colleagues_for(item)]
            },
            id_argument="item_id",
            done=_("已转交。"),
        ),
        Verb(
            name="finish",
            label=ITEM_FLOW.labels["close"],
            service=services.finish_item,
            allowed=policy.can_close,
            form=forms.FinishForm,
            initial=lambda item: {"outcomes": list(queues.named(item.queue).outcomes.items())},
            id_argument="item_id",
            done=_("已办结。"),
        ),
        Verb(
            name="reopen",
            label=ITEM_FLOW.labels["reopen"],
            service=services.reopen_item,
            allowed=policy.can_reopen,
            id_argument="item_id",
            done=_("已恢复为待办。"),
        ),
    )

    def get_changelist_instance(self, request: HttpRequest):
        """The rows of one page with their places, terms and buttons, read once for all of them."""
        changelist = super().get_changelist_instance(request)
        lines = lines_of(changelist.result_list)
        own = reach_names(actor_of(request).divisions).values()
        for line in lines:
            line.item.near = _seen_from(own, line.place)  # type: ignore[attr-defined]
            line.item.line = line  # type: ignore[attr-defined]
            line.item.buttons = self.buttons_for(request, line.item)  # type: ignore[attr-defined]
        changelist.result_list = [line.item for line in lines]
        return changelist

    @admin.display(description=_("事项"), ordering="title")
    def what(self, item: WorkItem) -> str:
        return str(item)

    @admin.display(description=_("对象"))
    def subject(self, item: WorkItem) -> str:
        return link_to(item.address, str(item))

    @admin.display(description=_("事项类别"), ordering="queue")
    def queue_name(self, item: WorkItem) -> str:
        return str(item.queue_label)

    @admin.display(description=_("办理单位"), ordering="division_code")
    def near(self, item: WorkItem) -> str:
        return item.near  # type: ignore[attr-defined]

    @admin.display(description=_("办理单位"))
    def where(self, item: WorkItem) -> str:
        return self._line(item).place

    @admin.display(description=_("期限"), ordering="due_on")
    def term(self, item: WorkItem) -> str:
        return self.said("" if item.closed_at else self._line(item).term)

    @admin.display(description=_("受理人"), ordering="handler__name")
    def handled_by(self, item: WorkItem) -> str:
        return self.said(item.handler)

    @admin.display(description=_("办结人"))
    def finished_by(self, item: WorkItem) -> str:
        return self.said(item.closed_by)

    @admin.display(description=_("上报至"))
    def raised_to(self, item: WorkItem) -> str:
        code = item.escalated_to
        return self.said(places_of([code])[code] if code else "")

    @admin.display(description=_("办理结果"))
    def result(self, item: WorkItem) -> str:
        return self.said(item.outcome_label)

    @admin.display(description=_("办理"))
    def buttons(self, item: WorkItem) -> str:
        """Buttons of the list's own form, each sent to its verb's address, and links to forms."""
        return format_html_join(
            " ",
            "{}",
            (
                (
                    format_html(
                        '<button class="row-verb" formaction="{}">{}</button>', one["url"], one["label"]
                    )
                    if one["at_once"]
                    else format_html('<a class="row-verb" href="{}">{}</a>', one["url"], one["label"]),
                )
                for one in item.buttons  # type: ignore[attr-defined]
            ),
        )

    def _line(self, item: WorkItem) -> Line:
        return getattr(item, "line", None) or lines_of([item])[0]
