"""The words in which this room's facts are kept."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DivisionLevel(TextChoices):
    PROVINCE = "province", _("省级")
    CITY = "city", _("地级")
    COUNTY = "county", _("县级")


class DivisionKind(TextChoices):
    UNIT = "unit", _("行政区划")
    PSEUDO = "pseudo", _("汇总码")


class SuccessionGround(TextChoices):
    """Why one code is taken to continue another."""

    SAME_NAME = "same_name", _("同名新代码")
    WITHIN_CITY = "within_city", _("市辖区汇总码归所在市")
    RECALLED = "recalled", _("凭记忆整理，未核原文")
    UNKNOWN = "unknown", _("去向未知或一分为多")


class AgreementKind(TextChoices):
    AGREEMENT = "agreement", _("协议")
    COOPERATION = "cooperation", _("合作")
    MECHANISM = "mechanism", _("机制")


class AgreementStatus(TextChoices):
    SIGNED = "signed", _("已签订")
    REPORTED = "reported", _("见于公开报道")
    ENDED = "ended", _("已终止")


class DatePrecision(TextChoices):
    DAY = "day", _("精确到日")
    YEAR = "year", _("精确到年")
    YEARS = "years", _("只知起止年份")
    NOT_REPORTED = "not_reported", _("未报告")


class PartyKind(TextChoices):
    GOVERNMENT = "government", _("人民政府")
    BUREAU = "bureau", _("民政部门")
    NOT_REPORTED = "not_reported", _("未报告")


class ItemStatus(TextChoices):
    AGREED = "agreed", _("已约定")
    DONE = "done", _("已开展")
    PLANNED = "planned", _("计划中")
    EXPLORED = "explored", _("探索中")


class HolidayKind(TextChoices):
    OFF = "off", _("放假")
    WORKDAY = "workday", _("调休上班")
    STATUTORY_ONLY = "statutory_only", _("法定节日，安排未公布")


class RuleFlag(TextChoices):
    """How well a number is known."""

    SEEN = "seen", _("已核原文")
    RECALLED = "recalled", _("凭记忆，未核原文")
    ASSUMED = "assumed", _("本系统设定")


class Comfort(TextChoices):
    """The classes of the season rule; where each begins and ends stands in the rule ``season_classes``."""

    COLD = "cold", _("寒冷")
    COOL = "cool", _("冷")
    COMFORTABLE = "comfortable", _("舒适")
    HOT = "hot", _("热")
    SULTRY = "sultry", _("闷热")


class SeasonIndex(TextChoices):
    HUMIDITY = "humidity", _("温湿指数")
    WIND = "wind", _("风效指数")


class SeasonWarning(TextChoices):
    """What is said beside the class and never changes it."""

    MIDDAY_HEAT = "midday_heat", _("午间炎热")
    WET = "wet", _("雨日多")
    ALTITUDE = "altitude", _("海拔高，心肺疾病先问医生")
