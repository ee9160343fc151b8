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
