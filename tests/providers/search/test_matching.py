"""What people type finds what they mean: eight ways of typing, drawn by seed from the sample world."""

from random import Random

import opencc
import pytest
from django.core.management import call_command
from django.http import QueryDict

from providers.facilities.features import CATALOGUE
from providers.facilities.models import Facility
from providers.search.matching import Words
from providers.search.query import BaseQuery
from providers.search.results import Found, find
from sojourn.core import hanzi
from sojourn.local.sample.names import BRANDS
from tests.factories.facilities import FacilityFactory, FeatureReportFactory

pytestmark = pytest.mark.django_db

EACH = 30
SEED = 20_261_122
TOP = 5
GOAL = 0.95
FULL_WIDTH = {ord(character): ord(character) + 0xFEE0 for character in "abcdefghijklmnopqrstuvwxyz0123456789"}
TO_TRADITIONAL = opencc.OpenCC("s2t")


def search(q: str) -> Found:
    params = QueryDict(mutable=True)
    params["q"] = q
    return find(BaseQuery.from_params(params))


def top(q: str) -> list[Facility]:
    return [row.facility for row in search(q).rows[:TOP]]


def spoken(facility: Facility) -> str:
    """The name as people say it: without the brackets of a further site."""
    return facility.listed_name.split("（")[0].split("(")[0]


def finds(q: str, facility: Facility) -> bool:
    return facility in top(q) or any(spoken(found) == spoken(facility) for found in top(q))


def all_hold(q: str) -> bool:
    found = top(q)
    return bool(found) and all(q in hanzi.search_text(one.listed_name) for one in found)


def one_wrong(dice: Random, name: str, characters: str) -> str:
    at = dice.randrange(len(name))
    other = dice.choice([character for character in characters if character != name[at]])
    return name[:at] + other + name[at + 1 :]


def brand_of(facility: Facility) -> str:
    """Two characters that stand together in few names."""
    return next(brand for brand in BRANDS if brand in facility.listed_name)


def asks_feature(q: str, code: str) -> bool:
    found = search(q).rows[:TOP]
    return bool(found) and all(code in row.features_yes or q in row.facility.listed_name for row in found)


@pytest.fixture
def shares() -> dict[str, float]:
    """Of each class, how many of its queries find what they mean among the first five."""
    call_command("sample_world", "small", verbosity=0)
    dice = Random(SEED)
    homes = list(
        Facility.objects.filter(status="open", is_sample=True)
        .select_related("division__parent")
        .order_by("pk")
    )
    characters = "".join(sorted({character for home in homes for character in spoken(home)}))
    drawn = {
        name: dice.sample(homes, EACH)
        for name in ("two", "pinyin", "initials", "traditional", "full", "wrong")
    }
    features = [dice.choice(CATALOGUE) for _ in range(EACH)]
    hits = {
        "one character": [all_hold(dice.choice(characters)) for _ in range(EACH)],
        "two characters": [finds(brand_of(home), home) for home in drawn["two"]],
        "pinyin": [finds(hanzi.pinyin(spoken(home)), home) for home in drawn["pinyin"]],
        "initials": [finds(hanzi.initials(spoken(home)), home) for home in drawn["initials"]],
        "traditional": [finds(TO_TRADITIONAL.convert(spoken(home)), home) for home in drawn["traditional"]],
        "full width": [
            finds(hanzi.pinyin(spoken(home)).translate(FULL_WIDTH), home) for home in drawn["full"]
        ],
        "one wrong character": [
            finds(one_wrong(dice, spoken(home), characters), home) for home in drawn["wrong"]
        ],
        "feature": [asks_feature(str(feature.label), feature.code) for feature in features],
    }
    return {name: sum(found) / len(found) for name, found in hits.items()}


def test_each_way_of_typing_finds_what_is_meant_among_the_first_five(shares):
    assert len(shares) == 8
    assert {name: share for name, share in shares.items() if share < GOAL} == {}


@pytest.fixture
def home() -> Facility:
    return FacilityFactory(open=True, division_id="450502", listed_name="北海汀鹭颐养院")


@pytest.mark.parametrize(
    "q",
    [
        "鹭", "汀鹭", "北海汀鹭颐养院", "汀鷺頤養院", "ｔｉｎｇｌｕ", "tinglu", "TingLu", "bhtlyyy", "tl", "ting",
        "beihai tinglu", "海城区 汀鹭", "广西 汀鹭", "450502 汀鹭", "4505 汀鹭", "汀 鹭", "汀鹭·颐养院",
    ],
)  # fmt: skip
def test_a_home_is_found_strictly(home, q):
    found = search(q)

    assert home in [row.facility for row in found.rows]
    assert (found.count, found.near_misses) == (1, False)


@pytest.mark.parametrize(
    "q",
    [
        "汀路颐养院",
        "汀鹭颐养园",
        "汀鹭怡养院",
        "北海汀鹭颐恙院",
        "北海颐养院",
        "汀鹭颐院",
        "tinglyyiyang",
        "汀鹭 贝海",
    ],
)
def test_one_wrong_character_is_forgiven_and_said(home, q):
    found = search(q)

    assert [row.facility for row in found.rows] == [home]
    assert (found.count, found.near_misses) == (0, True)


@pytest.mark.parametrize("q", ["汀", "大熊猫基地", "鸬鹚", "xq", "汀路颐恙院"])
def test_what_is_further_away_is_not_offered(q):
    FacilityFactory(open=True, division_id="450502", listed_name="北海浦鸥颐养院")

    assert (search(q).rows, search(q).near_misses) == ([], False)


def test_a_word_that_stands_somewhere_is_no_slip_of_the_pen(home):
    params = QueryDict("q=汀鹭&province=21")

    found = find(BaseQuery.from_params(params))

    assert (found.rows, found.near_misses) == ([], False)


def test_what_sounds_alike_comes_first_among_what_is_near(home):
    FacilityFactory(open=True, division_id="450502", listed_name="阿海汀鹅颐养院")

    assert search("汀路颐养院").rows[0].facility == home


@pytest.mark.parametrize("q", ["电梯", "電梯", "升降机", "dianti", "电替"])
def test_a_feature_is_a_word_too(home, q):
    FacilityFactory(open=True, division_id="450502", listed_name="北海浦鸥颐养院")
    FeatureReportFactory(facility=home, feature="lift")

    assert [row.facility for row in search(q).rows] == [home]


def test_the_whole_name_comes_before_what_begins_with_it_what_holds_it_and_the_place():
    names = ["江门北海敬老院", "北海敬老院二部", "北海敬老院", "浦鸥之家"]
    for name in names:
        FacilityFactory(open=True, division_id="450502", listed_name=name)

    assert [home.listed_name for home in top("北海敬老院")] == [
        "北海敬老院",
        "北海敬老院二部",
        "江门北海敬老院",
    ]
    assert [home.listed_name for home in top("北海")][-1] == "浦鸥之家"


def test_a_number_finds_its_facility_alone(home):
    assert top(home.number) == [home]


@pytest.mark.parametrize(
    "q",
    ["'", "\\", "%", "_", "汀'鹭", "汀\\鹭", "汀%鹭", "汀_鹭", ":c45", "!汀", "汀|鹭", "'汀'&'鹭'", "汀:*"],
)
def test_marks_of_the_query_language_are_characters_like_others(home, q):
    params = QueryDict(mutable=True)
    params["q"] = q
    if not hanzi.words(q):
        return

    found = find(BaseQuery.from_params(params))

    assert {row.facility.pk for row in found.rows} <= {home.pk}


def test_words_are_read_apart_by_script():
    assert [term.text for term in Words.read("广州YLY 颐养 颐养").terms] == ["广州", "yly", "颐养"]
