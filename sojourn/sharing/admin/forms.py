"""What officers fill in when they look after the exchange."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sojourn.sharing import catalogue
from sojourn.sharing.held import held_groups
from sojourn.sharing.overview import member_names
from sojourn.sharing.services.granting import Asked
from sojourn.sharing.states import Disposition, Purpose, ShareClass

LINES = forms.Textarea(attrs={"rows": 3})


class DayInput(forms.DateInput):
    input_type = "date"


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("原因"), widget=LINES, max_length=200)


class GrantForm(forms.Form):
    note = forms.CharField(label=_("答复意见"), widget=LINES, max_length=500, required=False)


class RefuseForm(forms.Form):
    note = forms.CharField(label=_("不予提供的理由"), widget=LINES, max_length=500)


class SettleForm(forms.Form):
    disposition = forms.ChoiceField(
        label=_("数据去向"),
        choices=Disposition.choices,
        widget=forms.RadioSelect,
        help_text=_("选“已清除”时，本节点持有的副本、数据页和隔离条目随即清除，不能恢复。"),
    )
    note = forms.CharField(label=_("说明"), widget=LINES, max_length=500)


class MatterForm(forms.Form):
    """Which entries: all that a feed has held for one reason."""

    matter = forms.ChoiceField(label=_("隔离条目"), widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter"].choices = [(group.key, str(group)) for group in held_groups()]  # type: ignore[attr-defined]

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        feed, _colon, held_for = cleaned["matter"].partition(":")
        rest = {key: value for key, value in cleaned.items() if key != "matter"}
        return {**rest, "feed_id": int(feed), "held_for": held_for}


class DismissAllForm(MatterForm):
    reason = forms.CharField(label=_("剔除的理由"), widget=LINES, max_length=200)


class ApplyForm(forms.Form):
    """An application of one member to another whose facts this node writes."""

    applicant = forms.ChoiceField(label=_("申请省份"))
    owner = forms.ChoiceField(label=_("归属省份"))
    resource = forms.ChoiceField(label=_("数据资源"))
    purpose = forms.ChoiceField(label=_("用途"), choices=Purpose.choices)
    wanted = forms.CharField(
        label=_("字段"),
        widget=LINES,
        required=False,
        help_text=_("数据目录中的字段代码，一行一个；不填为全部字段。"),
    )
    ground = forms.CharField(label=_("依据"), max_length=200)
    expires_on = forms.DateField(label=_("使用至"), widget=DayInput, help_text=_("当日不再有效。"))
    reason = forms.CharField(label=_("申请理由"), widget=LINES, max_length=500)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        names = member_names()
        hosted = [(code, name) for code, name in names.items() if code in settings.HOSTED_PROVINCES]
        shared = [each for each in catalogue.resources() if each.share_class != ShareClass.NOT_SHARED]
        self.fields["applicant"].choices = list(names.items())  # type: ignore[attr-defined]
        self.fields["owner"].choices = hosted  # type: ignore[attr-defined]
        self.fields["resource"].choices = [(each.name, each.label) for each in shared]  # type: ignore[attr-defined]

    @staticmethod
    def arguments(cleaned: dict) -> dict:
        said = {key: value for key, value in cleaned.items() if key != "wanted"}
        resource = catalogue.known(cleaned["resource"])
        everything = resource.shape.names if resource else ()
        return {"asked": Asked(**said, fields=cleaned["wanted"].split() or everything)}
