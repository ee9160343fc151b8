"""The staff's view of consents, sharings by law and mandates; what was said at the counter is written down here."""

from collections.abc import Callable

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from residents.consents import facts, forms, grounds, policy, scans, services
from residents.consents.admin.ending import EndingAdmin
from residents.consents.models import Consent, LegalShare, Mandate
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
from residents.consents.wording import agent_called, agent_with, mandate_between, receiver_in_words
from residents.registry.admin.marked import MarkedAdmin
from residents.registry.states import PrivateField, ResidentStatus
from sojourn.core.actors import Actor, Role
from sojourn.files.shown import links_to
from sojourn.web.past import name_actions, tell_codes
from sojourn.web.verbs import Verb

name_actions(
    {
        "extract.disclosed": _("查看外省共享信息"),
        "mandate.paper_purged": _("清除委托书扫描件"),
        "consent.paper_purged": _("清除同意书扫描件"),
        "access.opened": _("开放访问"),
        "access.closed": _("关闭访问"),
        "consent.given": _("登记同意"),
        "legalshare.live": _("登记依法共享"),
        "mandate.valid": _("登记委托书"),
        "mandate.scanned": _("存放委托书扫描件"),
        "consent.scanned": _("存放同意书扫描件"),
        **{f"consent.{status.value}": status.label for status in set(ConsentStatus) - {ConsentStatus.GIVEN}},
        **{f"legalshare.{s.value}": s.label for s in set(LegalShareStatus) - {LegalShareStatus.LIVE}},
        **{f"mandate.{s.value}": s.label for s in set(MandateStatus) - {MandateStatus.VALID}},
    },
    {
        "receiver": _("接收方类型"),
        "acts": _("委托事项"),
        "notice": _("告知本人的凭证编号"),
        "mandate_valid": _("委托书已登记"),
        "mandate_ended": _("委托书已终止"),
        "ground": _("法定依据"),
        **{str(choice.value): choice.label for choice in [*ReceiverKind, *AgentAct, *Channel]},
    },
)
for _basis in ("consents.consent", "consents.legalshare", "consents.extract"):
    tell_codes(_basis, "fields", lambda _beside, code: facts.labels([code]) or code)
tell_codes("consents.consent", "separate_fields", lambda _beside, code: facts.labels([code]) or code)
tell_codes("consents.legalshare", "ground_code", lambda _beside, code: grounds.label_of(code))
tell_codes("consents.mandate", "agent", lambda _beside, pk: agent_with(pk))


def _is_officer(actor: Actor, _row) -> bool:
    return actor.role == Role.OFFICER


def _while(status: str) -> Callable:
    """The button shows to the officers of her home while the row has this status."""
    return lambda actor, row: row.status == status and policy.can_record(actor, row.resident)


def _in_register(actor: Actor, row: Mandate | Consent) -> bool:
    """Nothing is added to what is known of somebody who died or was erased."""
    person = row.resident.person
    return person.status == ResidentStatus.REGISTERED and policy.can_record(actor, row.resident)


def _on_paper(actor: Actor, row: Consent) -> bool:
    """What was said on a page has no paper that could be scanned."""
    return row.channel != Channel.ONLINE and _in_register(actor, row)


class _BasisAdmin(EndingAdmin, MarkedAdmin):
    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["resident", "purpose", "shared", "receiver", "ends_on", "status"]
    list_filter = ["status", "purpose", "receiver_kind"]
    list_select_related = ["resident"]
    search_fields = ["=resident__number", "=resident__merged_into__number"]
    search_help_text = _("老年人编号")
    ordering = ["-opened_at", "-id"]
    readonly_fields = ["shared", "receiver", "ends_on"]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).told()

    @admin.display(description=_("共享项目"))
    def shared(self, row) -> str:
        return facts.labels(row.fields)

    @admin.display(description=_("接收方"))
    def receiver(self, row) -> str:
        facility = (row.told_facility, row.told_facility_sample)
        return receiver_in_words(row, facility, row.told_member)


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
        "paper",
        "opened_at",
        "ends_on",
        "status",
        "ended_at",
        "withdrawn_channel",
        "withdrawn_proof",
    ]
    readonly_fields = ["shared", "receiver", "ends_on", "separately", "paper"]
    verbs = (
        Verb(
            name="give",
            label=_("登记同意"),
            service=services.give_consent,
            allowed=_is_officer,
            done=_("已登记同意，接收方现在可以查看。"),
            form=forms.GiveConsentForm,
            named_in="resident_number",
            arguments=forms.GiveConsentForm.arguments,
        ),
        Verb(
            name="scan",
            label=_("补交或更换扫描件"),
            service=services.scan_consent,
            allowed=_on_paper,
            done=_("扫描件已存放。"),
            form=forms.ScanForm,
            id_argument="consent_id",
            arguments=forms.ScanForm.arguments,
            help_text=_("原来的扫描件会被销毁，不能恢复。"),
        ),
        Verb(
            name="withdraw",
            label=CONSENT_FLOW.labels["withdraw"],
            service=services.withdraw_consent,
            ends=True,
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

    @admin.display(description=_("同意书扫描件"))
    def paper(self, row: Consent) -> str:
        return links_to(scans.paper_of(row)) or self.get_empty_value_display()


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
        "ends_on",
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
            named_in="resident_number",
            arguments=forms.ShareByLawForm.arguments,
            help_text=_("仅在法律明确规定不需取得个人同意时使用，并须告知老年人本人。"),
        ),
        Verb(
            name="end",
            label=LEGAL_SHARE_FLOW.labels["end"],
            service=services.end_legal_share,
            ends=True,
            allowed=_while(LegalShareStatus.LIVE),
            done=_("已停止，接收方不能再查看。"),
            id_argument="share_id",
        ),
    )


@admin.register(Mandate)
class MandateAdmin(EndingAdmin, MarkedAdmin):
    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["resident", "agent_called", "acts", "ends_on", "status"]
    list_filter = ["status", "channel"]
    list_select_related = ["resident", "agent__phone"]
    search_fields = ["=resident__number", "=resident__merged_into__number"]
    search_help_text = _("老年人编号")
    ordering = ["-opened_at", "-id"]
    fields = [
        "resident",
        "agent_called",
        "seen",
        "acts",
        "channel",
        "proof",
        "paper",
        "opened_at",
        "ends_on",
        "status",
        "ended_at",
        "withdrawn_channel",
        "withdrawn_proof",
    ]
    readonly_fields = ["agent_called", "seen", "acts", "ends_on", "paper"]
    verbs = (
        Verb(
            name="give",
            label=_("登记委托书"),
            service=services.give_mandate,
            allowed=_is_officer,
            done=_("已登记委托书。"),
            form=forms.GiveMandateForm,
            named_in="resident_number",
            arguments=forms.GiveMandateForm.arguments,
            help_text=_("核对委托书原件。健康信息不能向代理人开放。"),
        ),
        Verb(
            name="scan",
            label=_("补交或更换扫描件"),
            service=services.scan_mandate,
            allowed=_in_register,
            done=_("扫描件已存放。"),
            form=forms.ScanForm,
            id_argument="mandate_id",
            arguments=forms.ScanForm.arguments,
            help_text=_("原来的扫描件会被销毁，不能恢复。"),
        ),
        Verb(
            name="withdraw",
            label=MANDATE_FLOW.labels["withdraw"],
            service=services.withdraw_mandate,
            ends=True,
            allowed=_while(MandateStatus.VALID),
            done=_("委托书已撤销。"),
            form=forms.SayingForm,
            id_argument="mandate_id",
            arguments=forms.SayingForm.arguments,
        ),
    )

    def heading_of(self, row: Mandate) -> str:
        return mandate_between(row)

    @admin.display(description=_("代理人"))
    def agent_called(self, row: Mandate) -> str:
        return agent_called(row.agent)

    @admin.display(description=_("可查看项目"))
    def seen(self, row: Mandate) -> str:
        labels = (str(PrivateField(field).label) for field in row.may_see)
        return "、".join(labels) or self.get_empty_value_display()

    @admin.display(description=_("委托书扫描件"))
    def paper(self, row: Mandate) -> str:
        return links_to(scans.paper_of(row)) or self.get_empty_value_display()

    @admin.display(description=_("委托事项"))
    def acts(self, row: Mandate) -> str:
        return "、".join(str(AgentAct(act).label) for act in row.may_do)
