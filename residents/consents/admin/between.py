"""What other members shared of their residents, who looked at it, and who stands on two registers."""

from collections.abc import Callable
from functools import wraps
from typing import NamedTuple

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from providers.facilities.states import AbilityLevel
from residents.assessments.states import RecognitionStatus
from residents.consents import assessed, facts, forms, services
from residents.consents.admin.ending import EndingAdmin
from residents.consents.models import Extract, Match, Reading, ReceivedRecognition
from residents.consents.states import MATCH_FLOW, Disposition
from sojourn.accounts.reach import names_of
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.refusals import Refusal
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import Label, name_actions
from sojourn.web.verbs import Verb

name_actions(
    {
        "extract.disclosed": _("查看外省共享信息"),
        "extract.recognised": _("互认外省共享结果"),
        "matching.marked": _("生成比对标记"),
        "matching.checked": _("核对对方发现的比对标记"),
        "match.found": _("发现疑似跨省重复登记"),
        "match.lapsed": _("登记已变更，无需核实"),
        **{f"match.{each.value}": each.label for each in set(Disposition) - {Disposition.OPEN}},
    },
    {"marks": _("标记数量"), "key": _("比对密钥"), "earlier": _("原比对密钥")},
)


TOLD_AT_HOME = _("查看人所在地区、时间、项目和事由会告知户籍省份，老年人本人看得到。")
TO_DECIDE = _(
    "两省登记的身份证号码相同。请先核对本省登记，并向老年人或对方省份了解情况；双方结论一致之前可以更改。"
)


class Line(NamedTuple):
    """What is shown once beside the facts."""

    label: Label


OUTCOME = Line(_("互认结论"))


@wraps(services.disclose)
def _disclosed(**arguments) -> dict[facts.Fact | Line, str]:
    """What is shown once, each fact by itself."""
    told = services.disclose(**arguments)
    shown: dict[facts.Fact | Line, str] = {fact: told[fact.code] for fact in facts.named(told)}
    if assessed.RESULT in told:
        found = _found(Extract.objects.visible_to(arguments["actor"]).get(pk=arguments["extract_id"]))
        shown |= {} if found is None else {OUTCOME: _outcome(found)}
    return shown


@wraps(services.recognise_received)
def _recognised(**arguments) -> dict[Line, str]:
    """She looked at the result, so what it counts for is shown to her, once."""
    return {OUTCOME: _outcome(services.recognise_received(**arguments))}


def _found(extract: Extract) -> ReceivedRecognition | None:
    """What an officer said that the result counts for; None where nobody did, or the result does not read."""
    try:
        return services.recognised_of(extract, SYSTEM)
    except Refusal:
        return None


def _outcome(found: ReceivedRecognition) -> str:
    level = f"：{AbilityLevel(found.level).label}" if found.level else ""
    return f"{RecognitionStatus(found.status).label}{level}{_by(found)}"


def _by(found: ReceivedRecognition) -> str:
    return f"（{found.number}，{found.agreement.name}，{found.recognised_on:%Y-%m-%d}）"


def masked_lines(extract: Extract) -> str:
    """Each fact that came, behind its mask; or why it cannot be shown."""
    try:
        masked = services.masked_facts_of(extract)
    except Refusal as refusal:
        return str(refusal)
    labels = {fact.code: fact.label for fact in facts.known()}
    lines = ((labels[code], value) for code, value in masked.items())
    return format_html("{}", format_html_join("；", '{}：<span translate="no">{}</span>', lines))


def _may_read(actor: Actor, _row) -> bool:
    return actor.role == Role.OFFICER


def _may_recognise(actor: Actor, row: Extract) -> bool:
    return _may_read(actor, row) and assessed.RESULT in row.sealed


@admin.register(Extract)
class ExtractAdmin(EndingAdmin):
    """What other members shared of their residents, masked; plain only by the verb that tells their homes."""

    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["resident_number", "home", "purpose", "shared", "ends_on", "is_sample"]
    list_filter = ["purpose", "ground"]
    search_fields = ["=resident_number"]
    search_help_text = _("老年人编号")
    ordering = ["-changed_at", "-id"]
    fields = [
        "resident_number",
        "home",
        "purpose",
        "ground",
        "article",
        "ends_on",
        "facts",
        "recognised",
        "is_sample",
    ]
    readonly_fields = ["home", "ends_on", "facts", "recognised"]
    verbs = (
        Verb(
            name="read",
            label=_("查看外省共享信息"),
            service=_disclosed,
            allowed=_may_read,
            done="",
            shown_once="registry/admin_revealed.html",
            form=forms.ReadForm,
            id_argument="extract_id",
            arguments=forms.ReadForm.arguments,
            help_text=TOLD_AT_HOME,
        ),
        Verb(
            name="recognise",
            label=_("互认外省共享结果"),
            service=_recognised,
            allowed=_may_recognise,
            done="",
            shown_once="registry/admin_revealed.html",
            form=forms.RecogniseForm,
            id_argument="extract_id",
            arguments=forms.RecogniseForm.arguments,
            help_text=format_lazy(
                "{}{}", _("按协议的等级对照认定；没有对照的，结论为须重新评估。"), TOLD_AT_HOME
            ),
        ),
    )

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).told()

    @admin.display(description=_("户籍省份"))
    def home(self, row: Extract) -> str:
        return row.told_home  # type: ignore[attr-defined]

    @admin.display(description=_("共享项目"))
    def shared(self, row: Extract) -> str:
        return facts.labels(row.sealed)

    @admin.display(description=_("共享项目"))
    def facts(self, row: Extract) -> str:
        return masked_lines(row)

    @admin.display(description=_("互认结论"))
    def recognised(self, row: Extract) -> str:
        """Whether the result that came counts here, as far as an officer said so; the level is told by reading it."""
        found = _found(row)
        if found is None:
            return str(self.get_empty_value_display())
        return f"{RecognitionStatus(found.status).label}{_by(found)}"

    def form_of(self, request: HttpRequest, verb: Verb, row):
        form = super().form_of(request, verb, row)
        if isinstance(form, forms.ReadForm):
            form.offer_of(row)
        return form


@admin.register(Reading)
class ReadingAdmin(ScopedAdmin):
    """Who of this member looked at what others shared."""

    open_to = frozenset({Role.AUDITOR})
    list_display = ["at", "role", "where", "shown", "purpose", "case"]
    list_filter = ["purpose"]
    ordering = ["-at", "-id"]
    fields = ["at", "role", "where", "shown", "purpose", "case"]
    readonly_fields = ["where", "shown"]

    @admin.display(description=_("查看者辖区"))
    def where(self, row: Reading) -> str:
        prefixes = row.reach.split(",") if row.reach else []
        return "、".join(names_of(prefixes).values())

    @admin.display(description=_("查看项目"))
    def shown(self, row: Reading) -> str:
        return facts.labels(row.fields)


def _while_open_to(verb: str) -> Callable:
    return lambda actor, row: actor.role == Role.OFFICER and row.disposition in MATCH_FLOW.sources(verb)


@admin.register(Match)
class MatchAdmin(ScopedAdmin):
    """Two registrations that may be of one person; each member says for itself."""

    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["number", "member", "found_at", "disposition", "theirs_says", "of_sample"]
    list_filter = ["disposition"]
    ordering = ["-found_at", "-id"]
    fields = ["registration", "member", "found_at", "disposition", "disposed_at", "theirs_says", "of_sample"]
    readonly_fields = ["registration", "member", "theirs_says", "of_sample"]
    verbs = (
        Verb(
            name="confirm",
            label=MATCH_FLOW.labels["confirm"],
            service=services.confirm_match,
            allowed=_while_open_to("confirm"),
            done=_("已登记核实结果，对方省份会收到。"),
            id_argument="match_id",
            help_text=TO_DECIDE,
        ),
        Verb(
            name="dismiss",
            label=MATCH_FLOW.labels["dismiss"],
            service=services.dismiss_match,
            allowed=_while_open_to("dismiss"),
            done=_("已登记核实结果，对方省份会收到。"),
            id_argument="match_id",
            help_text=TO_DECIDE,
        ),
    )

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).told()

    @admin.display(description=_("老年人"))
    def number(self, row: Match) -> str:
        return row.told_number or self.get_empty_value_display()  # type: ignore[attr-defined]

    @admin.display(description=_("老年人"))
    def registration(self, row: Match) -> str:
        """Where the officer looks before she says who is meant."""
        address = reverse("admin:registry_resident_change", args=[row.resident])
        number = row.told_number  # type: ignore[attr-defined]
        return format_html('<a href="{}" translate="no">{}</a>', address, number)

    def heading_of(self, row: Match) -> str:
        """Who of ours, and with which member."""
        return f"{row.told_number} – {row.told_member}"  # type: ignore[attr-defined]

    @admin.display(description=_("样例数据"), boolean=True)
    def of_sample(self, row: Match) -> bool | None:
        return row.told_sample  # type: ignore[attr-defined]

    @admin.display(description=_("对方省份"))
    def member(self, row: Match) -> str:
        return row.told_member  # type: ignore[attr-defined]

    @admin.display(description=_("对方核实结果"))
    def theirs_says(self, row: Match) -> str:
        said = row.told_theirs  # type: ignore[attr-defined]
        return str(Disposition(said).label) if said else self.get_empty_value_display()
