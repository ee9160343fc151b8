"""Forms of the verbs: their fields are the services' arguments."""

from django import forms
from django.utils.translation import gettext_lazy as _

from providers.facilities.features import DIETS, LANGUAGES
from providers.facilities.forms import DayField
from residents.registry import imports
from residents.registry.facts import CHECKS
from residents.registry.forms.contacts import ContactsField, PhonesField
from residents.registry.homes import Homes
from residents.registry.models import Resident
from residents.registry.naming import LONGEST_NAME
from residents.registry.safe import SEVERAL
from residents.registry.services.disclosing import LONGEST_CASE
from residents.registry.states import (
    OF_STAFF_CHOICES,
    BenefitCategory,
    Mobility,
    Purpose,
    SensitiveField,
    Sex,
)
from sojourn.core.actors import Actor
from sojourn.core.identifiers import LONGEST_TYPED as LONGEST_IDENTITY
from sojourn.core.phones import LONGEST_TYPED
from sojourn.web.verbs import ReachForm

NOT_REPORTED = ("", _("未报告"))
# What is private is never put back into a form: left empty it stays as it is.
STAYS_WHEN_EMPTY = (
    *("identity_number", "phone", "contact_name", "contact_phone", "birth_on", "name"),
    *SensitiveField.values,
)
STAYS = ("", _("不变"))
WITHOUT_NUMBER = _("有身份证号码的不必填写")
ANSWERS = [("true", _("需要保护")), ("false", _("不需要保护"))]


def _text(label, longest: int, *, required: bool = False, help_text="") -> forms.CharField:
    """A text that the browser does not keep for the next person at the desk."""
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=longest, required=required, widget=widget, help_text=help_text
    )


def _choice(label, choices, *, empty=NOT_REPORTED, help_text="") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=[empty, *choices], required=False, empty_value=None, help_text=help_text
    )


class AskedSelect(forms.NullBooleanSelect):
    """What she answered, or that nobody has asked her; this is where every registration begins."""

    def __init__(self, attrs=None) -> None:
        super().__init__(attrs)
        self.choices = [("unknown", _("尚未询问")), *ANSWERS]


class FactsForm(forms.Form):
    """What is registered of a person."""

    name = _text(_("姓名"), LONGEST_NAME)
    identity_number = _text(_("身份证号码"), LONGEST_IDENTITY, help_text=_("旧的15位号码也可以"))
    sex = _choice(_("性别"), Sex.choices, help_text=WITHOUT_NUMBER)
    birth_on = DayField(label=_("出生日期"), required=False, help_text=WITHOUT_NUMBER)
    phone = PhonesField(label=_("本人电话"), required=False, help_text=_("短信发到第一个号码"))
    contacts = ContactsField(label=_("联系人"), required=False)
    dialect = _choice(_("日常语言"), list(LANGUAGES.items()))
    diets = forms.TypedMultipleChoiceField(
        label=_("饮食要求"),
        choices=list(DIETS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        empty_value=None,
    )
    mobility = _choice(_("行动情况"), Mobility.choices)
    benefit_category = _choice(_("救助优抚类别"), BenefitCategory.choices)
    whereabouts_protected = forms.NullBooleanField(
        label=_("行踪保护"), widget=AskedSelect, help_text=_("没有问过的，按需要保护处理，不显示所在市县")
    )

    def clean(self) -> dict:
        """Contacts are the two facts that are registered of them."""
        cleaned = super().clean() or self.cleaned_data
        return cleaned | cleaned.get("contacts", {})


class RegisterResidentForm(ReachForm, FactsForm):
    name = _text(_("姓名"), LONGEST_NAME, required=True)
    home_division = forms.ChoiceField(
        label=_("户籍所在地区"),
        help_text=_("只列出您辖区内的区县"),
        error_messages={"invalid_choice": _("请在所列选项中选择")},
    )
    field_order = ["name", "identity_number", "home_division"]

    def offer_to(self, actor: Actor) -> None:
        """One choice is made for her; among several she chooses, by city."""
        homes = Homes.within(actor.divisions)
        several = len(homes.names) != 1
        field = self.fields["home_division"]
        field.choices = [("", _("请选择")), *homes.grouped()] if several else list(homes.names.items())  # type: ignore[attr-defined]

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {
            "home_division_code": cleaned["home_division"],
            "facts": {name: cleaned[name] for name in CHECKS},
        }


class CorrectResidentForm(FactsForm):
    """The private and sensitive facts stand empty here; only those that are given anew are corrected."""

    mobility = _choice(_("行动情况"), Mobility.choices, empty=STAYS)
    benefit_category = _choice(_("救助优抚类别"), BenefitCategory.choices, empty=STAYS)
    not_reported = forms.MultipleChoiceField(
        label=_("改为未报告"),
        choices=[(field.value, field.label) for field in (*sorted(SEVERAL), *SensitiveField)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def initial_for(resident: Resident) -> dict:
        names = [name for name in CHECKS if name not in STAYS_WHEN_EMPTY]
        return {name: getattr(resident, name) for name in names} | {"seen_version": resident.version}

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        facts = {name: cleaned[name] for name in CHECKS if cleaned[name] or name not in STAYS_WHEN_EMPTY}
        if cleaned["contact_name"] or cleaned["contact_phone"]:
            facts |= cleaned["contacts"]  # those of one contact stand beside each other: both are given anew
        if "identity_number" in facts:
            del facts["sex"]  # the form held what the former number said
        facts |= dict.fromkeys(cleaned["not_reported"])
        return {"seen_version": cleaned["seen_version"], "facts": facts}


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(label=_("本人的回答"), choices=ANSWERS, widget=forms.RadioSelect)

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {"protected": cleaned["answer"] == "true"}


class RecordDeathForm(forms.Form):
    died_on = DayField(label=_("去世日期"))


class LookUpForm(forms.Form):
    identity_number = _text(_("身份证号码"), LONGEST_IDENTITY, help_text=_("旧的15位号码也可以"))
    phone = _text(_("本人电话"), LONGEST_TYPED)


class RevealForm(forms.Form):
    fields_asked = forms.MultipleChoiceField(
        label=_("查看项目"), choices=OF_STAFF_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.ChoiceField(label=_("用途"), choices=[("", _("请选择")), *Purpose.choices])
    case = _text(
        _("事由编号"), LONGEST_CASE, required=True, help_text=_("办件编号或工单号；老年人本人可以看到")
    )

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {"fields": cleaned["fields_asked"], "purpose": cleaned["purpose"], "case": cleaned["case"]}


class SendForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("导入内容"),
        choices=lambda: [(kind.code, kind.label) for kind in imports.registered()],
        initial="residents",
    )
    file = forms.FileField(
        label=_("表格文件"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("xlsx表格或csv文本，第一行是模板的表头"),
        allow_empty_file=True,
        error_messages={"required": _("请选择文件；选中的文件没有内容")},
    )


class ExportForm(forms.Form):
    purpose = forms.ChoiceField(label=_("用途"), choices=[("", _("请选择")), *Purpose.choices])
    case = _text(
        _("事由编号"), LONGEST_CASE, required=True, help_text=_("办件编号或工单号；印在导出的表格上")
    )
    plain = forms.MultipleChoiceField(
        label=_("完整导出的项目"),
        choices=OF_STAFF_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一项不选，受保护的内容只导出首尾。勾选的项目逐人计入查看记录，并受每小时次数限制。"),
    )
