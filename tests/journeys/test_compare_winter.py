"""A family looks for February in 广西 and in 广东, opens two, compares them and prints the answer.

Without scripts, on a phone, in traditional characters, in elder mode and with text at twice its size.
"""

import re
from pathlib import Path

import pytest

from tests.factories.facilities import FacilityFactory, FeatureReportFactory, OperatorFactory
from tests.journeys.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = {"450502": "样例北海银滩颐养院", "440803": "样例湛江霞山颐养院"}


@pytest.fixture
def two_homes():
    """One facility in 北海 and one in 湛江, both reported, taking people who need a hand."""
    for division, name in NAMES.items():
        facility = FacilityFactory(
            open=True,
            reported=True,
            listed_name=name,
            division_id=division,
            operator=OperatorFactory(),
            levels_taken=["intact", "mild"],
        )
        FeatureReportFactory(facility=facility)


def doubled(page, address: str) -> None:
    """The page of this address, once it stands, in twice the text size of the reader."""
    page.wait_for_url(address)
    page.evaluate("document.documentElement.style.setProperty('font-size', 'calc(var(--root-size) * 2)')")


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def sheets(printed: Path) -> int:
    """How many sheets of paper a printed page takes."""
    return len(re.findall(rb"/Type /Page\b(?!s)", printed.read_bytes()))


@pytest.fixture
def reader(visit):
    """A page in traditional characters and elder mode."""
    page = visit("/", viewport=PHONE, scripts=False)
    page.get_by_role("button", name="繁體").click()
    page.get_by_role("button", name="長輩模式").click()
    assert page.locator("html").get_attribute("class") == "elder"
    return page


def search_february(page, province: str) -> None:
    page.goto("/")
    doubled(page, "**/")
    assert fits(page)
    page.get_by_label("哪個月去").select_option("2")
    page.get_by_label("省份").select_option(province)
    page.get_by_role("button", name="查找").click()
    doubled(page, "**/bases/?*")
    assert fits(page)


def test_february_in_two_provinces_is_searched_compared_and_printed(reader, two_homes, tmp_path):
    for province, name in (("450000", NAMES["450502"]), ("440000", NAMES["440803"])):
        search_february(reader, province)
        assert "2月均溫" in reader.locator("main").inner_text()
        reader.get_by_role("link", name=name, exact=True).click()
        doubled(reader, "**/bases/FC*/")
        assert fits(reader)
        reader.get_by_role("button", name=re.compile("加入比較")).click()

    reader.get_by_role("link", name="去比較").click()
    doubled(reader, "**/compare/?*")

    assert fits(reader)
    text = reader.locator("main").inner_text()
    assert all(name in text for name in NAMES.values())
    assert "未報告" in text
    assert reader.url.count("base=") == 2
    reader.reload()
    reader.pdf(path=tmp_path / "compare.pdf", prefer_css_page_size=True)
    assert sheets(tmp_path / "compare.pdf") == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_result_prints_on_one_sheet(visit, two_homes, tmp_path, language):
    page = visit("/bases/?province=45&month=2", scripts=False)
    facility = page.get_by_role("link", name=NAMES["450502"]).get_attribute("href")
    page.context.add_cookies([{"name": "language", "value": language, "url": page.url}])

    for address in ("/bases/", "/bases/?province=44&month=2", facility, "/guide/", "/statistics/", "/"):
        page.goto(address)
        page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
        assert sheets(tmp_path / "page.pdf") == 1, address
