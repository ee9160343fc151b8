"""Forms of the verbs: their fields are the services' arguments."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from providers.facilities.forms import CodeField, DayField
from providers.facilities.models import Facility
from providers.facilities.states import AbilityLevel
from residents.assessments.models import Assessor
from residents.assessments.scales import scale
from residents.assessments.services.appointing import LONGEST_NAME
from residents.assessments.services.assessing import USUAL_SCALE
from residents.assessments.services.holding import LONGEST_REASON
from residents.assessments.services.reading import LONGEST_CASE
from residents.assessments.services.recognising import CrosswalkRow, OriginalResult
from residents.assessments.services.reviewing import LONGEST_GROUNDS
from residents.assessments.states import Background, InterestKind, Objector
from residents.registry.models import Resident
from residents.registry.states import Purpose
from sojourn.core.actors import Actor
from sojourn.core.clock import today
from sojourn.provinces.models import Agreement, Division, Member
from sojourn.provinces.states import RuleFlag
from sojourn.web.suggesting import Suggesting
from sojourn.web.verbs import ReachForm

CHOOSE = ("", _("请选择"))


def _resident(**options) -> CodeField:
    return CodeField(
        label=_("老年人编号"), queryset=Resident.objects.order_by("number"), to_field_name="number", **options
    )


def _assessor(label) -> CodeField:
    rows = Assessor.objects.order_by("number")
    return CodeField(label=label, queryset=rows, to_field_name="number", widget=Suggesting)


def _facility(help_text="") -> CodeField:
    return CodeField(
        label=_("养老机构编号"),
        queryset=Facility.objects.order_by("number"),
        to_field_name="number",
        required=False,
        help_text=help_text,
    )


def _text(label, longest: int, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, **options)


class ReasonForm(forms.Form):
    reason = _text(_("原因"), LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}))


class RegisterBodyForm(forms.Form):
    name = _text(_("名称"), LONGEST_NAME["body"])
    division = CodeField(
        label=_("主管地区"),
        queryset=Division.objects.order_by("code"),
        to_field_name="code",
        help_text=_("6位地区代码"),
    )
    credit_code = _text(_("统一社会信用代码"), 40, required=False)
    qualified_from = DayField(label=_("资格生效日期"))
    qualified_until = DayField(label=_("资格有效至"), required=False, help_text=_("留空即为长期"))

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        facts = {name: cleaned[name] for name in ("name", "qualified_from", "qualified_until")}
        return {
            "division_code": cleaned["division"].code,
            "facts": facts | {"credit_code": cleaned["credit_code"] or None},
        }


class RegisterAssessorForm(forms.Form):
    name = _text(_("姓名"), LONGEST_NAME["assessor"])
    background = forms.ChoiceField(label=_("专业背景"), choices=[CHOOSE, *Background.choices])
    certificate = _text(_("资格证书编号"), 80, required=False)
    qualified_from = DayField(label=_("资格生效日期"))
    qualified_until = DayField(label=_("资格有效至"), required=False, help_text=_("留空即为长期"))

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {"facts": dict(cleaned)}


class RenewForm(forms.Form):
    qualified_until = DayField(label=_("资格有效至"), required=False, help_text=_("留空即为长期"))


class LinkAccountForm(forms.Form):
    username = _text(
        _("登录名"), 60, help_text=_("账号由系统管理员开设；关联后可登录工作台，只看到分派给本人的评估")
    )


class InterestForm(forms.Form):
    kind = forms.ChoiceField(label=_("利害关系"), choices=[CHOOSE, *InterestKind.choices])
    facility = _facility(_("与养老机构有关的填这一项"))
    resident = _resident(required=False, help_text=_("与老年人有关的填这一项"))
    since = DayField(label=_("自何日起"), initial=today)

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {
            "kind": cleaned["kind"],
            "since": cleaned["since"],
            "facility_id": getattr(cleaned["facility"], "pk", None),
            "resident_id": getattr(cleaned["resident"], "pk", None),
        }


class DrawForm(forms.Form):
    first_day = DayField(label=_("定级日期起"))
    last_day = DayField(label=_("定级日期止"), help_text=_("须是已经过去的日子；同一期间只抽一次"))


class _PairForm(ReachForm):
    """Two assessors, named by their numbers; those whom this officer may ask are offered by name."""

    first_assessor = _assessor(_("评估人员一编号"))
    second_assessor = _assessor(_("评估人员二编号"))

    def offer_to(self, actor: Actor) -> None:
        known = Assessor.objects.visible_to(actor).on_duty(today())
        offered = [
            (one.number, f"{one.name} {one.get_background_display()} {one.body.name}")
            for one in known.select_related("body").order_by("number")
        ]
        for name in ("first_assessor", "second_assessor"):
            cast(Suggesting, self.fields[name].widget).offered = offered


class AssignForm(_PairForm):
    resident = _resident()
    reason = forms.ChoiceField(
        label=_("评估原因"),
        choices=lambda: [CHOOSE, *((r.code, r.label) for r in scale(*USUAL_SCALE).reasons)],
    )
    facility = _facility(_("为入住某家养老机构评估的，填写该机构"))
    field_order = ["resident"]

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        assignment = {
            "first_assessor_id": cleaned["first_assessor"].pk,
            "second_assessor_id": cleaned["second_assessor"].pk,
            "reason": cleaned["reason"],
            "facility_id": getattr(cleaned["facility"], "pk", None),
        }
        return {"resident_id": cleaned["resident"].pk, "assignment": assignment}


class SignForm(forms.Form):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class ObjectForm(forms.Form):
    objector = forms.ChoiceField(label=_("异议人"), choices=[CHOOSE, *Objector.choices])
    grounds = _text(_("异议理由"), LONGEST_GROUNDS, widget=forms.Textarea(attrs={"rows": 4}))
    raised_on = DayField(
        label=_("提出日期"), required=False, help_text=_("书面或电话提出的，填写收到的日期；留空为今天")
    )


class MyObjectionForm(forms.Form):
    """What she says herself, or her guardian: in whose name and on which day is known."""

    grounds = _text(
        _("为什么不同意"),
        LONGEST_GROUNDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("用自己的话写就行，例如：评估那天身体不适，平时能自己走路"),
    )


class ReadForm(forms.Form):
    purpose = forms.ChoiceField(label=_("用途"), choices=[CHOOSE, *Purpose.choices])
    case = _text(_("事由编号"), LONGEST_CASE, help_text=_("办件编号或工单号；老年人本人可以看到"))


class AssignReviewForm(_PairForm):
    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {
            "first_assessor_id": cleaned["first_assessor"].pk,
            "second_assessor_id": cleaned["second_assessor"].pk,
        }


class DecideForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("复核决定"),
        choices=[("kept", _("维持原结果")), ("replaced", _("以复核结果为准"))],
        widget=forms.RadioSelect,
    )


class _OriginalForm(forms.Form):
    """The scale and the level that both forms of recognition begin with."""

    agreement = forms.ModelChoiceField(
        label=_("合作协议"),
        queryset=Agreement.objects.order_by("code"),
        to_field_name="code",
        empty_label=CHOOSE[1],
    )
    from_scale = _text(_("原量表"), 32, help_text=_("代号，例如 mzt039"))
    from_edition = _text(_("原量表版本"), 16)
    from_level = _text(_("原等级代码"), 32)
    from_label = _text(_("原等级"), 60, help_text=_("按原报告所写"))


class CrosswalkForm(_OriginalForm):
    level = forms.ChoiceField(label=_("互认等级"), choices=[CHOOSE, *AbilityLevel.choices])
    valid_from = DayField(label=_("生效"), required=False)
    valid_to = DayField(label=_("失效"), required=False, help_text=_("自这一天起不再适用"))
    source = _text(_("来源"), 200)
    flag = forms.ChoiceField(label=_("核实程度"), choices=RuleFlag.choices)

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        row = {name: value for name, value in cleaned.items() if name != "agreement"}
        return {"agreement_code": cleaned["agreement"].code, "row": CrosswalkRow(**row)}


class RecogniseForm(_OriginalForm):
    resident = _resident()
    from_member = forms.ModelChoiceField(
        label=_("出具结果的成员省份"),
        queryset=Member.objects.order_by("position"),
        to_field_name="code",
        empty_label=CHOOSE[1],
    )
    source = _text(_("出具评估结果的单位"), 120)
    paper_reference = _text(_("评估报告编号"), 80)
    assessed_on = DayField(label=_("评估日期"))
    valid_until = DayField(label=_("有效期至"))
    field_order = ["resident", "from_member", "agreement"]

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        said = {name: cleaned[name] for name in OriginalResult.__dataclass_fields__ if name != "from_member"}
        original = OriginalResult(from_member=cleaned["from_member"].code, **said)
        return {
            "resident_id": cleaned["resident"].pk,
            "original": original,
            "agreement_code": cleaned["agreement"].code,
        }
