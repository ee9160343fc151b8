"""The facilities a reader picked to compare: their numbers, kept by her browser until she closes it."""

import re
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sojourn.web.choices import remember

COOKIE = "compare"
LEAST, MOST = 2, 4
SEPARATOR = "."
NUMBER = re.compile(r"[A-Z]{2}[0-9]{2}-[0-9]{6,12}-[0-9A-Z]")


def picked_by(request: HttpRequest) -> list[str]:
    """The numbers in the order they were picked; what is no number of ours is passed over."""
    return numbers_among(request.COOKIES.get(COOKIE, "").split(SEPARATOR))[:MOST]


def numbers_among(texts: list[str]) -> list[str]:
    """Those that are written like our numbers, each once."""
    numbers = (text.strip().upper() for text in texts)
    return list(dict.fromkeys(number for number in numbers if NUMBER.fullmatch(number)))


def keep(response: HttpResponse, numbers: list[str]) -> None:
    """Let the browser remember exactly these, until it is closed."""
    remember(response, COOKIE, SEPARATOR.join(numbers), seconds=None)


def address_of(numbers: list[str], **words: str) -> str:
    """Where these are compared; the address alone says which."""
    asked = urlencode({"base": numbers} | {name: text for name, text in words.items() if text}, doseq=True)
    return f"{reverse('compare')}?{asked}".rstrip("?")


def shortlist_of(request: HttpRequest) -> dict:
    """For the templates: what is picked, whether another fits, and where it is compared."""
    numbers = picked_by(request)
    return {"numbers": numbers, "is_full": len(numbers) >= MOST, "most": MOST, "address": address_of(numbers)}
