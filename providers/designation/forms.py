"""Forms of the verbs: their fields are the services' arguments."""

from django import forms
from django.utils.translation import gettext_lazy as _

from providers.designation.listing import LONGEST_NAME, ListEntry, NewBatch, NewScheme
from providers.designation.models import Batch, Scheme
from providers.facilities.forms import CodeField, DayField
from providers.facilities.models import Facility
from sojourn.provinces.models import Member


class RegisterSchemeForm(forms.Form):
    member = forms.ModelChoiceField(label=_("成员省份"), queryset=Member.objects.order_by("code"))
    name = forms.CharField(label=_("方案名称"), max_length=200)
    edition = forms.CharField(label=_("版本"), max_length=40)
    issued_on = DayField(label=_("印发日期"), required=False)
    source = forms.CharField(label=_("来源"), max_length=400)

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        known = dict(cleaned)
        return {"member_code": known.pop("member").pk, "scheme": NewScheme(**known)}


class AnnounceBatchForm(forms.Form):
    scheme = forms.ModelChoiceField(
        label=_("评定方案"), queryset=Scheme.objects.order_by("member", "edition")
    )
    ordinal = forms.IntegerField(label=_("批次"), min_value=1, max_value=999)
    announced_on = DayField(label=_("公布日期"))
    announced_by = forms.CharField(label=_("公布单位"), max_length=120)
    plaques_on = DayField(label=_("授牌日期"), required=False)
    source = forms.CharField(label=_("来源"), max_length=400)

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        known = dict(cleaned)
        return {"scheme_id": known.pop("scheme").pk, "batch": NewBatch(**known)}


class DesignateBaseForm(forms.Form):
    facility = CodeField(
        label=_("养老机构"),
        queryset=Facility.objects.by_name(),
        to_field_name="number",
        help_text=_("机构编号"),
    )
    batch = forms.ModelChoiceField(
        label=_("认定批次"), queryset=Batch.objects.select_related("scheme").order_by("member", "ordinal")
    )
    listed_number = forms.IntegerField(label=_("名单序号"), min_value=1, max_value=9_999)
    listed_name = forms.CharField(label=_("名单所列名称"), max_length=LONGEST_NAME, help_text=_("照名单原文"))
    designated_on = DayField(label=_("认定日期"))
    valid_to = DayField(label=_("有效期至"), required=False)
    plaque_number = forms.CharField(label=_("牌匾编号"), max_length=60, required=False)

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        entry = {name: value for name, value in cleaned.items() if name not in {"facility", "batch"}}
        return {
            "facility_id": cleaned["facility"].pk,
            "batch_id": cleaned["batch"].pk,
            "entry": ListEntry(**entry),
        }
