"""Forms of links: their fields are the services' arguments."""

from django import forms
from django.utils.translation import gettext_lazy as _

from providers.facilities.forms import DayField
from residents.registry.naming import LONGEST_NAME
from residents.registry.services.disclosing import LONGEST_CASE
from residents.registry.services.linking import LONGEST_REFERENCE, Proven
from residents.registry.states import (
    CorrectionRefusal,
    LinkEnd,
    LinkRefusal,
    Proof,
    Purpose,
    Relation,
    ShownField,
)
from sojourn.core.identifiers import LONGEST_TYPED as LONGEST_IDENTITY
from sojourn.core.phones import LONGEST_TYPED, dialled
from sojourn.files.forms import ScanField

CHOOSE = ("", _("请选择"))
ENDS_ON = DayField(label=_("截止日期"), required=False, help_text=_("当日不再有效；留空即为规定的最长期限"))


class PhoneTwiceForm(forms.Form):
    """Somebody by the telephone that she signs in with, typed twice: a wrong digit would open much to a stranger."""

    phone = forms.CharField(
        label=_("本人或家属的电话"),
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("用这个号码登录的人看得到；从未登录过的，首次登录即生效"),
    )
    phone_again = forms.CharField(
        label=_("再输一次电话"),
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_phone_again(self) -> str:
        if dialled(self.cleaned_data["phone_again"]) != dialled(self.cleaned_data.get("phone", "")):
            raise forms.ValidationError(_("两次输入的电话不一样"))
        return self.cleaned_data["phone_again"]


class LinkForm(PhoneTwiceForm):
    relation = forms.ChoiceField(label=_("与老年人的关系"), choices=[CHOOSE, *Relation.choices])
    proof = forms.ChoiceField(label=_("证明材料"), choices=[CHOOSE, *Proof.choices])
    reference = forms.CharField(
        label=_("证明材料编号"),
        max_length=LONGEST_REFERENCE,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    ends_on = ENDS_ON
    file = ScanField(label=_("证明材料扫描件"), required=False)

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        proven = Proven(
            Relation(cleaned["relation"]), Proof(cleaned["proof"]), cleaned["reference"], cleaned["ends_on"]
        )
        return {"phone": cleaned["phone"], "proven": proven, "scan": cleaned["file"]}


class EndLinkForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("终止原因"),
        choices=[CHOOSE, *(pair for pair in LinkEnd.choices if pair[0] != LinkEnd.ASKED_BY_USER)],
    )


class GrantForm(forms.Form):
    seen = forms.BooleanField(label=_("已核对证明材料原件，与申请一致"))
    ends_on = ENDS_ON

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {"ends_on": cleaned["ends_on"]}


class RefuseLinkForm(forms.Form):
    reason = forms.ChoiceField(label=_("没有通过的原因"), choices=[CHOOSE, *LinkRefusal.choices])


class RefuseCorrectionForm(forms.Form):
    reason = forms.ChoiceField(label=_("没有通过的原因"), choices=[CHOOSE, *CorrectionRefusal.choices])


def typed(label, longest: int, *, help_text="", required: bool = True, **attributes: str) -> forms.CharField:
    """A text that the browser does not keep for whoever uses it next."""
    widget = forms.TextInput(attrs={"class": "input", "autocomplete": "off", **attributes})
    return forms.CharField(
        label=label, max_length=longest, help_text=help_text, required=required, widget=widget
    )


def chosen(label, choices, *, help_text="") -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "input"})
    return forms.ChoiceField(label=label, choices=[CHOOSE, *choices], help_text=help_text, widget=widget)


class AskLinkForm(forms.Form):
    """What somebody says of whom she cares for."""

    relation = chosen(_("您是这位老人的"), Relation.choices)
    name = typed(_("老人的姓名"), LONGEST_NAME)
    identity_number = typed(_("老人的身份证号码"), LONGEST_IDENTITY, help_text=_("旧的15位号码也可以"))
    proof = chosen(_("用什么证明"), Proof.choices, help_text=_("办理单位核实时要看原件"))
    reference = typed(_("证明材料上的编号"), LONGEST_REFERENCE, required=False, help_text=_("没有可以不填"))
    file = ScanField(
        label=_("证明材料的照片"),
        required=False,
        help_text=_("用手机拍清楚就行，也可以选一个文件（不超过20MB）。只有办理人员看得到。"),
    )

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        proven = Proven(Relation(cleaned["relation"]), Proof(cleaned["proof"]), cleaned["reference"])
        return {
            "name": cleaned["name"],
            "identity_number": cleaned["identity_number"],
            "proven": proven,
            "scan": cleaned["file"],
        }


class SeeForm(forms.Form):
    """Which facts are to be shown in full, and what for."""

    fields_asked = forms.MultipleChoiceField(label=_("要看哪几项"), widget=forms.CheckboxSelectMultiple)
    purpose = chosen(_("用途"), Purpose.choices)
    case = typed(_("为了什么事"), LONGEST_CASE, help_text=_("老人本人看得到，如：办理入住手续"))

    def __init__(self, *args, open_fields: list[ShownField], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offered = [(field.value, field.label) for field in open_fields]
        self.fields["fields_asked"].choices = offered  # type: ignore[attr-defined]

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {"fields": cleaned["fields_asked"], "purpose": cleaned["purpose"], "case": cleaned["case"]}


class RevealWantedForm(forms.Form):
    purpose = forms.ChoiceField(
        label=_("用途"), choices=[CHOOSE, *Purpose.choices], initial=Purpose.VERIFICATION
    )
    case = forms.CharField(
        label=_("事由编号"),
        max_length=LONGEST_CASE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("办件编号或工单号；老年人本人可以看到"),
    )
