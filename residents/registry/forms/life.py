"""Forms of the verbs of a registration's life: their fields are the services' arguments."""

from typing import cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from providers.facilities.forms import CodeField
from residents.registry.homes import Homes
from residents.registry.policy import can_register
from residents.registry.services.disclosing import LONGEST_CASE
from residents.registry.services.withholding import LONGEST_REASON
from residents.registry.states import ErasureGround, HoldGround
from sojourn.accounts.reach import names_of
from sojourn.core.actors import Actor
from sojourn.provinces.models import Division
from sojourn.web.verbs import ReachForm

LONGEST_NOTICE = 80


def _chosen(label, choices) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("请选择")), *choices])


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("理由"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("请勿写入姓名、号码等个人信息"),
    )


class SetHoldForm(ReasonForm):
    ground = _chosen(_("留存依据"), HoldGround.choices)
    case = forms.CharField(label=_("案号或文号"), max_length=LONGEST_CASE)
    field_order = ["ground", "case", "reason"]


class ProposeErasureForm(ReasonForm):
    ground = _chosen(_("依据"), ErasureGround.choices)
    field_order = ["ground", "reason"]


class PreparePurgeForm(ReachForm):
    owner = forms.ChoiceField(label=_("归属省份"))

    def offer_to(self, actor: Actor) -> None:
        """The whole provinces in her reach; the only one is chosen for her."""
        codes = [code for code in sorted(settings.HOSTED_PROVINCES) if can_register(actor, code)]
        choices = [(code, names_of([code[:2]])[code[:2]]) for code in codes]
        field = cast(forms.ChoiceField, self.fields["owner"])
        field.choices = choices if len(choices) == 1 else [("", _("请选择")), *choices]

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {"owner": cleaned["owner"]}


class ProposeMergeForm(ReasonForm):
    survivor_number = forms.CharField(label=_("保留的登记的编号"), max_length=32)
    field_order = ["survivor_number", "reason"]


class MergePairForm(ReasonForm):
    survivor = _chosen(_("保留的登记"), [("first", _("登记甲")), ("second", _("登记乙"))])
    field_order = ["survivor", "reason"]


class CorrectHomeForm(ReachForm):
    to_division_code = forms.ChoiceField(label=_("户籍所在地区"), help_text=_("只列出您辖区内的区县"))

    def offer_to(self, actor: Actor) -> None:
        """She chooses by city."""
        field = self.fields["to_division_code"]
        field.choices = [("", _("请选择")), *Homes.within(actor.divisions).grouped()]  # type: ignore[attr-defined]


class TransferOutForm(ReasonForm):
    to_division = CodeField(
        label=_("迁入地"),
        queryset=Division.objects.order_by("code"),
        to_field_name="code",
        help_text=_("6位地区代码"),
    )
    notice = forms.CharField(
        label=_("告知本人的凭证编号"),
        max_length=LONGEST_NOTICE,
        required=False,
        help_text=_("迁往其他节点的省份须填写：登记信息会发给对方民政部门，应告知老年人本人"),
    )
    field_order = ["to_division", "reason", "notice"]

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {
            "to_division_code": cleaned["to_division"].code,
            "reason": cleaned["reason"],
            "notice": cleaned["notice"],
        }
