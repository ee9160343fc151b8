"""What ought to be registered, asked in the way that fits each fact."""

from django import forms
from django.utils.translation import gettext_lazy as _

from providers.facilities.features import DIETS, LANGUAGES
from providers.facilities.forms import DayField
from residents.registry.forms.family import chosen, typed
from residents.registry.homes import Homes
from residents.registry.safe import SEVERAL
from residents.registry.states import (
    BenefitCategory,
    Mobility,
    PrivateField,
    ReadableField,
    SensitiveField,
    Sex,
)
from residents.registry.wanted import LONGEST, NOTHING, Value
from sojourn.core.actors import reach_of
from sojourn.core.identifiers import LONGEST_TYPED as LONGEST_IDENTITY
from sojourn.files.forms import ScanField

WANTED = _("应当是")
UNREPORTED = (NOTHING, _("改为未报告"))
CHOICES = {
    ReadableField.SEX: Sex.choices,
    ReadableField.DIALECT: [*LANGUAGES.items(), UNREPORTED],
    SensitiveField.MOBILITY: [*Mobility.choices, UNREPORTED],
    SensitiveField.BENEFIT_CATEGORY: [*BenefitCategory.choices, UNREPORTED],
}


class DietsField(forms.MultipleChoiceField):
    """Some of them, or said in so many words none: nothing ticked may be a slip."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value) -> list[str]:
        found = super().clean(value)
        if NOTHING in found and len(found) > 1:
            raise forms.ValidationError(_("选了“没有这些要求”，就不要再选别的"))
        return found


class CorrectionForm(forms.Form):
    """What ought to be registered in one field of a resident of this member."""

    file = ScanField(
        label=_("证明材料的照片"),
        required=False,
        help_text=_("用手机拍清楚就行，也可以选一个文件（不超过20MB）。只有办理人员看得到。"),
    )

    def __init__(self, *args, asked: str, owner: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"wanted": _wanted(asked, owner)} | self.fields

    def value(self) -> Value:
        """What was filled in, of the kind that is registered."""
        said = self.cleaned_data["wanted"]
        return None if said in (NOTHING, [NOTHING]) else said


def _wanted(asked: str, owner: str) -> forms.Field:
    match asked:
        case PrivateField.BIRTH_ON:
            widget = forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d")
            return DayField(label=WANTED, widget=widget)
        case SensitiveField.DIETS:
            return DietsField(label=WANTED, choices=[*DIETS.items(), (NOTHING, _("没有这些要求"))])
        case ReadableField.HOME_DIVISION:
            homes = Homes.within([reach_of(owner)]).grouped()
            return chosen(
                WANTED, homes, help_text=_("登记的时候就登错了才在这里改；户口是后来迁走的，请办理户籍迁移")
            )
    if asked in CHOICES:
        return chosen(WANTED, CHOICES[asked])  # type: ignore[index]  # a choice is its code
    if asked in SEVERAL:
        how = _("有几个的请全部写上，用顿号隔开；联系人与老人的关系写在括号里，如：张三（子女）")
        return typed(WANTED, LONGEST, help_text=how)
    return typed(WANTED, LONGEST_IDENTITY)
