import pytest

from residents.registry.errors import FactsInvalid
from residents.registry.naming import checked_name, search_columns
from sojourn.core.hanzi import TextUnreadable


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("单雪雁", "单雪雁"),
        ("  张 三 ", "张 三"),
        ("库尔班•尼亚孜", "库尔班·尼亚孜"),
        ("買買提‧艾力", "買買提·艾力"),
        ("阿依努尔・吐尔逊", "阿依努尔·吐尔逊"),
        ("邢𠅤", "邢𠅤"),  # extension B
        ("李\U000300a0", "李\U000300a0"),  # extension G
        ("王\U000323af", "王\U000323af"),  # extension H, newer than the tables of Python 3.11
        ("金\uf90a", "金\uf90a"),  # a compatibility character stays what the register wrote
        ("葛\U000e0100", "葛\U000e0100"),  # with a variation selector
        ("Anne-Marie O'Neil", "Anne-Marie O'Neil"),
        ("乙", "乙"),
    ],
)
def test_a_name_is_kept_as_the_register_writes_it(typed, written):
    assert checked_name(typed) == written


@pytest.mark.parametrize(
    "typed", ["", " ", "·", "张三·", "·张三", "张··三", "张3", "张三（男）", "张,三", "三" * 61, "张\u200b三"]
)
def test_what_is_no_name_is_refused_at_its_field_without_repeating_it(typed):
    with pytest.raises(FactsInvalid) as refused:
        checked_name(typed, "contact_name")

    [error] = refused.value.errors
    assert (error["field"], error["code"]) == ("contact_name", "name_unreadable")
    assert not typed.strip() or typed not in f"{refused.value} {error['detail']}"


@pytest.mark.parametrize("typed", ["张\x00三", "张\ud800"])
def test_what_no_column_can_hold_is_refused(typed):
    with pytest.raises(TextUnreadable):
        checked_name(typed)


@pytest.mark.parametrize(
    ("name", "pinyin", "initials", "sort_key"),
    [
        ("单雪雁", "shanxueyan danxueyan", "sxy dxy", "shan xue yan"),
        ("张三", "zhangsan", "zs", "zhang san"),
        ("单于明", "chanyuming", "cym", "chan yu ming"),
        ("库尔班·尼亚孜", "kuerbanniyazi", "kebnyz", "ku er ban ni ya zi"),
        ("曾兰", "zenglan", "zl", "zeng lan"),
        ("区秀兰", "ouxiulan quxiulan", "oxl qxl", "ou xiu lan"),
    ],
)
def test_a_surname_is_read_as_surnames_are_and_found_as_it_is_mistaken_too(name, pinyin, initials, sort_key):
    columns = search_columns(name)

    assert (columns["pinyin"], columns["initials"], columns["sort_key"]) == (pinyin, initials, sort_key)
