"""A real Chromium before a real server, both on this machine."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture(scope="session", autouse=True)
def playwright_may_wait_for_the_database():
    """Playwright's loop runs in this thread, and Django takes that for asynchronous code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("No Chromium found: install it, or name it in the environment variable CHROMIUM.")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, live_server):
    """Opens pages of this node as a visitor with a width and with scripts on or off.

    A page that breaks the content security policy, raises a script error or asks another host for
    anything fails the test when it ends.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def visit(
        path: str = "/", *, viewport: dict = PHONE, scripts: bool = True, locale: str = "zh-CN"
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, viewport=viewport, java_script_enabled=scripts, locale=locale
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: _note(troubles, line))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: _own(troubles, request.url, live_server.url))
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert troubles == []


def _note(troubles: list[str], line) -> None:
    """What has no address is what a test's own script did, as axe does that adds a style to look at a page."""
    if line.type == "error" and line.location["url"] and "status of 4" not in line.text:
        troubles.append(line.text)


def _own(troubles: list[str], url: str, server: str) -> None:
    if not url.startswith((server, "data:")):
        troubles.append(f"asked {url}")
