"""Links and what families ask, as the staff see them: behind masks, decided by verbs."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from residents.registry import forms, scans, services
from residents.registry.admin.marked import MarkedAdmin
from residents.registry.models import CorrectionRequest, Link, LinkRequest, Resident
from residents.registry.policy import can_decide, can_link
from residents.registry.safe import masked
from residents.registry.states import (
    LINK_FLOW,
    REQUEST_FLOW,
    CorrectionRefusal,
    LinkEnd,
    LinkRefusal,
    LinkStatus,
    PrivateField,
    Relation,
    RequestStatus,
    ResidentStatus,
)
from residents.registry.words import HIDDEN
from sojourn.core.actors import Actor, Role
from sojourn.files.shown import links_to
from sojourn.web.access import actor_of
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions
from sojourn.web.verbs import Verb

STAFF = frozenset({Role.OFFICER, Role.AUDITOR})

name_actions(
    {
        "link.confirmed": _("确认亲属关系"),
        "link.ended": LINK_FLOW.labels["end"],
        "resident.linked": _("确认亲属关系"),
        "resident.unlinked": LINK_FLOW.labels["end"],
        "linkrequest.made": _("提出亲属关系申请"),
        "linkrequest.granted": REQUEST_FLOW.labels["grant"],
        "linkrequest.refused": REQUEST_FLOW.labels["refuse"],
        "linkrequest.withdrawn": REQUEST_FLOW.labels["withdraw"],
        "correctionrequest.made": _("提出更正申请"),
        "correctionrequest.granted": REQUEST_FLOW.labels["grant"],
        "correctionrequest.refused": REQUEST_FLOW.labels["refuse"],
        "correctionrequest.withdrawn": REQUEST_FLOW.labels["withdraw"],
    },
    {
        "relation": _("与老年人的关系"),
        "until": _("截止日期"),
        "field": _("更正项目"),
        "refusal": _("没有通过的原因"),
        **{
            str(choice.value): choice.label
            for choice in [*Relation, *LinkEnd, *LinkRefusal, *CorrectionRefusal]
        },
    },
)


def _may_link(actor: Actor, resident: Resident) -> bool:
    return resident.status == ResidentStatus.REGISTERED and can_link(actor, resident)


def _may_end(actor: Actor, link: Link) -> bool:
    return link.status == LinkStatus.CONFIRMED and can_link(actor, link.resident)


def _waits(actor: Actor, request: LinkRequest) -> bool:
    return request.status == RequestStatus.WAITING and can_decide(actor, request.division_code)


def _waits_there(actor: Actor, request: CorrectionRequest) -> bool:
    home = request.resident.home_division_id
    return request.status == RequestStatus.WAITING and can_decide(actor, home)


LINK_VERB = Verb(
    name="link",
    label=_("登记亲属关系"),
    service=services.link_family,
    allowed=_may_link,
    done=_("亲属关系已登记。"),
    form=forms.LinkForm,
    id_argument="resident_id",
    arguments=forms.LinkForm.arguments,
    help_text=_("核对证明材料原件后登记。只有本人和监护人因此看得到老年人的信息，其他亲属须另有委托书。"),
)


@admin.register(Link)
class LinkAdmin(MarkedAdmin):
    open_to = STAFF
    flow = LINK_FLOW
    list_display = ["resident", "relation", "proof", "starts_on", "ends_on", "status"]
    list_filter = ["status", "relation"]
    list_select_related = ["resident"]
    search_fields = ["=resident__number", "=resident__merged_into__number"]
    search_help_text = _("老年人编号")
    ordering = ["-confirmed_at"]
    fields = [
        "resident",
        "relation",
        "proof",
        "picture",
        "starts_on",
        "ends_on",
        "status",
        "opens",
        "confirmed_by",
        "confirmed_at",
        "ended_at",
        "end_reason",
    ]
    readonly_fields = ["picture", "opens"]
    verbs = (
        Verb(
            name="end",
            label=LINK_FLOW.labels["end"],
            service=services.end_link,
            ends=True,
            allowed=_may_end,
            done=_("亲属关系已终止，因此开放的信息即刻关闭。"),
            form=forms.EndLinkForm,
            id_argument="link_id",
        ),
    )

    @admin.display(description=_("证明材料扫描件"))
    def picture(self, link: Link) -> str:
        return links_to(scans.proof_of_link(link)) or self.get_empty_value_display()

    @admin.display(description=_("依据"))
    def opens(self, link: Link) -> str:
        """On what ground it opens her data; kinship alone opens nothing."""
        return link.access.article if link.access else gettext("仅亲属关系，不开放信息")


class RequestAdmin(ScopedAdmin):
    open_to = STAFF
    flow = REQUEST_FLOW
    list_filter = ["status"]
    ordering = ["-asked_at"]


@admin.register(LinkRequest)
class LinkRequestAdmin(RequestAdmin):
    list_display = ["asked_at", "relation", "proof", "division_code", "status"]
    fields = [
        "relation",
        "named",
        "identity",
        "proof",
        "proof_reference",
        "picture",
        "found",
        "status",
        "asked_at",
        "decided_at",
        "refusal",
    ]
    readonly_fields = ["named", "identity", "proof_reference", "picture", "found"]
    verbs = (
        Verb(
            name="grant",
            label=REQUEST_FLOW.labels["grant"],
            service=services.grant_request,
            allowed=_waits,
            done=_("已核实通过，亲属关系已登记。"),
            form=forms.GrantForm,
            id_argument="request_id",
            arguments=forms.GrantForm.arguments,
        ),
        Verb(
            name="refuse",
            label=REQUEST_FLOW.labels["refuse"],
            service=services.refuse_request,
            ends=True,
            allowed=_waits,
            done=_("申请没有通过，已通知申请人。"),
            form=forms.RefuseLinkForm,
            id_argument="request_id",
            help_text=_("查无此人和信息不一致，对申请人是同一个答复。"),
        ),
    )

    def get_object(self, request, object_id, from_field=None):
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            row.found = services.matching(row, actor_of(request))
        return row

    @admin.display(description=_("所填姓名"))
    def named(self, row: LinkRequest) -> str:
        return _behind(row, "name_cipher", PrivateField.NAME)

    @admin.display(description=_("所填身份证号码"))
    def identity(self, row: LinkRequest) -> str:
        return _behind(row, "identity_cipher", PrivateField.IDENTITY_NUMBER)

    @admin.display(description=_("证明材料编号"))
    def proof_reference(self, row: LinkRequest) -> str:
        if row.proof_cipher is None:
            return self.get_empty_value_display()
        return services.typed_in(row, "proof_cipher")

    @admin.display(description=_("证明材料的照片"))
    def picture(self, row: LinkRequest) -> str:
        """Until that is decided; of a request that was granted it stands with the link."""
        return links_to(scans.proof_of_request(row)) or self.get_empty_value_display()

    @admin.display(description=_("一致的登记"))
    def found(self, row: LinkRequest) -> str:
        """The resident whom number and name describe, for officers who reach her."""
        if row.link is not None:
            return _link_to(row.link.resident)
        if row.found is None:  # type: ignore[attr-defined]
            return gettext("辖区内没有号码和姓名都一致的登记")
        return _link_to(row.found)  # type: ignore[attr-defined]


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(MarkedAdmin, RequestAdmin):
    list_display = ["asked_at", "resident", "field", "asked_by", "status"]
    search_fields = ["=resident__number", "=resident__merged_into__number"]
    search_help_text = _("老年人编号")
    list_select_related = ["resident", "facility"]
    fields = [
        "resident",
        "field",
        "asked_by",
        "wanted",
        "picture",
        "status",
        "asked_at",
        "decided_at",
        "refusal",
    ]
    readonly_fields = ["asked_by", "wanted", "picture"]
    verbs = (
        Verb(
            name="reveal",
            label=_("查看申请内容"),
            service=services.reveal_wanted,
            allowed=_waits_there,
            done="",
            form=forms.RevealWantedForm,
            id_argument="request_id",
            help_text=_("查看人、时间、项目、用途和事由会记录下来，老年人本人看得到。"),
            shown_once="registry/admin_wanted.html",
        ),
        Verb(
            name="grant",
            label=REQUEST_FLOW.labels["grant"],
            service=services.grant_correction,
            allowed=_waits_there,
            done=_("已按申请更正，原来的内容留在变更记录里。"),
            id_argument="request_id",
        ),
        Verb(
            name="refuse",
            label=REQUEST_FLOW.labels["refuse"],
            service=services.refuse_correction,
            ends=True,
            allowed=_waits_there,
            done=_("申请没有通过，已通知申请人。"),
            form=forms.RefuseCorrectionForm,
            id_argument="request_id",
        ),
    )

    @admin.display(description=_("证明材料的照片"))
    def picture(self, row: CorrectionRequest) -> str:
        return links_to(scans.proof_of_correction(row)) or self.get_empty_value_display()

    @admin.display(description=_("申请人"))
    def asked_by(self, row: CorrectionRequest) -> str:
        """A facility by its name and role, a person by her role alone."""
        if row.facility is None:
            return str(Role.FAMILY.label)
        return f"{row.facility.listed_name}（{Role.FACILITY.label}）"

    @admin.display(description=_("应更正为"))
    def wanted(self, row: CorrectionRequest) -> str:
        if row.wanted_cipher is None or row.resident.status == ResidentStatus.ERASED:
            return gettext("已清除")
        if row.field not in PrivateField:
            return str(HIDDEN)
        return _as_written(masked(PrivateField(row.field), str(services.wanted_by(row))))


def _behind(row: LinkRequest, column: str, private: PrivateField) -> str:
    """What was typed, behind its mask, until that is decided."""
    if getattr(row, column) is None:
        return gettext("已清除")
    return _as_written(masked(private, services.typed_in(row, column)))


def _as_written(text: object) -> str:
    return format_html('<span translate="no">{}</span>', text)


def _link_to(resident: Resident) -> str:
    address = reverse("admin:registry_resident_change", args=[resident.pk])
    return format_html('<a href="{}" translate="no">{}</a>', address, resident.number)
