"""The staff's view of consents, sharings by law and mandates; what was said at the counter is written down here."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from residents.consents import facts, forms, policy, services
from residents.consents.models import Consent, Extract, LegalShare, Mandate, Reading
from residents.consents.states import (
    CONSENT_FLOW,
    LEGAL_SHARE_FLOW,
    MANDATE_FLOW,
    AgentAct,
    Channel,
    ConsentStatus,
    LegalShareStatus,
    MandateStatus,
    ReceiverKind,
)
from residents.consents.wording import receivers_of
from residents.registry.states import PrivateField
from sojourn.accounts.reach import names_of
from sojourn.core.actors import Actor, Role
from sojourn.core.refusals import Refusal
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions
from sojourn.web.verbs import Verb

name_actions(
    {
        "extract.disclosed": _("查看外省共享信息"),
        "access.opened": _("开放访问"),
        "access.closed": _("关闭访问"),
        "consent.given": _("登记同意"),
        "legalshare.live": _("登记依法共享"),
        "mandate.valid": _("登记委托书"),
        **{f"consent.{status.value}": status.label for status in set(ConsentStatus) - {ConsentStatus.GIVEN}},
        **{f"legalshare.{s.value}": s.label for s in set(LegalShareStatus) - {LegalShareStatus.LIVE}},
        **{f"mandate.{s.value}": s.label for s in set(MandateStatus) - {MandateStatus.VALID}},
    },
    {
        "receiver": _("接收方类型"),
        "acts": _("委托事项"),
        "notice": _("告知本人的凭证编号"),
        "ground": _("法定依据"),
        **{str(choice.value): choice.label for choice in [*ReceiverKind, *AgentAct, *Channel]},
    },
)


def _is_officer(actor: Actor, _row) -> bool:
    return actor.role == Role.OFFICER


def _while(status: str) -> Callable:
    """The button shows to the officers of her home while the row has this status."""
    return lambda actor, row: row.status == status and policy.can_record(actor, row.resident)


class _BasisAdmin(ScopedAdmin):
    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["resident", "purpose", "shared", "receiver", "expires_at", "status"]
    list_filter = ["status", "purpose", "receiver_kind"]
    list_select_related = ["resident"]
    search_fields = ["=resident__number"]
    search_help_text = _("老年人编号")
    ordering = ["-opened_at", "-id"]
    readonly_fields = ["shared", "receiver"]

    @admin.display(description=_("共享项目"))
    def shared(self, row) -> str:
        return facts.labels(row.fields)

    @admin.display(description=_("接收方"))
    def receiver(self, row) -> str:
        return receivers_of([row])[row.pk]


@admin.register(Consent)
class ConsentAdmin(_BasisAdmin):
    fields = [
        "resident",
        "purpose",
        "shared",
        "separately",
        "receiver",
        "ground",
        "article",
        "given_by",
        "channel",
        "proof",
        "opened_at",
        "expires_at",
        "status",
        "ended_at",
        "withdrawn_channel",
        "withdrawn_proof",
    ]
    readonly_fields = ["shared", "receiver", "separately"]
    verbs = (
        Verb(
            name="give",
            label=_("登记同意"),
            service=services.give_consent,
            allowed=_is_officer,
            done=_("已登记同意，接收方现在可以查看。"),
            form=forms.GiveConsentForm,
            arguments=forms.GiveConsentForm.arguments,
        ),
        Verb(
            name="withdraw",
            label=CONSENT_FLOW.labels["withdraw"],
            service=services.withdraw_consent,
            allowed=_while(ConsentStatus.GIVEN),
            done=_("已撤回，接收方不能再查看。"),
            form=forms.SayingForm,
            id_argument="consent_id",
            arguments=forms.SayingForm.arguments,
            help_text=_("撤回不需要理由，立即生效。"),
        ),
        Verb(
            name="override",
            label=_("提议撤回后依法共享"),
            service=services.propose_override,
            allowed=_while(ConsentStatus.WITHDRAWN),
            done=_("已提交，须经第二人批准。"),
            form=forms.OverrideForm,
            id_argument="consent_id",
            arguments=forms.OverrideForm.arguments,
            help_text=_("老年人已撤回同意。只有法律另有规定才可继续共享，并须写明理由、告知本人。"),
        ),
    )

    @admin.display(description=_("单独同意的项目"))
    def separately(self, row: Consent) -> str:
        return facts.labels(row.separate_fields) or self.get_empty_value_display()


@admin.register(LegalShare)
class LegalShareAdmin(_BasisAdmin):
    fields = [
        "resident",
        "purpose",
        "shared",
        "receiver",
        "ground",
        "article",
        "reason",
        "notice",
        "overrides",
        "opened_at",
        "expires_at",
        "status",
        "ended_at",
    ]
    verbs = (
        Verb(
            name="share",
            label=_("登记依法共享"),
            service=services.share_by_law,
            allowed=_is_officer,
            done=_("已登记依法共享。"),
            form=forms.ShareByLawForm,
            arguments=forms.ShareByLawForm.arguments,
            help_text=_("仅在法律明确规定不需取得个人同意时使用，并须告知老年人本人。"),
        ),
        Verb(
            name="end",
            label=LEGAL_SHARE_FLOW.labels["end"],
            service=services.end_legal_share,
            allowed=_while(LegalShareStatus.LIVE),
            done=_("已停止，接收方不能再查看。"),
            id_argument="share_id",
        ),
    )


@admin.register(Mandate)
class MandateAdmin(ScopedAdmin):
    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["resident", "agent_account", "acts", "expires_at", "status"]
    list_filter = ["status", "channel"]
    list_select_related = ["resident", "agent"]
    search_fields = ["=resident__number"]
    search_help_text = _("老年人编号")
    ordering = ["-opened_at", "-id"]
    fields = [
        "resident",
        "agent_account",
        "seen",
        "acts",
        "channel",
        "proof",
        "opened_at",
        "expires_at",
        "status",
        "ended_at",
        "withdrawn_channel",
        "withdrawn_proof",
    ]
    readonly_fields = ["agent_account", "seen", "acts"]
    verbs = (
        Verb(
            name="give",
            label=_("登记委托书"),
            service=services.give_mandate,
            allowed=_is_officer,
            done=_("已登记委托书。"),
            form=forms.GiveMandateForm,
            arguments=forms.GiveMandateForm.arguments,
            help_text=_("核对委托书原件。健康信息不能向代理人开放。"),
        ),
        Verb(
            name="withdraw",
            label=MANDATE_FLOW.labels["withdraw"],
            service=services.withdraw_mandate,
            allowed=_while(MandateStatus.VALID),
            done=_("委托书已撤销。"),
            form=forms.SayingForm,
            id_argument="mandate_id",
            arguments=forms.SayingForm.arguments,
        ),
    )

    @admin.display(description=_("代理人账号"))
    def agent_account(self, row: Mandate) -> str:
        return row.agent.username

    @admin.display(description=_("可查看项目"))
    def seen(self, row: Mandate) -> str:
        labels = (str(PrivateField(field).label) for field in row.may_see)
        return "、".join(labels) or self.get_empty_value_display()

    @admin.display(description=_("委托事项"))
    def acts(self, row: Mandate) -> str:
        return "、".join(str(AgentAct(act).label) for act in row.may_do)


def _may_read(actor: Actor, _row) -> bool:
    return actor.role == Role.OFFICER


@admin.register(Extract)
class ExtractAdmin(ScopedAdmin):
    """What other members shared of their residents, masked; plain only by the verb that tells their homes."""

    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["resident_number", "home", "purpose", "shared", "expires_at"]
    list_filter = ["purpose", "ground"]
    search_fields = ["=resident_number"]
    search_help_text = _("老年人编号")
    ordering = ["-changed_at", "-id"]
    fields = ["resident_number", "home", "purpose", "ground", "article", "expires_at", "facts"]
    readonly_fields = ["home", "facts"]
    verbs = (
        Verb(
            name="read",
            label=_("查看外省共享信息"),
            service=services.disclose,
            allowed=_may_read,
            done="",
            form=forms.ReadForm,
            id_argument="extract_id",
            arguments=forms.ReadForm.arguments,
            help_text=_("查看人所在地区、时间、项目和事由会告知户籍省份，老年人本人看得到。"),
        ),
    )

    @admin.display(description=_("户籍省份"))
    def home(self, row: Extract) -> str:
        return names_of([row.owner[:2]])[row.owner[:2]]

    @admin.display(description=_("共享项目"))
    def shared(self, row: Extract) -> str:
        return facts.labels(row.sealed)

    @admin.display(description=_("共享项目"))
    def facts(self, row: Extract) -> str:
        try:
            masked = services.masked_facts_of(row)
        except Refusal as refusal:
            return str(refusal)
        labels = {fact.code: fact.label for fact in facts.known()}
        lines = ((labels[code], value) for code, value in masked.items())
        return format_html("{}", format_html_join("；", '{}：<span translate="no">{}</span>', lines))

    def _view_of(self, verb: Verb) -> Callable:
        """The values stand in the answer to the form and nowhere else: no session, cache or report holds them."""
        ask = super()._view_of

        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            shown: list[dict[str, str]] = []

            def disclose(**arguments) -> None:
                shown.append(verb.service(**arguments))

            answer = ask(replace(verb, service=disclose))(request, object_id)
            if not shown:
                return answer
            labels = {fact.code: fact.label for fact in facts.known()}
            context = {
                **self.admin_site.each_context(request),
                "title": verb.label,
                "original": self.get_object(request, object_id),
                "opts": self.opts,
                "facts": [(labels[code], value) for code, value in shown[0].items()],
            }
            return TemplateResponse(request, "registry/admin_revealed.html", context)

        view.__name__ = verb.name
        return sensitive_post_parameters()(never_cache(view))


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
