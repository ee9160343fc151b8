"""Chinese text folds to one spelling, is spelt in pinyin, and sorts by it."""

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sojourn.core import hanzi
from sojourn.core.hanzi import (
    TextUnreadable,
    bigrams,
    division_forms,
    initials,
    looks_latin,
    normalise,
    pinyin,
    search_text,
    sort_key,
    surname_pinyin,
    words,
)

READERS = [normalise, search_text, pinyin, initials, sort_key, bigrams, words, surname_pinyin]
# What people type here: Chinese of both kinds, rare characters, letters, marks; and then anything at all.
names = st.text(
    st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.characters(min_codepoint=0x20000, max_codepoint=0x323AF),
        st.sampled_from("廣東頤壽長者乾瞭薴ＡbÜ３.·・　 ()（）〔〕「」“”-'\u200b\ufe00"),
    ),
    max_size=30,
)
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


def han_of(text):
    return "".join(char for char in text if char >= "\u3400" and not "\ufe00" <= char <= "\uffff")


def pairs(table):
    """A table written as text: name, spelling, name, spelling."""
    cells = table.split()
    return list(zip(cells[::2], cells[1::2], strict=True))


# Of GB 18030-2022 level 3, which takes in the national list of 8,105 characters: those outside the basic plane.
RARE = (
    "𠅤𠙶𡎚𣗋𣲗𣲘𤩽𥔲𦈡𧿹𨐈𨙸𨟠𨱇𩽾𩾌𪟝𪣻𪨰𪩘𫄧𫄨𫇭𫌀𫍣𫍯𫐄𫐓𫓧𫔍𫖮𫖯𫖳𫗧𫘜𫘝𫚕𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫢸"
    "𫭟𫭢𫮃𫰛𫷷𬀩𬂩𬇕𬊈𬊤𬌗𬍛𬒈𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬬩𬬭𬬮𬬱𬬸"
    "𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬺈𬺓"
    "𰻝𱁬"
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("廣東頤壽醫療養老有限公司", "广东颐寿医疗养老有限公司"),
        ("深业颐居养老运营（深圳）有限公司", "深业颐居养老运营(深圳)有限公司"),
        ("深业颐居养老运营〔深圳〕有限公司", "深业颐居养老运营(深圳)有限公司"),
        ("【深圳】[深圳]｛深圳｝《深圳》", "(深圳)(深圳)(深圳)(深圳)"),
        ("ＡＢＣ　１２３ 养老 院", "abc123养老院"),
        ("买买提·艾力", "买买提艾力"),
        ("買買提•艾力", "买买提艾力"),
        ("买买提・艾力", "买买提艾力"),
        ("买买提‧艾力", "买买提艾力"),
        ("买买提．艾力", "买买提艾力"),
        ("买买提.艾力", "买买提艾力"),
        ("第3.5区", "第3.5区"),
        ("“旅居”「旅居」'旅居'", "旅居旅居旅居"),
        ("养\x01老\t院", "养老院"),
        ("养\u200b老\ufeff院\u00ad", "养老院"),
        ("辻\U000e0100葛\ufe00", "辻葛"),
        ("⼴⽼", "广老"),
        ("後臺裏峯羣", "后台里峰群"),
        ("乾縣", "乾县"),
        ("", ""),
    ],
)
def test_two_spellings_of_one_text_become_equal(written, folded):
    assert normalise(written) == folded


@given(text=names, at=st.integers(0, 30))
@example("乾隆麼", 1)
def test_a_part_of_a_name_folds_as_it_does_within_the_name(text, at):
    assert search_text(han_of(text)) == search_text(han_of(text[:at])) + search_text(han_of(text[at:]))


@given(text=names)
@example("乾縣瞭望")
def test_a_folded_name_is_spelt_like_the_name(text):
    assert pinyin(search_text(han_of(text))) == pinyin(han_of(text))


@given(text=names)
@example("薴苧")
@example("1..2")
@example("a.\u0301")
def test_folding_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)
    assert search_text(search_text(text)) == search_text(text)


@given(text=st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)))
@example("乾縣瞭望")
def test_ordinary_characters_fold_alike_alone_and_beside_others(text):
    assert normalise(text + " ") == normalise(text)


@given(text=anything)
def test_folding_anything_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize("character", RARE)
def test_rare_characters_stay_themselves(character):
    assert normalise(character) == search_text(character) == character
    assert bigrams("住" + character) == ["住" + character]
    assert words(f"{character} 院") == [character, "院"]
    assert sort_key(character).isascii()


def test_a_character_newer_than_the_unicode_tables_is_kept():
    newest = "\U0002ebf0\U000323af"

    assert search_text(newest) == newest
    assert sort_key(newest) == "~2ebf0 ~323af"
    assert pinyin(newest) == initials(newest) == ""


def test_a_search_column_keeps_no_punctuation():
    assert search_text("深业颐居养老运营(深圳)有限公司") == "深业颐居养老运营深圳有限公司"
    assert search_text("FC44-000123-W") == "fc44000123w"
    assert search_text("A+B￥院") == "ab院"
    assert search_text("——！？") == ""


@pytest.mark.parametrize(
    ("name", "spelt", "letters"),
    [
        ("重庆", "chongqing", "cq"),
        ("长沙", "changsha", "cs"),
        ("六安", "luan", "la"),
        ("厦门", "xiamen", "xm"),
        ("长春", "changchun", "cc"),
        ("番禺", "panyu", "py"),
        ("东莞", "dongguan", "dg"),
        ("铅山", "yanshan", "ys"),
        ("乐昌", "lechang", "lc"),
        ("乐清", "yueqing", "yq"),
        ("歙县", "shexian", "sx"),
        ("朝阳", "chaoyang", "cy"),
        ("成都", "chengdu", "cd"),
        ("都匀", "duyun", "dy"),
        ("什邡", "shifang", "sf"),
        ("佛冈", "fogang", "fg"),
        ("佛山", "foshan", "fs"),
        ("覃塘", "qintang", "qt"),
        ("龙圩", "longxu", "lx"),
        ("穆棱", "muling", "ml"),
        ("珲春", "hunchun", "hc"),
        ("筠连", "junlian", "jl"),
        ("荥经", "yingjing", "yj"),
        ("百色", "baise", "bs"),
        ("乾县", "qianxian", "qx"),
        ("乾縣", "qianxian", "qx"),
        ("略阳", "lueyang", "ly"),
        ("吕梁", "lvliang", "ll"),
        ("虐", "nue", "n"),
        ("㎆院", "mbyuan", "mby"),
        ("长乐长安长青", "changlechanganchangqing", "clcacq"),
        ("长者颐养院", "zhangzheyiyangyuan", "zzyyy"),
        ("家长荟", "jiazhanghui", "jzh"),
        ("藏医", "zangyi", "zy"),
        ("揭阳市聚龙湾护理院", "jieyangshijulongwanhuliyuan", "jysjlwhly"),
        ("樵晋老龄家园", "qiaojinlaolingjiayuan", "qjlljy"),
        ("廣州麓湖家長薈", "guangzhouluhujiazhanghui", "gzlhjzh"),
        ("和熹会（天悦）", "hexihuitianyue", "hxhty"),
        ("ABC养老Ａ3", "abcyanglaoa3", "abcyla3"),
        ("lüe阳", "lueyang", "luey"),
        ("、。!", "", ""),
    ],
)
def test_a_name_is_spelt_as_people_read_it(name, spelt, letters):
    assert pinyin(name) == spelt
    assert initials(name) == letters


# Places that pypinyin's dictionaries alone misread, from the division table.
MISREAD = """
襄都 xiangdu 望都 wangdu 泊头 botou 万柏林 wanbailin 柏林区 bailinqu 长治 changzhi 繁峙 fanshi 尧都 yaodu
洪洞 hongtong 昆都仑 kundulun 克什克腾旗 keshiketengqi 霍林郭勒 huolinguole 康巴什 kangbashi 长海 changhai
弓长岭 gongchangling 长白 changbai 绥棱 suiling 长宁 changning 闵行 minhang 六合区 luhequ 莲都 liandu
蚌山 bengshan 天长 tianchang 涡阳 guoyang 马尾 mawei 长泰 changtai 都昌 duchang 宁都 ningdu 于都 yudu
单县 shanxian 浚县 xunxian 南乐 nanle 魏都 weidu 长葛 changge 漯河 luohe 召陵 shaoling 长阳 changyang
曾都 zengdu 花都 huadu 长洲 changzhou 都安 duan 丰都 fengdu 郫都 pidu 丹棱 danling 长顺 changshun
三都 sandu 浪卡子 langkazi 秦都 qindu 长武 changwu 子长 zichang 佛坪 foping 民乐 minle 崆峒 kongtong
宕昌 tanchang 红寺堡 hongsibu 库尔勒 kuerle 乌什 wushi 克孜勒苏 kezilesu 阿图什 atushi 伽师 jiashi
"""


@pytest.mark.parametrize(("name", "spelt"), pairs(MISREAD))
def test_a_place_is_spelt_as_its_division_is(name, spelt):
    assert pinyin(name) == spelt


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("湖南省长沙市", "hunanshengchangshashi"),
        ("湖南省長沙市長青護理院", "hunanshengchangshashichangqinghuliyuan"),
        ("吉林省长春市长者之家", "jilinshengchangchunshizhangzhezhijia"),
        ("重庆市长寿区长青护理院", "chongqingshichangshouquchangqinghuliyuan"),
        ("梧州市长洲区", "wuzhoushichangzhouqu"),
    ],
)
def test_a_place_is_not_read_as_its_mayor(name, spelt):
    assert pinyin(name) == spelt


def test_pinyin_typed_with_v_or_u_meets_the_same_spelling():
    assert pinyin("lveyang") == pinyin("lueyang") == pinyin("LÜEYANG") == pinyin("略阳")


@given(text=names)
def test_spelling_and_order_are_plain_ascii_without_marks(text):
    assert pinyin(text).isascii()
    assert pinyin(text).isalnum() or pinyin(text) == ""
    assert initials(text).isascii()
    assert sort_key(text).isascii()
    assert len(initials(text)) <= len(pinyin(text))


def test_names_stand_in_pinyin_order():
    in_order = ["3号院", "阿城", "安康", "长沙", "重庆", "绿园", "西安", "先锋", "张家", "\U0002ebf0院"]
    shuffled = random.Random(1).sample(in_order, len(in_order))

    assert sorted(shuffled, key=lambda name: sort_key(name).encode()) == in_order
    assert sort_key("西安") == "xi an" < sort_key("先") == "xian"


def test_bigrams_come_once_and_in_order():
    assert bigrams("颐养颐养院") == ["颐养", "养颐", "养院"]
    assert bigrams("頤") == ["颐"]
    assert bigrams("颐·养") == ["颐养"]
    assert bigrams(" （） ") == []


@given(text=names)
def test_every_piece_of_a_name_has_its_bigrams_among_those_of_the_name(text):
    whole = search_text(text)

    for start in range(len(whole) - 1):
        assert set(bigrams(whole[start : start + 4])) <= set(bigrams(text))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("广州 颐寿", ["广州", "颐寿"]),
        ("廣州　頤壽，广州；ＹＳ", ["广州", "颐寿", "ys"]),
        ("颐居（深圳）", ["颐居", "深圳"]),
        ("《旅居养老》、“候鸟”", ["旅居养老", "候鸟"]),
        ("买买提·艾力", ["买买提艾力"]),
        ("xi'an", ["xian"]),
        ("FC44-000123-W", ["fc44000123w"]),
        ("lüeyang", ["lüeyang"]),
        ("！？ ，。", []),
        ("", []),
    ],
)
def test_a_query_falls_into_words(typed, expected):
    assert words(typed) == expected


@given(text=anything)
def test_words_are_never_empty_and_never_repeat(text):
    found = words(text)

    assert all(found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("word", ["gdys", "xian", "lü", "a3", "3a"])
def test_letters_may_be_pinyin(word):
    assert looks_latin(word)


@pytest.mark.parametrize("word", ["", "123", "广州", "gz广州", "é", "a b", "a\n"])
def test_other_words_are_not_pinyin(word):
    assert not looks_latin(word)


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("单田芳", "shantianfang"),
        ("單田芳", "shantianfang"),
        ("仇英", "qiuying"),
        ("查良镛", "zhaliangyong"),
        ("曾国藩", "zengguofan"),
        ("曾经纬", "zengjingwei"),
        ("解缙", "xiejin"),
        ("区大相", "oudaxiang"),
        ("任长霞", "renchangxia"),
        ("覃一", "qinyi"),
        ("王乾", "wangqian"),
        (" ＡＢ 单", "abdan"),
        ("　單雄信 ", "shanxiongxin"),
        ("单于台", "chanyutai"),
        ("尉迟恭", "yuchigong"),
        ("长孙无忌", "zhangsunwuji"),
        ("买买提·艾力", "maimaitiaili"),
        ("王", "wang"),
        ("", ""),
    ],
)
def test_a_surname_is_read_as_a_surname(name, spelt):
    assert surname_pinyin(name) == spelt


SURNAMES = """
单 shan 仇 qiu 查 zha 曾 zeng 解 xie 区 ou 朴 piao 盖 ge 黑 he 乐 yue 翟 zhai 缪 miao 折 she 员 yun 召 shao 秘 bi
洗 xian 覃 qin 能 nai 句 gou 种 chong 重 chong 乜 nie 佴 nai 繁 po 薄 bo 炅 gui 祭 zhai 阚 kan 隗 wei
单于 chanyu 乐正 yuezheng
"""


@pytest.mark.parametrize(("surname", "spelt"), pairs(SURNAMES))
def test_every_surname_with_its_own_reading_keeps_it(surname, spelt):
    assert surname_pinyin(surname + "国强") == spelt + "guoqiang"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("广东省", "广东"),
        ("广西壮族自治区", "广西"),
        ("内蒙古自治区", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("香港特别行政区", "香港"),
        ("深圳市", "深圳"),
        ("惠阳区", "惠阳"),
        ("清新区", "清新"),
        ("北林区", "北林"),
        ("万柏林区", "万柏林"),
        ("神农架林区", "神农架"),
        ("六枝特区", "六枝"),
        ("大兴安岭地区", "大兴安岭"),
        ("浦东新区", "浦东"),
        ("恩施土家族苗族自治州", "恩施"),
        ("延边朝鲜族自治州", "延边"),
        ("玉屏侗族自治县", "玉屏"),
        ("龙胜各族自治县", "龙胜"),
        ("前郭尔罗斯蒙古族自治县", "前郭尔罗斯"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江"),
        ("克孜勒苏柯尔克孜自治州", "克孜勒苏"),
        ("东乡族自治县", "东乡"),
        ("鄂伦春自治旗", "鄂伦春"),
        ("梅里斯达斡尔族区", "梅里斯"),
        ("津市市", "津市"),
        ("沙市区", "沙市"),
    ],
)
def test_a_division_has_an_official_and_a_short_form(name, short):
    assert division_forms(name) == {name, short}


@pytest.mark.parametrize("name", ["赵县", "城区", "奈曼旗", "市辖区", "县", "省直辖县级行政区划", ""])
def test_some_divisions_have_no_short_form(name):
    assert division_forms(name) == {name}


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@pytest.mark.parametrize("text", ["\x00", "养老\x00院", "\ud800", "养\udfff老"])
def test_what_cannot_be_stored_is_refused(reader, text):
    with pytest.raises(TextUnreadable):
        reader(text)


@pytest.mark.parametrize(
    "reader", [*READERS, division_forms, looks_latin], ids=lambda reader: reader.__name__
)
@pytest.mark.parametrize("text", ["養" * 10_000, "长者" * 5_000, "." * 10_000, "a1" * 5_000, "ﷺ" * 1_000])
def test_ten_thousand_characters_are_read(reader, text):
    reader(text)


@given(text=anything)
def test_any_other_text_is_read(text):
    for reader in [*READERS, division_forms, looks_latin]:
        reader(text)


def test_threads_that_meet_at_the_first_call_agree():
    hanzi._simplified_forms.cache_clear()

    with ThreadPoolExecutor(8) as pool:
        folded = set(pool.map(normalise, ["廣東頤壽"] * 32))

    assert folded == {"广东颐寿"}


def test_a_process_that_spells_no_name_starts_without_the_dictionaries():
    """They are a quarter of what starting takes, and most commands and workers never spell."""
    started = "import sys, django; django.setup(); print('pypinyin' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "False"
