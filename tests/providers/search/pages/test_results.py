"""The list: the whole form, what was chosen, what may be chosen next, and why each result fits or not."""

import re

import pytest

from tests.factories.facilities import FacilityFactory, FeatureReportFactory
from tests.providers.search.reader import read

pytestmark = pytest.mark.django_db


def home_in_guiyang(**facts):
    return FacilityFactory(open=True, division_id="520102", **facts)


def chips(page: str) -> list[str]:
    found = re.search(r'<ul class="chosen" aria-label.*?</ul>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>|\s+", "", chip) for chip in re.findall(r"<li>.*?</li>", found[0], re.DOTALL)]


def test_the_form_offers_every_word_of_the_search():
    page = read("/bases/")

    names = set(re.findall(r'<(?:input|select)[^>]* name="(\w+)"', page))
    assert {"q", "province", "month", "level", "budget", "star", "feature", "near", "radius"} <= names
    assert {"designated", "from", "to", "home"} <= names
    assert "要人搭把手（轻度失能）" in page


def test_every_field_has_a_label():
    page = read("/bases/?province=44&city=4401")

    fields = re.findall(r'<(?:input|select)[^>]* id="(id_\w+)"', page)
    assert len(fields) >= 12
    for field in fields:
        assert f'for="{field}"' in page or f'<label class="tick"><input id="{field}"' in page


def test_near_is_chosen_as_a_city_and_never_typed_as_a_point():
    page = read("/bases/?near=23.1253,113.2806")

    assert re.search(r'<option value="[\d.]+,[\d.]+"[^>]*>广州市</option>', page)


def test_a_point_of_ones_own_stays_in_the_form():
    page = read("/bases/?near=26.6,106.7&radius=20")

    assert '<option value="26.6,106.7" selected>' in page
    assert '<option value="20" selected>' in page


def test_each_chosen_word_can_be_taken_off_by_itself():
    page = read("/bases/?q=院&province=52&month=7&level=mild&budget=4000&feature=lift&feature=hot_water")

    assert chips(page) == [
        "“院”（去掉）",
        "贵州省（去掉）",
        "7月（去掉）",
        "要人搭把手（轻度失能）（去掉）",
        "每月不超过¥4,000（去掉）",
        "电梯（去掉）",
        "24小时热水（去掉）",
    ]
    assert (
        'href="/bases/?q=%E9%99%A2&amp;province=52&amp;month=7&amp;level=mild&amp;budget=4000&amp;feature=hot_water"'
        in page
    )


def test_a_result_says_in_one_line_what_the_month_is_like_there():
    home_in_guiyang()

    page = read("/bases/?province=52&month=1")

    assert "1月均温" in page
    assert "比哈尔滨暖" in page
    assert "供暖情况未报告" in page
    assert "1961–1990" in page


def test_the_weather_is_compared_with_the_home_that_was_chosen():
    home_in_guiyang()

    assert "比长春暖" in read("/bases/?province=52&month=1&home=2201")


def test_those_who_never_reported_are_counted_and_shown_on_request():
    home_in_guiyang(listed_name="说了价的院", reported=True)
    home_in_guiyang(listed_name="没说价的院")

    page = read("/bases/?province=52&budget=9000")
    assert "没说价的院" not in page
    link = re.search(r'还有 <strong>1</strong> 家.*?href="([^"#]+)#found"', page, re.DOTALL)
    more = read(link[1].replace("&amp;", "&"))

    assert "没说价的院" in more
    assert "说了价的院" in more


def test_a_facet_shows_how_many_answer_and_leads_there():
    facility = home_in_guiyang(levels_taken=["mild"])
    FeatureReportFactory(facility=facility, feature="lift")
    home_in_guiyang(levels_taken=["intact"])

    page = read("/bases/?province=52")

    assert re.search(
        r'href="/bases/\?province=52&amp;level=mild#found">要人搭把手（轻度失能） <strong>1</strong>', page
    )
    assert re.search(r'href="/bases/\?province=52&amp;feature=lift#found">电梯 <strong>1</strong>', page)


def test_another_city_takes_the_place_of_the_chosen_one():
    page = read("/bases/?province=44&city=4401")

    assert re.search(r'href="/bases/\?province=44&amp;city=440300#found">深圳市 <strong>2</strong>', page)


def test_the_map_draws_points_and_says_the_same_in_words():
    page = read("/bases/?province=44")

    assert re.search(r'<svg class="map-picture"[^>]* role="img" aria-label="[^"]*座城市有这样的机构', page)
    assert "<path" not in re.search(r'<svg class="map-picture".*?</svg>', page, re.DOTALL)[0]
    rows = re.findall(r"<tr><th scope=\"row\"><a[^>]*>(\w+)</a></th><td class=\"figure\">(\d+)</td>", page)
    assert dict(rows)["广州"] == "3"
    assert sum(int(count) for _city, count in rows) == 11


def test_a_municipality_is_one_point_of_the_map():
    FacilityFactory(open=True, division_id="500103")
    FacilityFactory(open=True, division_id="500229")  # 城口县, under another heading of the code table

    page = read("/bases/?province=50")

    assert (
        '<a class="counts-member" href="/bases/?province=500000#found">重庆</a></th><td class="figure">2</td>'
        in page
    )


def test_elder_mode_leaves_out_what_is_not_needed():
    usual, elder = read("/bases/?province=44"), read("/bases/?province=44", mode="elder")

    for spare in ("map-picture", 'class="fold facets'):
        assert spare in usual
        assert spare not in elder
    assert elder.count('class="card"') == usual.count('class="card"')


@pytest.mark.parametrize(
    ("words", "kept", "field"),
    [
        ("month=13&budget=4000", 'value="4000"', "month"),
        ("budget=4千&level=mild", 'value="mild" selected', "budget"),
        ("radius=20&star=3", 'value="3" selected', "radius"),
        ("near=here&feature=lift", 'value="lift" checked', "near"),
        ("month=2&from=2027-02-01&to=2027-03-01", 'value="2027-02-01"', "month"),
        ("level=old&q=院", 'value="院"', "level"),
    ],
)
def test_a_wrong_word_is_told_beside_its_field_and_the_others_stay(words, kept, field):
    page = read(f"/bases/?{words}", status=400)

    assert kept in page
    assert f'href="#id_{field}"' in page
    assert f'id="wrong_{field}"' in page


def test_a_city_by_itself_keeps_its_province_in_the_form():
    page = read("/bases/?city=4401")

    assert '<option value="440000" selected>' in page
    assert '<option value="440100" selected>' in page


def test_what_comes_near_is_called_so():
    page = read("/bases/?q=中山市广红颐养院")

    assert "没有完全相同的，下面是相近的" in page
    assert "中山市广弘颐养院" in page
