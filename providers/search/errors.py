"""What the search refuses to read, each with the word it was found in."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid

UNKNOWN = _("不认识的查询条件“{word}”")
REPEATED = _("同一个条件写了两遍，请只留一个")
UNREADABLE = _("里面有无法识别的字符，请重新输入")
TOO_LONG = _("太长了，请不要超过{most}个字")
TOO_MANY_WORDS = _("词太多了，请不要超过{most}个")
NO_WORDS = _("只有标点符号，请写上名称、城市或拼音")
NO_CODE = _("应是6位地区代码，或它的前几位，例如44、4401")
UNKNOWN_CODE = _("没有代码为{code}的地区")
NOT_YES = _("只能是1（只看示范基地），或不写")
NO_PAGE = _("页码应是从1开始的整数")
NO_SUCH_PAGE = _("没有第{page}页，一共{last}页")
NO_DAY = _("日期应写成2027-02-01这样")
MONTH_AND_DATES = _("月份和入住、离开的日期，请只写一种")
DATE_MISSING = _("入住和离开的日期请一起写")
TO_BEFORE_FROM = _("离开应晚于入住")
STAY_TOO_LONG = _("一次不要超过一年")
NO_CHOICE = _("请在所列选项中选择")
NO_BUDGET = _("应是1到{most}的整数，单位是元")
NO_STAR = _("等级应是1到{most}的整数")
NO_FEATURE = _("没有“{text}”这一项")
NO_POINT = _("应写成“纬度,经度”，例如23.13,113.26")
POINT_OUTSIDE = _("这个地点不在中国境内")
NO_RADIUS = _("距离应是1到{most}的整数，单位是公里")
RADIUS_WITHOUT_NEAR = _("写了距离，还要写是哪个地点附近")
DISTANCE_WITHOUT_NEAR = _("由近到远排列，要写是哪个地点附近")
NOT_YES_UNREPORTED = _("只能是1（也看没有报告的），或不写")

NO_MONTH = _("应是1到12的整数")
NO_NUMBER = _("“{text}”不是机构编号")
UNKNOWN_HOME = _("没有这个城市的气候资料，请从所列城市中选择")
TOO_MANY_BASES = _("一次最多比较{most}家")


class QueryInvalid(Invalid):
    code = "query_invalid"
    title = _("查询条件里有看不懂的内容")


def wrong(field: str, code: str, detail: str | Promise, /, **facts) -> dict:
    """One entry of errors[]: which word, what about it, and in what words to say so."""
    return {"field": field, "code": code, "detail": str(detail).format(**facts)}


LONGEST_SHOWN = 100


def printable(text: str) -> str:
    """What was typed, fit to stand in a form field again: its beginning, without unreadable characters."""
    return "".join(character for character in text[:LONGEST_SHOWN] if character.isprintable())
