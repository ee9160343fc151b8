"""Forms of the verbs: their fields are the services' arguments."""

from django import forms
from django.utils.translation import gettext_lazy as _

from providers.facilities import features
from providers.facilities.facts import LONGEST, LONGEST_NAME
from providers.facilities.models import Facility, Operator
from providers.facilities.reports import Beds, FacilityGrade, FeatureAnswers, Prices
from providers.facilities.states import (
    AbilityLevel,
    Answer,
    FacilityKind,
    FilingState,
    GradeLevel,
    MedicalCare,
    PlacePrecision,
    RegistrationType,
)
from sojourn.provinces.models import Division

NOT_REPORTED = ("", _("未报告"))
UNCHANGED = ("", _("不变"))


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CodeField(forms.ModelChoiceField):
    """A row named by the number or code that people know, typed rather than picked from thousands."""

    widget = forms.TextInput
    default_error_messages = {"invalid_choice": _("没有这个编号或代码")}

    def prepare_value(self, value):
        return getattr(value, self.to_field_name, value)

    def to_python(self, value):
        return super().to_python(forms.CharField(required=False).clean(value))


def choice(label, choices, *, blank=NOT_REPORTED) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=[blank, *choices], required=False, empty_value=None)


def several(label, choices) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        empty_value=None,
        help_text=_("一项不选即为未报告"),
    )


class RegisterOperatorForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=LONGEST_NAME)
    division = CodeField(
        label=_("主管地区"),
        queryset=Division.objects.order_by("code"),
        to_field_name="code",
        help_text=_("6位地区代码"),
    )
    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=40, required=False)
    registration_type = choice(_("登记类型"), RegistrationType.choices)

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {
            "name": cleaned["name"],
            "division_code": cleaned["division"].code,
            "credit_code": cleaned["credit_code"] or None,
            "registration_type": cleaned["registration_type"],
        }


class RegisterFacilityForm(forms.Form):
    listed_name = forms.CharField(label=_("机构名称"), max_length=LONGEST_NAME)
    division = CodeField(
        label=_("所在地区"),
        queryset=Division.objects.order_by("code"),
        to_field_name="code",
        help_text=_("6位地区代码"),
    )
    operator = CodeField(
        label=_("运营主体"),
        queryset=Operator.objects.by_name(),
        to_field_name="number",
        required=False,
        help_text=_("运营主体编号，不知道可留空"),
    )
    kind = choice(_("机构类型"), FacilityKind.choices)
    address = forms.CharField(label=_("地址"), max_length=LONGEST["address"], required=False)

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {
            "listed_name": cleaned["listed_name"],
            "division_code": cleaned["division"].code,
            "operator_id": cleaned["operator"].pk if cleaned["operator"] else None,
            "facts": {"kind": cleaned["kind"], "address": cleaned["address"]},
        }


class AmendFacilityForm(forms.Form):
    kind = choice(_("机构类型"), FacilityKind.choices)
    address = forms.CharField(label=_("地址"), max_length=LONGEST["address"], required=False)
    lng = forms.DecimalField(label=_("经度"), required=False, max_digits=9, decimal_places=6)
    lat = forms.DecimalField(label=_("纬度"), required=False, max_digits=9, decimal_places=6)
    place_precision = forms.ChoiceField(label=_("位置精度"), choices=PlacePrecision.choices)
    telephone = forms.CharField(label=_("联系电话"), max_length=LONGEST["telephone"], required=False)
    telephone_hours = forms.CharField(
        label=_("接听时间"), max_length=LONGEST["telephone_hours"], required=False
    )
    levels_taken = several(_("接收的能力等级"), AbilityLevel.choices)
    languages = several(_("服务语言"), list(features.LANGUAGES.items()))
    diets = several(_("膳食"), list(features.DIETS.items()))
    shortest_stay_nights = forms.IntegerField(
        label=_("最短入住夜数"), required=False, min_value=1, max_value=366
    )
    filing_state = choice(_("备案状态"), FilingState.choices)
    filing_number = forms.CharField(label=_("备案编号"), max_length=LONGEST["filing_number"], required=False)
    medical_care = choice(_("医疗服务方式"), MedicalCare.choices)
    contracted_hospital = forms.CharField(
        label=_("签约医院名称"), max_length=LONGEST["contracted_hospital"], required=False
    )
    hospital_km = forms.DecimalField(
        label=_("距医院（公里）"), required=False, min_value=0, max_digits=4, decimal_places=1
    )
    medical_as_of = DayField(label=_("医疗信息日期"), required=False)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def initial_for(cls, facility: Facility) -> dict:
        facts = {name: getattr(facility, name) for name in cls.base_fields if name != "seen_version"}
        return facts | {"seen_version": facility.version}

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        facts = dict(cleaned)
        return {"seen_version": facts.pop("seen_version"), "facts": facts}


class ReportBedsForm(forms.Form):
    filed_beds = forms.IntegerField(label=_("备案床位"), required=False, min_value=0)
    operating_beds = forms.IntegerField(label=_("开放床位"), required=False, min_value=0)
    nursing_beds = forms.IntegerField(label=_("护理型床位"), required=False, min_value=0)
    as_of = DayField(label=_("数据日期"))

    @staticmethod
    def initial_for(facility: Facility) -> dict:
        names = ("filed_beds", "operating_beds", "nursing_beds")
        return {name: getattr(facility, name) for name in names}

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {"beds": Beds(**cleaned)}


class ReportGradeForm(forms.Form):
    grade = forms.TypedChoiceField(
        label=_("机构等级"),
        choices=[NOT_REPORTED, *GradeLevel.choices],
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("按GB/T 37276评定的等级"),
    )
    graded_on = DayField(label=_("等级评定日期"), required=False)

    @staticmethod
    def initial_for(facility: Facility) -> dict:
        return {"grade": facility.grade, "graded_on": facility.graded_on}

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {"report": FacilityGrade(**cleaned)}


class YuanField(forms.DecimalField):
    """Money as people write it, kept in fen."""

    def __init__(self, *, label) -> None:
        super().__init__(label=label, required=False, min_value=0, max_digits=9, decimal_places=2)

    def clean(self, value) -> int | None:
        yuan = super().clean(value)
        return None if yuan is None else int(yuan * 100)

    def prepare_value(self, value):
        return f"{value / 100:.2f}" if isinstance(value, int) else value


class ReportPricesForm(forms.Form):
    bed_fee_fen = YuanField(label=_("床位费（元/月）"))
    care_fee_fen = YuanField(label=_("照料护理费（元/月）"))
    meal_fee_fen = YuanField(label=_("餐费（元/月）"))
    deposit_fen = YuanField(label=_("押金（元）"))
    as_of = DayField(label=_("数据日期"))

    @staticmethod
    def initial_for(facility: Facility) -> dict:
        names = ("bed_fee_fen", "care_fee_fen", "meal_fee_fen", "deposit_fen")
        return {name: getattr(facility, name) for name in names}

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {"prices": Prices(**cleaned)}


class ReportFeaturesForm(forms.Form):
    """One choice a feature of the catalogue; what is left unchanged is not reported anew."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for feature in features.CATALOGUE:
            self.fields[feature.code] = choice(feature.label, Answer.choices, blank=UNCHANGED)
        self.fields["as_of"] = DayField(label=_("数据日期"))
        self.fields["reported_by"] = forms.CharField(label=_("申报方"), max_length=80)

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        answers = {code: Answer(cleaned[code]) for code in features.BY_CODE if cleaned[code]}
        return {"report": FeatureAnswers(answers, cleaned["as_of"], cleaned["reported_by"])}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
