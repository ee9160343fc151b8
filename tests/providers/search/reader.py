"""Reads the public pages as a visitor would, and tells which words stand outside what is marked as Chinese."""

import re
from html.parser import HTMLParser

from django.test import Client

LARGEST_PAGE = 150 * 1024
CHINESE = re.compile(r"[\u3400-\u9fff]")
LANGUAGES = ("zh-hans", "zh-hant", "en")


class Reader(HTMLParser):
    """The words of a page, and those of them that stand outside everything marked as Chinese."""

    VOID = frozenset(["meta", "link", "img", "input", "br"])

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.chinese_outside_marks: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        words = dict(attributes)
        marked = bool(self.open and self.open[-1]) or words.get("lang", "").startswith("zh")
        shown = [words[name] for name in ("alt", "title", "placeholder", "aria-label") if words.get(name)]
        if not marked:
            self.chinese_outside_marks += [text for text in shown if CHINESE.search(text)]
        if tag not in self.VOID:
            self.open.append(marked)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        if CHINESE.search(data) and not self.open[-1]:
            self.chinese_outside_marks.append(data.strip())


def reader(language: str = "zh-hans", **cookies: str) -> Client:
    client = Client(raise_request_exception=False)
    for name, value in ({"language": language} | cookies).items():
        client.cookies[name] = value
    return client


def read(address: str, *, status: int = 200, language: str = "zh-hans", **cookies: str) -> str:
    response = reader(language, **cookies).get(address)
    assert response.status_code == status, address
    return response.text
