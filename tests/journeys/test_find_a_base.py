"""A family finds one of the real bases, whichever way they write its name."""

import opencc
import pytest
from pypinyin import Style, lazy_pinyin

from providers.designation.published import first_guangdong_list
from tests.journeys.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = [base.entry.listed_name for base in first_guangdong_list().bases]
TRADITIONAL = opencc.OpenCC("s2t")


def search(page, words: str) -> str:
    page.goto("/")
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("button", name="查找").click()
    return page.locator("main").inner_text()


def initials(name: str) -> str:
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore"))


def test_each_of_the_eleven_is_found_by_name_initials_and_traditional_form(visit):
    page = visit(scripts=False)

    for name in NAMES:
        for words in (name, initials(name), TRADITIONAL.convert(name)):
            assert name in search(page, words), words


def test_the_page_of_a_real_base_says_only_what_is_public(visit):
    page = visit(scripts=False)
    search(page, "zsghyyy" if "中山市广弘颐养院" in NAMES else NAMES[0])

    page.get_by_role("link", name="中山市广弘颐养院").click()

    text = page.locator("main").inner_text()
    assert "2021年11月15日" in text
    assert "未报告" in text or "尚未报告" in text
    assert "¥" not in text
    assert "样例" not in text


@pytest.mark.parametrize(
    "viewport", [{"width": 320, "height": 640}, PHONE, DESKTOP], ids=["320", "390", "1280"]
)
@pytest.mark.parametrize("language", ["简体", "繁體", "English"])
def test_no_page_scrolls_sideways_in_any_language(visit, viewport, language):
    page = visit(viewport=viewport)
    page.get_by_role("button", name=language).click()

    for path in (
        "/",
        "/bases/",
        "/bases/?q=nothing-is-called-so",
        "/bases/?page=-1",
        "/statistics/",
        "/nowhere/",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
        assert page.locator("html").get_attribute("lang") in {"zh-Hans", "zh-Hant", "en"}


def test_the_language_is_remembered_and_names_stay_as_they_are_written(visit):
    page = visit("/bases/?q=gdyy")

    page.get_by_role("button", name="繁體").click()
    page.goto("/statistics/")

    assert "統計" in page.locator("body").inner_text()
    page.goto("/bases/?designated=1")
    assert NAMES[0] in page.locator("main").inner_text()


def test_what_cannot_be_read_keeps_the_form_and_says_what_is_wrong(visit):
    page = visit("/bases/?q=惠州&page=-1", scripts=False)

    assert page.get_by_role("searchbox").input_value() == "惠州"
    assert page.get_by_role("alert").inner_text() != ""
