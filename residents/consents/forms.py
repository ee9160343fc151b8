"""Forms of the verbs: their fields are the services' arguments."""

from datetime import date
from typing import cast
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from providers.facilities.forms import DayField
from providers.facilities.models import Facility
from residents.assessments.periods import months_after
from residents.consents import facts, grounds
from residents.consents.models import Consent, Extract
from residents.consents.services import Duty, Paper, Receiver, Saying, Terms
from residents.consents.services.terms import LONGEST_PROOF, LONGEST_REASON
from residents.consents.states import AgentAct, Channel, GivenBy, ReceiverKind
from residents.registry.forms.family import PhoneTwiceForm
from residents.registry.models import Resident
from residents.registry.states import PrivateField, Purpose
from sojourn.core.clock import today
from sojourn.files.forms import ScanField
from sojourn.provinces.models import Agreement, Member
from sojourn.web.templatetags.shown import listed

NOBODY = UUID(int=0)
CHOOSE, INPUT = ("", _("请选择")), {"class": "input"}
# What is shared for a move is shared by the move alone.
ENDS = [choice for choice in Purpose.choices if choice[0] != Purpose.HOUSEHOLD_MOVE]
RECEIVERS = [choice for choice in ReceiverKind.choices if choice[0] != ReceiverKind.ACCOUNT]
LATER = _("窗口办理必须附上，电话办理可以事后补上。PDF、JPEG、PNG或WebP，不超过20MB。")
AT_THE_DESK = [choice for choice in Channel.choices if choice[0] != Channel.ONLINE]


def _several(label, choices, *, required: bool = True, help_text="") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=required,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


def _chosen(label, choices, **look) -> forms.ChoiceField:
    """Nothing is chosen for whoever fills it in."""
    return forms.ChoiceField(label=label, choices=[CHOOSE, *choices], widget=forms.Select(attrs=look))


def _all_facts() -> list[tuple]:
    return [(fact.code, fact.label) for fact in facts.known()]


def _offered_facts() -> list[tuple]:
    return [(fact.code, fact.label) for fact in facts.offered()]


def _sensitive_facts() -> list[tuple]:
    return [(fact.code, fact.label) for fact in facts.offered() if fact.is_sensitive]


def _laws() -> list[tuple]:
    """Each with what it is for: several rest on the same articles."""
    return [
        (each.code, f"{_purposes(each)}：{each.ground.label}，{each.cited}")
        for each in grounds.statutory_on(today())
    ]


def _purposes(law: grounds.LegalGround) -> str:
    return listed([purpose.label for purpose in Purpose if purpose in law.purposes])


class SayingForm(forms.Form):
    """Who said it, by which way, and where the paper or the recording lies."""

    channel = _chosen(_("办理方式"), AT_THE_DESK)
    proof = forms.CharField(
        label=_("凭证编号"), max_length=LONGEST_PROOF, help_text=_("签字文件或电话录音的编号")
    )

    @staticmethod
    def arguments(said: dict) -> dict:
        return {"saying": _saying(said)}


class _TermsForm(forms.Form):
    resident_number = forms.CharField(label=_("老年人编号"), max_length=32)
    purpose = _chosen(_("用途"), ENDS)
    fields_asked = _several(_("共享项目"), _offered_facts)
    receiver_kind = _chosen(_("接收方类型"), RECEIVERS)
    member = forms.ModelChoiceField(
        label=_("接收省份"),
        queryset=Member.objects.order_by("position"),
        to_field_name="code",
        required=False,
        empty_label=CHOOSE[1],
        help_text=_("给外省民政部门看时选"),
    )
    facility_number = forms.CharField(
        label=_("接收机构编号"), max_length=32, required=False, help_text=_("给养老机构看时填")
    )
    expires_on = DayField(label=_("截止日期"), help_text=_("当日不再有效。"))


class GiveConsentForm(_TermsForm, SayingForm):
    separate = _several(
        _("单独同意的敏感项目"),
        _sensitive_facts,
        required=False,
        help_text=_("敏感个人信息须逐项单独征得同意。"),
    )
    by = _chosen(_("由谁表示同意"), GivenBy.choices)
    file = ScanField(label=_("同意书扫描件"), required=False, help_text=LATER)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _lead_to_blank(self, "blank_consent", _("空白同意书"))

    @staticmethod
    def arguments(said: dict) -> dict:
        return {
            "resident_id": resident_of(said["resident_number"]),
            "terms": _terms(said, separate=said["separate"]),
            "saying": _saying(said),
            "scan": said["file"],
        }


class MyConsentForm(forms.Form):
    """What a resident, or who speaks for her, says yes to on the page; nothing is chosen for her beforehand."""

    purpose = _chosen(_("用来做什么"), ENDS, **INPUT)
    receiver_kind = _chosen(_("给谁看"), RECEIVERS, **INPUT)
    member = forms.ModelChoiceField(
        label=_("哪个省份的民政部门"),
        queryset=Member.objects.order_by("position"),
        required=False,
        empty_label=CHOOSE[1],
        widget=forms.Select(attrs=INPUT),
        help_text=_("给外省民政部门看时选"),
    )
    facility_number = forms.CharField(
        label=_("养老机构的编号"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs=INPUT | {"autocomplete": "off"}),
        help_text=_("给养老机构看时填，在机构的页面上可以找到"),
    )
    fields_asked = _several(_("可以看哪些"), lambda: _shared_facts(is_sensitive=False), required=False)
    separate = _several(
        _("敏感的内容，请逐项决定"),
        lambda: _shared_facts(is_sensitive=True),
        required=False,
        help_text=_("不勾选就不会给对方看。"),
    )
    months = forms.TypedChoiceField(
        label=_("多长时间"),
        coerce=int,
        choices=[CHOOSE, (1, _("一个月")), (3, _("三个月")), (6, _("半年")), (12, _("一年"))],
        widget=forms.Select(attrs=INPUT),
    )

    def __init__(self, *args, home: str, **kwargs) -> None:
        """``home`` is the province that has her on its register: it needs nobody's yes."""
        super().__init__(*args, **kwargs)
        asked = cast(forms.ModelChoiceField, self.fields["member"])
        asked.queryset = Member.objects.exclude(pk=home).order_by("position")

    @staticmethod
    def said_before(consent: Consent, *, places_hidden: bool) -> dict:
        """What is filled in beforehand where she gives again what she took back; the sensitive ones she ticks anew."""
        is_named = consent.receiver_id is not None and not places_hidden
        facilities = Facility.objects.filter(pk__in=[consent.receiver_id] if is_named else [])
        return {
            "purpose": consent.purpose,
            "receiver_kind": consent.receiver_kind,
            "member": "" if consent.receiver_id else consent.receiver_member,
            "facility_number": facilities.values_list("number", flat=True).first() or "",
            "fields_asked": [code for code in consent.fields if code not in consent.separate_fields],
        }

    @staticmethod
    def terms(said: dict, day: date) -> Terms:
        expires_on = months_after(day, said["months"])
        chosen = [*said["fields_asked"], *said["separate"]]
        return Terms(said["purpose"], chosen, _receiver(said), expires_on, said["separate"])


def _lead_to_blank(form: forms.Form, url_name: str, label) -> None:
    """Beside the scan stands the way to the paper, to be printed and signed."""
    link = format_html('{} <a href="{}" target="_blank">{}</a>', LATER, reverse(url_name), label)
    form.fields["file"].help_text = link


def _shared_facts(*, is_sensitive: bool) -> list[tuple]:
    return [(fact.code, fact.label) for fact in facts.offered() if fact.is_sensitive is is_sensitive]


class DutyForm(forms.Form):
    """The law, why it is applied, and how the resident is told."""

    ground = forms.ChoiceField(label=_("法律依据"), choices=lambda: [CHOOSE, *_laws()])
    reason = forms.CharField(label=_("共享理由"), max_length=LONGEST_REASON)
    notice = forms.CharField(
        label=_("告知本人的凭证编号"), max_length=LONGEST_PROOF, help_text=_("依法共享也须告知本人")
    )


class ShareByLawForm(_TermsForm, DutyForm):
    @staticmethod
    def arguments(said: dict) -> dict:
        return {
            "resident_id": resident_of(said["resident_number"]),
            "terms": _terms(said),
            "duty": _duty(said),
        }


class OverrideForm(DutyForm):
    expires_on = DayField(label=_("截止日期"), help_text=_("当日不再有效。"))

    @staticmethod
    def arguments(said: dict) -> dict:
        return {"duty": _duty(said), "expires_on": said["expires_on"]}


class ScanForm(forms.Form):
    file = ScanField(label=_("扫描件"))

    @staticmethod
    def arguments(said: dict) -> dict:
        return {"scan": said["file"]}


class GiveMandateForm(SayingForm, PhoneTwiceForm):
    resident_number = forms.CharField(label=_("老年人编号"), max_length=32)
    may_see = _several(_("可查看项目"), PrivateField.choices, required=False)
    may_do = _several(_("委托事项"), AgentAct.choices)
    expires_on = DayField(label=_("截止日期"), help_text=_("当日不再有效。"))
    file = ScanField(label=_("委托书扫描件"), required=False, help_text=LATER)

    field_order = ("resident_number", "phone", "phone_again", "may_see", "may_do", "expires_on")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("代理人的电话")
        self.fields["phone"].help_text = _("用这个号码登录的人就是代理人；还没有登录过的，会收到消息请她登录")
        self.fields["phone_again"].label = _("再输一次代理人的电话")
        _lead_to_blank(self, "blank_mandate", _("空白委托书"))

    @staticmethod
    def arguments(said: dict) -> dict:
        return {
            "resident_id": resident_of(said["resident_number"]),
            "paper": Paper(said["phone"], said["may_see"], said["may_do"], said["expires_on"]),
            "saying": _saying(said),
            "scan": said["file"],
        }


class ReadForm(forms.Form):
    """Which facts of an extract are shown: it holds some, and no others can be asked for."""

    fields_asked = _several(_("查看项目"), ())
    case = forms.CharField(
        label=_("事由编号"), max_length=LONGEST_PROOF, help_text=_("办件编号或工单号；老年人本人可以看到")
    )

    def offer_of(self, extract: Extract) -> None:
        """What the extract holds stands to be chosen."""
        held = [(fact.code, fact.label) for fact in facts.named(extract.sealed)]
        self.fields["fields_asked"].choices = held  # type: ignore[attr-defined]

    @staticmethod
    def arguments(said: dict) -> dict:
        return {"fields": said["fields_asked"], "case": said["case"]}


class RecogniseForm(forms.Form):
    agreement = forms.ModelChoiceField(
        label=_("合作协议"),
        queryset=Agreement.objects.order_by("code"),
        to_field_name="code",
        empty_label=CHOOSE[1],
    )
    case = forms.CharField(
        label=_("事由编号"), max_length=LONGEST_PROOF, help_text=_("办件编号或工单号；老年人本人可以看到")
    )

    @staticmethod
    def arguments(said: dict) -> dict:
        return {"agreement_code": said["agreement"].code, "case": said["case"]}


def resident_of(number: str) -> UUID:
    """The resident of this number, whoever may see her: the service decides that."""
    rows = Resident.objects.filter(number=number.strip().upper())
    return rows.values_list("pk", flat=True).first() or NOBODY


def _saying(said: dict) -> Saying:
    return Saying(said["channel"], said["proof"], said.get("by", GivenBy.RESIDENT))


def _duty(said: dict) -> Duty:
    return Duty(said["ground"], said["reason"], said["notice"])


def _terms(said: dict, separate=()) -> Terms:
    return Terms(said["purpose"], said["fields_asked"], _receiver(said), said["expires_on"], separate)


def _receiver(said: dict) -> Receiver:
    if said["receiver_kind"] == ReceiverKind.FACILITY:
        rows = Facility.objects.filter(number=said["facility_number"].strip())
        return Receiver(ReceiverKind.FACILITY, id=rows.values_list("pk", flat=True).first())
    member = said["member"]
    return Receiver(ReceiverKind.MEMBER, member.pk if member else "")
