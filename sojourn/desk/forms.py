"""What officers fill in at the desk."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.desk import decisions, services
from sojourn.desk.errors import DelegateUnfit
from sojourn.desk.services.delegating import Period

LINES = forms.Textarea(attrs={"rows": 3})


class DayInput(forms.DateInput):
    input_type = "date"


class HandOverForm(forms.Form):
    """To whom: the officers who may handle the item come with ``initial``."""

    to_user = forms.ChoiceField(label=_("接办人"), help_text=_("本单位和上级单位的在任经办人。"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_user"].choices = [("", _("请选择")), *self.initial.get("officers", [])]  # type: ignore[attr-defined]

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        return {"to_user": UUID(cleaned["to_user"])}


class FinishForm(forms.Form):
    """With what outcome: those of the item's queue come with ``initial``."""

    outcome = forms.ChoiceField(label=_("办理结果"), widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = self.initial.get("outcomes", [])  # type: ignore[attr-defined]


class ApproveForm(forms.Form):
    opinion = forms.CharField(label=_("复核意见"), widget=LINES, max_length=500, required=False)


class RefuseForm(forms.Form):
    reason = forms.CharField(label=_("不同意的理由"), widget=LINES, max_length=500)


class DelegateForm(forms.Form):
    to_user = forms.CharField(label=_("受托人登录名"), max_length=60)
    kind = forms.ChoiceField(label=_("复核类别"), required=False)
    valid_from = forms.DateField(label=_("开始日期"), widget=DayInput)
    valid_to = forms.DateField(label=_("截止日期"), widget=DayInput, help_text=_("到这一天零时为止。"))
    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.code, kind.label) for kind in decisions.registered()]
        self.fields["kind"].choices = [("", _("全部类别")), *kinds]  # type: ignore[attr-defined]

    def clean_to_user(self) -> UUID:
        officer = services.officer_called(self.cleaned_data["to_user"])
        if officer is None:
            raise forms.ValidationError(str(DelegateUnfit.title))
        return officer.pk

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        period = Period(cleaned["valid_from"], cleaned["valid_to"])
        return {**{key: cleaned[key] for key in ("to_user", "kind", "reason")}, "period": period}
