"""What stands around every page, and pages that stand when nothing else does."""

import re

import pytest
from django.conf import settings
from django.template import loader
from django.test import Client, RequestFactory
from django.utils import translation

from sojourn.web import furniture
from sojourn.web.furniture import Door, Source

STATIC = settings.ROOT / "sojourn" / "web" / "static" / "web"
TEMPLATES = settings.ROOT / "templates"


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(furniture, "_doors", {})
    monkeypatch.setattr(furniture, "_sources", {})


def test_the_navigation_shows_only_doors_that_exist_in_their_order(registry):
    furniture.offer_door(Door(label="后", url_name="statistics", order=2))
    furniture.offer_door(Door(label="无", url_name="nowhere", order=0))
    furniture.offer_door(Door(label="先", url_name="bases", order=1))

    assert [(door["label"], door["address"]) for door in furniture.doors()] == [
        ("先", "/bases/"),
        ("后", "/statistics/"),
    ]


def test_the_door_one_stands_in_is_marked(registry):
    furniture.offer_door(Door(label="找基地", url_name="bases", order=1))

    assert [door["current"] for door in furniture.doors(current="bases", path="/bases/")] == ["page"]
    assert [door["current"] for door in furniture.doors(current="home", path="/")] == [""]


def test_below_a_door_it_is_marked_too_and_below_the_first_it_is_not(registry):
    furniture.offer_door(Door(label="首页", url_name="home", order=1))
    furniture.offer_door(Door(label="找基地", url_name="bases", order=2))

    assert [door["current"] for door in furniture.doors("base", path="/bases/A1/")] == ["", "true"]
    assert [door["current"] for door in furniture.doors("privacy", path="/basest/")] == ["", ""]


def test_sources_are_named_once_in_their_order(registry):
    for order in (2, 1, 2):
        furniture.cite_source(Source(label=f"来源{order}", period="2021", order=order))

    assert [source.label for source in furniture.sources()] == ["来源1", "来源2"]


@pytest.mark.django_db
def test_every_door_of_the_navigation_opens():
    for door in furniture.doors():
        assert Client().get(door["address"], follow=True).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("shown", [True, False])
def test_a_node_with_sample_data_says_so_on_every_page(settings, shown):
    settings.SAMPLE_WORLD = shown

    assert ("演示环境" in Client().get("/statistics/").text) is shown


@pytest.mark.parametrize("code", ["500", "503"])
def test_the_pages_of_last_resort_need_nothing_and_speak_three_languages(code):
    page = loader.get_template(f"{code}.html").render()

    assert {'lang="zh-Hans"', 'lang="zh-Hant"', 'lang="en"'} <= set(re.findall(r'lang="[\w-]+"', page))


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429"])
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_error_pages_say_what_to_do_in_every_language(code, language):
    with translation.override(language):
        page = loader.get_template(f"{code}.html").render({}, RequestFactory().get("/x"))

    assert '<a class="button" href="/">' in page
    assert "<h1>" in page


def test_templates_carry_no_inline_style_and_no_inline_script():
    """The content policy would switch them off without a word."""
    breaches = [
        path.name
        for path in TEMPLATES.rglob("*.html")
        if re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", path.read_text("utf-8"))
    ]

    assert breaches == []


def test_nothing_is_fetched_from_another_host():
    addresses = {
        (path.name, address)
        for path in [*STATIC.iterdir(), *TEMPLATES.rglob("*.html")]
        for address in re.findall(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text("utf-8"))
    }

    assert {address for _, address in addresses} <= {"http://www.w3.org"}


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("ink", "grounds", "least"),
    [
        ("ink", ["paper", "card", "mist", "sand"], 7),
        ("ink-soft", ["paper", "card", "mist", "sand"], 7),
        ("water", ["paper", "card", "mist", "water-tint"], 7),
        ("persimmon", ["paper", "card", "persimmon-tint"], 7),
        ("grain", ["grain-tint"], 7),
        ("leaf", ["card"], 7),
        ("alarm", ["alarm-tint", "card"], 7),
        ("on-dark", ["water", "water-deep", "persimmon"], 7),
        ("on-dark-soft", ["water-deep"], 7),
        ("control", ["paper", "card"], 3),
        ("focus", ["paper", "card", "mist", "sand", "grain-tint"], 3),
        ("focus-on-dark", ["water-deep"], 3),
    ],
)
def test_what_is_read_stands_out_from_its_ground(ink, grounds, least):
    sheet = (STATIC / "tokens.css").read_text("utf-8").split("@media")[0]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", sheet))

    for ground in grounds:
        assert contrast(colours[ink], colours[ground]) >= least, (ink, ground)


def test_a_page_that_refuses_leads_home_and_repeats_nothing_that_was_typed(client):
    for address in ("/nowhere/word/?q=word", "/bases/word/?q=word"):
        answer = client.get(address)

        assert answer.status_code == 404
        assert "word" not in answer.content.decode()
        assert 'name="next" value="/"' in answer.content.decode()
