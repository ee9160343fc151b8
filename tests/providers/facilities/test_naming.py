import pytest

from providers.facilities.naming import picture_seed, search_columns, spellings


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("中山市广弘颐养院", ["中山市广弘颐养院", "中山广弘颐养院"]),
        (
            "惠州市仲恺区社会综合福利服务中心",
            ["惠州市仲恺区社会综合福利服务中心", "惠州仲恺社会综合福利服务中心"],
        ),
        ("樵晋老龄家园", ["樵晋老龄家园"]),
        ("城市养老院", ["城市养老院"]),
        ("广西壮族自治区汀鹭院", ["广西壮族自治区汀鹭院", "广西壮族汀鹭院"]),
    ],
)
def test_a_name_is_spelt_with_and_without_its_words_for_divisions(name, written):
    assert spellings(name) == written


def test_each_search_column_holds_every_spelling_apart():
    columns = search_columns("中山市广弘颐养院")

    assert columns["name_normal"] == "中山市广弘颐养院 中山广弘颐养院"
    assert columns["initials"] == "zssghyyy zsghyyy"
    assert columns["pinyin"].split() == ["zhongshanshiguanghongyiyangyuan", "zhongshanguanghongyiyangyuan"]
    assert columns["sort_key"].isascii()


def test_traditional_and_full_width_names_have_the_same_columns():
    assert search_columns("深業頤居養老運營（深圳）有限公司") == search_columns(
        "深业颐居养老运营(深圳)有限公司"
    )


def test_the_same_name_is_drawn_as_the_same_picture():
    assert picture_seed("汀鹭颐养院") == picture_seed("汀鹭颐养院")
    assert picture_seed("汀鹭颐养院") != picture_seed("渚鸥颐养院")
