"""The overview, one feed, and the catalogue."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from sojourn.core.actors import Actor
from sojourn.sharing import policy
from sojourn.sharing.admin.forms import WhyForm
from sojourn.sharing.chronicle import chronicle_of
from sojourn.sharing.models import Feed
from sojourn.sharing.overview import AlarmLine, FeedLine, feed_lines, member_names, overview_of, place_of
from sojourn.sharing.services import holding, two_people
from sojourn.sharing.shelf import shelves
from sojourn.sharing.states import FEED_FLOW, FeedState
from sojourn.sharing.traffic import last_day
from sojourn.web.access import actor_of
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import lines_of
from sojourn.web.verbs import Verb

LOOK = Media(css={"all": ["web/sharing.css"]})


def _may(verb: str, *, own: bool):
    """Whether the button of a verb shows: it follows from the feed's state, for those who look after feeds."""

    def allowed(actor: Actor, feed: Feed) -> bool:
        place = place_of(feed)
        fits = place is not None and place.state in FEED_FLOW.sources(verb) and feed.is_own == own
        return fits and policy.can_look_after_feeds(actor)

    return allowed


def _may_propose(verb: str, *, own: bool):
    def allowed(actor: Actor, feed: Feed) -> bool:
        return _may(verb, own=own)(actor, feed) and policy.may_propose(actor, None)  # type: ignore[arg-type]

    return allowed


@admin.register(Feed)
class FeedAdmin(ScopedAdmin):
    change_list_template = "admin/sharing/overview.html"
    change_form_template = "admin/sharing/feed.html"
    list_select_related = ["head", "cursor"]
    fields = ["owner", "resource", "audience", "is_own", "opened_at"]
    verbs = (
        Verb(
            name="pause",
            label=FEED_FLOW.labels["pause"],
            service=holding.pause_feed,
            ends=True,
            allowed=_may("pause", own=False),
            form=WhyForm,
            id_argument="feed_id",
            done=_("已暂停同步；对方撤回的数据仍照常撤下。"),
        ),
        Verb(
            name="resume",
            label=FEED_FLOW.labels["resume"],
            service=holding.resume_feed,
            allowed=_may("resume", own=False),
            id_argument="feed_id",
            done=_("已恢复同步。"),
        ),
        Verb(
            name="release",
            label=_("提请解除完整性停用"),
            service=two_people.propose_release,
            allowed=_may_propose("release", own=False),
            form=WhyForm,
            id_argument="feed_id",
            help_text=_("由另一人在“等我复核”中同意后才解除。请写明与归属省份核对的结果。"),
            done=_("已提请，等第二人复核。"),
        ),
        Verb(
            name="new-epoch",
            label=_("提请开始新纪元"),
            service=two_people.propose_epoch,
            allowed=_may_propose("begin_epoch", own=True),
            form=WhyForm,
            id_argument="feed_id",
            help_text=_("只在确认没有任何节点持有丢失的页之后提请；由另一人复核后，全部数据重新封页。"),
            done=_("已提请，等第二人复核。"),
        ),
    )

    @property
    def media(self):
        return super().media + LOOK

    def get_urls(self):
        view = self.admin_site.admin_view(self.catalogue_view)
        return [path("catalogue/", view, name="sharing_feed_catalogue"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).select_related("head", "cursor")

    def changelist_view(self, request: HttpRequest, extra_context=None):
        """Every peer and every feed, what is wrong first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = overview_of(actor_of(request))
        context = {
            **self._page(request, _("数据共享")),
            "overview": found,
            "troubles": [self._with_buttons(request, line) for line in found.troubles],
            "day": last_day() if found.members else None,
            "in_reach": policy.reaches_a_province(actor_of(request)),
        }
        return TemplateResponse(request, self.change_list_template, context)

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None):
        """One feed with its last pages, what was found wrong, and what people did about it."""
        feed = self.get_object(request, object_id)
        lines = feed_lines(self.get_queryset(request).filter(pk=feed.pk), member_names()) if feed else []
        if feed is None or not lines:
            return self.answer_for_no_row(request)
        chronicle = chronicle_of(lines[0].feed)
        extra = {
            "line": lines[0],
            "chronicle": chronicle,
            "alarms": [AlarmLine(alarm, lines[0].label) for alarm in chronicle.alarms],
            "past": lines_of(chronicle.entries),
        }
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def catalogue_view(self, request: HttpRequest) -> TemplateResponse:
        """What may be shared, with whom, on which ground."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self._page(request, _("数据目录")), "shelves": shelves()}
        return TemplateResponse(request, "admin/sharing/catalogue.html", context)

    def _page(self, request: HttpRequest, title) -> dict:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": self.media,
        }

    def _with_buttons(self, request: HttpRequest, line: FeedLine) -> dict:
        steps = self.verbs_for(request, line.feed)
        buttons = [] if line.state == FeedState.RUNNING else steps
        if line.held:
            held = f"{reverse('admin:sharing_setasideentry_changelist')}?feed={line.feed.pk}"
            buttons = [{"label": _("看隔离条目"), "url": held}, *buttons]
        return {"line": line, "buttons": buttons}
