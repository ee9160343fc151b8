"""The form of a scale: one row of large choices an item, by dimension; half of it can be kept."""

from collections.abc import Iterator, Mapping

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from providers.facilities.forms import CodeField, DayField
from residents.assessments.scales import Circumstance, CircumstanceKind, Item, Scale, scale
from residents.assessments.services.assessing import USUAL_SCALE
from residents.assessments.services.entering import LONGEST, ElsewhereResult
from residents.assessments.states import Background
from residents.registry.models import Resident

YES_NO = (("yes", _("是")), ("no", _("否")))
BACKGROUNDS = [("", _("请选择")), *Background.choices]
MOST_EVENTS = 99
NOT_A_COUNT = _("请填0到99的整数")


class ScaleForm(forms.Form):
    """Fields named by the codes of the scale; the form is built from ``initial``: scale, answers, circumstances."""

    assessed_on = DayField(label=_("评估日期"), required=False, help_text=_("签字前须填写"))

    def __init__(
        self, data: Mapping | None = None, files: MultiValueDict | None = None, *, initial: dict
    ) -> None:
        self.scale: Scale = scale(*initial.get("scale", USUAL_SCALE))
        circumstances = {code: _said(value) for code, value in initial.get("circumstances", {}).items()}
        super().__init__(data, files, initial={**initial, **initial.get("answers", {}), **circumstances})
        for item in self.scale.items.values():
            self.fields[item.code] = _item_field(item)
        for fact in self.scale.circumstances:
            self.fields[fact.code] = _circumstance_field(fact)

    def clean(self) -> dict:
        """The service's arguments: answers and circumstances that were given, by code."""
        cleaned = super().clean() or self.cleaned_data
        codes = {*self.scale.items, *(fact.code for fact in self.scale.circumstances)}
        given = {code: value for code, value in cleaned.items() if code in codes and value is not None}
        others = {name: value for name, value in cleaned.items() if name not in codes}
        return {
            **others,
            "answers": {code: value for code, value in given.items() if code in self.scale.items},
            "circumstances": {
                fact.code: given[fact.code] == "yes"
                if fact.kind == CircumstanceKind.YES_NO
                else given[fact.code]
                for fact in self.scale.circumstances
                if fact.code in given
            },
        }

    def sections(self) -> Iterator[dict]:
        """The dimensions with their items as bound fields, for the page."""
        for part in self.scale.dimensions:
            yield {
                "part": part,
                "rows": [{"item": item, "field": self[item.code]} for item in part.items],
            }

    def facts(self) -> Iterator[dict]:
        """The circumstances as bound fields."""
        for fact in self.scale.circumstances:
            yield {"fact": fact, "field": self[fact.code], "choose": fact.kind == CircumstanceKind.YES_NO}

    def head(self) -> list[forms.BoundField]:
        """What stands before the items."""
        codes = {*self.scale.items, *(fact.code for fact in self.scale.circumstances)}
        return [field for field in self.visible_fields() if field.name not in codes]


class FillForm(ScaleForm):
    """What was found, to be kept as far as it is filled in."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class EnterForm(ScaleForm):
    """A paper from elsewhere: who issued it, who assessed, and its items."""

    resident = CodeField(
        label=_("老年人编号"), queryset=Resident.objects.order_by("number"), to_field_name="number"
    )
    source = forms.CharField(label=_("出具评估结果的单位"), max_length=LONGEST["source"])
    paper_reference = forms.CharField(label=_("评估报告编号"), max_length=LONGEST["paper_reference"])
    assessor1 = forms.CharField(label=_("评估人员一姓名"), max_length=LONGEST["name"])
    background1 = forms.ChoiceField(label=_("评估人员一专业背景"), choices=BACKGROUNDS)
    assessor2 = forms.CharField(label=_("评估人员二姓名"), max_length=LONGEST["name"])
    background2 = forms.ChoiceField(label=_("评估人员二专业背景"), choices=BACKGROUNDS)
    assessed_on = DayField(label=_("评估日期"))
    field_order = ["resident", "source", "paper_reference", "assessed_on"]

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        result = ElsewhereResult(
            source=cleaned["source"],
            paper_reference=cleaned["paper_reference"],
            assessed_on=cleaned["assessed_on"],
            assessors=(
                (cleaned["assessor1"], cleaned["background1"]),
                (cleaned["assessor2"], cleaned["background2"]),
            ),
            answers=cleaned["answers"],
            circumstances=cleaned["circumstances"],
        )
        return {"resident_id": cleaned["resident"].pk, "result": result}


def _said(value: bool | int) -> str | int:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def _item_field(item: Item) -> forms.Field:
    return forms.TypedChoiceField(
        label=item.name,
        choices=[(option.score, option.label) for option in item.options],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


def _circumstance_field(fact: Circumstance) -> forms.Field:
    if fact.kind == CircumstanceKind.YES_NO:
        return forms.TypedChoiceField(
            label=fact.label, choices=YES_NO, empty_value=None, required=False, widget=forms.RadioSelect
        )
    return forms.IntegerField(
        label=fact.label,
        min_value=0,
        max_value=MOST_EVENTS,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NOT_A_COUNT),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
