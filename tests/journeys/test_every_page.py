"""Every public page, in three languages, as usual and in elder mode: nothing that shuts a reader out."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.factories.designation import BaseFactory
from tests.factories.facilities import FacilityFactory, FeatureReportFactory, OperatorFactory
from tests.journeys.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LANGUAGES = ("zh-hans", "zh-hant", "en")
MODES = ("usual", "elder")
SERIOUS = {"serious", "critical"}
SMALL = {"width": 320, "height": 640}
LARGEST_PAGE = 150 * 1024
LEAST_TARGET = 44


@pytest.fixture
def places() -> list[str]:
    """The address of every kind of public page, with something on each."""
    homes = []
    for division in ("520102", "440106"):
        facility = FacilityFactory(
            open=True, reported=True, division_id=division, operator=OperatorFactory(), levels_taken=["mild"]
        )
        FeatureReportFactory(facility=facility)
        homes.append(facility)
    BaseFactory(facility=homes[0])
    first, second = (home.number for home in homes)
    return [
        "/",
        "/bases/",
        "/bases/?province=44&month=2&level=mild&budget=9000&feature=lift&near=23.1253,113.2806",
        "/bases/?q=nothing-is-called-so&province=21",
        "/bases/?month=13&radius=20",
        f"/bases/{first}/",
        "/compare/",
        f"/compare/?base={first}&base={second}&month=11&months=3",
        "/seasons/",
        "/seasons/2/",
        "/seasons/rule/",
        "/statistics/",
        "/guide/",
        "/guide/mandate/",
        "/guide/consent/",
        "/nowhere/",
    ]


@pytest.fixture
def visitor(visit, live_server):
    """Opens a page as a reader who chose a language and a mode; returns it with all folds open."""

    def visitor(language: str, mode: str, *, viewport: dict = PHONE):
        page = visit("/livez", viewport=viewport)
        chosen = {"language": language, "mode": mode}
        page.context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in chosen.items()]
        )
        return page

    return visitor


def unfold(page) -> None:
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")


def serious(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {one['id']} {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in SERIOUS
    ]


def small_targets(page) -> list[str]:
    """What is pressed and is less than 44 px high, words within a sentence aside."""
    return page.evaluate(
        """least => [...document.querySelectorAll('main a, main button, main select, main summary, header a,'
             + ' header button, main input:not([type=hidden]):not([type=checkbox]), main label.tick')]
            .filter(one => one.checkVisibility() && getComputedStyle(one).display !== 'inline')
            .filter(one => !one.classList.contains('skip') && one.getBoundingClientRect().height < least - 0.5)
            .filter(one => getComputedStyle(one, '::after').position !== 'absolute')
            .map(one => one.outerHTML.slice(0, 120))""",
        LEAST_TARGET,
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious(visitor, places, language, mode):
    page, problems = visitor(language, mode), []

    for place in places:
        page.goto(place)
        unfold(page)
        problems += serious(page)

    assert problems == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_scrolls_sideways_at_320_px_and_at_twice_the_text(visitor, places, language, mode):
    page, wide = visitor(language, mode, viewport=SMALL), []

    for place in places:
        page.goto(place)
        unfold(page)
        if page.evaluate("document.documentElement.scrollWidth") > SMALL["width"]:
            wide.append(place)
    page.set_viewport_size(PHONE)
    for place in places:
        page.goto(place)
        unfold(page)
        page.evaluate("document.documentElement.style.setProperty('font-size', 'calc(var(--root-size) * 2)')")
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            wide.append(f"{place} at 200 %")

    assert wide == []


def test_what_is_pressed_is_large_enough(visitor, places):
    page, small = visitor("zh-hans", "usual"), []

    for place in places:
        page.goto(place)
        unfold(page)
        small += [f"{place} {one}" for one in small_targets(page)]

    assert small == []


def test_a_page_weighs_at_most_150_kb(visitor, places):
    page = visitor("zh-hant", "usual")

    weights = {place: len(page.goto(place).body()) for place in places}

    assert {place: weight for place, weight in weights.items() if weight > LARGEST_PAGE} == {}


def test_the_keyboard_reaches_the_content_first_and_focus_is_seen(visitor, places):
    page = visitor("zh-hans", "usual")
    page.goto("/bases/?province=44")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
