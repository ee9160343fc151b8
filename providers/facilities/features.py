"""The features a facility reports about itself, the languages it speaks and the diets it cooks.

A feature is answered yes, no or unknown with a date; what was never answered is "not reported".
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Feature:
    """One question to a facility: its stored code, what people read, and the group it stands in."""

    code: str
    label: Promise
    group: str


GROUPS = {
    "medical": _("就医与医保"),
    "comfort": _("冷暖与热水"),
    "barrier_free": _("无障碍"),
    "stay": _("入住安排"),
}

CATALOGUE = (
    Feature("medical_insurance", _("医保定点"), "medical"),
    Feature("settles_inpatient", _("住院费用跨省直接结算"), "medical"),
    Feature("settles_outpatient", _("普通门诊费用跨省直接结算"), "medical"),
    Feature("settles_chronic", _("门诊慢特病跨省直接结算"), "medical"),
    Feature("central_heating", _("集中供暖"), "comfort"),
    Feature("room_heating", _("室内取暖"), "comfort"),
    Feature("air_conditioning", _("空调"), "comfort"),
    Feature("hot_water", _("24小时热水"), "comfort"),
    Feature("step_free_entrance", _("无障碍入口"), "barrier_free"),
    Feature("lift", _("电梯"), "barrier_free"),
    Feature("wheelchair_room", _("轮椅可进房间"), "barrier_free"),
    Feature("accessible_toilet", _("无障碍卫生间"), "barrier_free"),
    Feature("corridor_handrails", _("走廊扶手"), "barrier_free"),
    Feature("call_button", _("床头呼叫器"), "barrier_free"),
    Feature("couples_room", _("夫妻同住"), "stay"),
    Feature("companion_under_60", _("接受60岁以下陪同"), "stay"),
    Feature("trial_stay", _("可试住"), "stay"),
    Feature("station_pickup", _("车站接送"), "stay"),
)

BY_CODE = {feature.code: feature for feature in CATALOGUE}

LANGUAGES = {
    "mandarin": _("普通话"),
    "cantonese": _("粤语"),
    "hakka": _("客家话"),
    "teochew": _("潮汕话"),
    "southwestern": _("西南官话"),
    "xiang": _("湘语"),
    "gan": _("赣语"),
    "northeastern": _("东北话"),
    "shaanxi": _("陕西话"),
    "zhuang": _("壮语"),
    "korean": _("朝鲜语"),
}

DIETS = {
    "regular": _("普通膳食"),
    "soft": _("软食"),
    "liquid": _("流食"),
    "low_salt": _("低盐"),
    "low_sugar": _("低糖"),
    "low_fat": _("低脂"),
    "vegetarian": _("素食"),
    "halal": _("清真"),
}


def in_groups() -> list[tuple[Promise, list[Feature]]]:
    """The catalogue as a page shows it: each group's label with its features, in order."""
    return [(label, [f for f in CATALOGUE if f.group == group]) for group, label in GROUPS.items()]
