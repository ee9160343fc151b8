"""Elder mode: chosen by a form, remembered by the browser, told in the class of the page."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def chosen(mode: str) -> Client:
    client = Client()
    assert client.post("/mode/", {"mode": mode, "next": "/statistics/"}).status_code == 302
    return client


def test_a_page_is_as_usual_until_elder_mode_is_chosen():
    page = Client().get("/").text

    assert 'class="elder"' not in page
    assert 'value="elder"' in page


def test_elder_mode_is_remembered_on_every_page_and_can_be_left():
    client = chosen("elder")

    for address in ("/", "/bases/", "/statistics/", "/nowhere/"):
        assert 'class="elder"' in client.get(address).text
    client.post("/mode/", {"mode": "usual"})
    assert 'class="elder"' not in client.get("/").text


def test_the_choice_lasts_a_year_and_no_script_reads_it():
    cookie = chosen("elder").cookies["mode"]

    assert cookie["max-age"] == 365 * 24 * 60 * 60
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_choosing_leads_back_to_the_same_page_and_never_to_another_site():
    back = Client().post("/mode/", {"mode": "elder", "next": "/bases/?q=院"})
    away = Client().post("/mode/", {"mode": "elder", "next": "//elsewhere.example/"})

    assert back["Location"] == "/bases/?q=%E9%99%A2"
    assert away["Location"] == "/"


@pytest.mark.parametrize("mode", ["", "large", "elder\x00", "x" * 10_000])
def test_an_unknown_mode_is_refused_and_nothing_remembered(mode):
    response = Client().post("/mode/", {"mode": mode})

    assert response.status_code == 400
    assert not response.cookies


def test_only_a_form_chooses_a_mode_and_a_strange_cookie_changes_nothing():
    client = Client()
    client.cookies["mode"] = '"><b>'

    assert client.get("/mode/").status_code == 405
    assert "<b>" not in client.get("/").text
