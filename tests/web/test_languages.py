"""Every page in three languages: chosen, remembered, and said in the lang attribute."""

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from sojourn.core.refusals import Refusal
from sojourn.web.languages import ENGLISH, SIMPLIFIED, TRADITIONAL, TraditionalMiddleware, choose_language

pytestmark = pytest.mark.django_db


def answered(response, *, language: str = TRADITIONAL):
    with translation.override(language):
        return TraditionalMiddleware(lambda request: response)(RequestFactory().get("/"))


@pytest.mark.parametrize(
    ("wanted", "lang", "words"),
    [
        ("", "zh-Hans", "旅居养老"),
        ("zh-CN,zh;q=0.9", "zh-Hans", "旅居养老"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant", "旅居養老"),
        ("zh-HK", "zh-Hant", "旅居養老"),
        ("en-GB,en;q=0.9", "en", "Find a base"),
        ("fr-FR,en;q=0.5", "en", "Find a base"),
        ("fr-FR", "zh-Hans", "旅居养老"),
        ("*", "zh-Hans", "旅居养老"),
    ],
)
def test_a_first_visit_speaks_the_language_the_browser_names(wanted, lang, words):
    response = Client().get("/", headers={"accept-language": wanted})

    assert f'<html lang="{lang}"' in response.text
    assert words in response.text
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in response["Vary"].split(",")}


def test_a_chosen_language_is_remembered_before_what_the_browser_names():
    client = Client(headers={"accept-language": "zh-CN"})

    response = client.post("/language/", {"language": ENGLISH, "next": "/statistics/?x=1"})

    assert (response.status_code, response["Location"]) == (302, "/statistics/?x=1")
    assert '<html lang="en"' in client.get("/").text


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "javascript:alert(1)",
        "/\\elsewhere.example",
        "",
        "x",
        "\x00",
        "http:///x",
    ],
)
def test_choosing_a_language_never_leads_to_another_site(address):
    response = Client().post("/language/", {"language": TRADITIONAL, "next": address})

    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.parametrize("language", ["", "fr", "zh", "zh-hans\x00", "x" * 10_000])
def test_an_unknown_language_is_refused_and_nothing_remembered(language):
    response = Client().post("/language/", {"language": language})

    assert response.status_code == 400
    assert not response.cookies


def test_only_a_form_chooses_a_language():
    assert Client().get("/language/").status_code == 405


def test_the_form_needs_no_token_so_that_pages_need_no_cookie():
    response = Client(enforce_csrf_checks=True).post("/language/", {"language": ENGLISH})

    assert response.status_code == 302
    assert not Client().get("/").cookies


def test_a_page_goes_out_in_traditional_with_the_right_length():
    page = HttpResponse("<p>广东</p>", headers={"Content-Length": "14"})

    response = answered(page)

    assert response.text == "<p>廣東</p>"
    assert response["Content-Length"] == str(len(response.content))


@pytest.mark.parametrize("language", [SIMPLIFIED, ENGLISH])
def test_other_languages_leave_the_page_alone(language):
    assert answered(HttpResponse("<p>广东</p>"), language=language).text == "<p>广东</p>"


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse('{"name": "广东"}', content_type="application/json"),
        HttpResponse("广东", content_type="text/plain"),
        HttpResponse("广东", headers={"Content-Encoding": "gzip"}),
    ],
)
def test_what_is_no_page_goes_out_as_it_is(response):
    before = response.content

    assert answered(response).content == before


def test_what_is_streamed_goes_out_as_it_is():
    response = answered(StreamingHttpResponse([b"<p>", "广东".encode()]))

    assert b"".join(response).decode() == "<p>广东"


def test_the_refusal_names_the_field():
    with pytest.raises(Refusal) as refused:
        choose_language(RequestFactory().post("/language/", {"language": "fr"}))

    assert [error["field"] for error in refused.value.errors] == ["language"]
