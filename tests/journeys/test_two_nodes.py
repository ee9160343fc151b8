"""Two nodes, each real processes: what is changed at one is seen at the other, also after one was away."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from sojourn.local import doors
from sojourn.local.paths import ROOT
from sojourn.local.sample.callers import DAUGHTER
from sojourn.sharing.protocol import pages
from tests.journeys.conftest import DESKTOP, PHONE
from tests.prove.two_nodes import CHANGE_FACILITY, Demo, running_demo, unfollowed

pytestmark = [pytest.mark.browser]

# Seal within a second, tell the peer, pull: three seconds on a machine that does nothing else.
SOON = 20.0
# A node that was away is asked after a pause that doubles each time; it asks the others at once.
CATCHES_UP = 150.0
OPEN_ONE = (
    "SELECT id::text, number, listed_name FROM facilities_facility"
    " WHERE owner = %s AND status = 'open' AND is_sample ORDER BY number LIMIT 1"
)
STATUS = "SELECT status FROM facilities_facility WHERE id = %s"
STALE = "出发前请再打电话确认"
ASK_AT_ONCE = "UPDATE sharing_peer SET next_poll_at = now()"
FAILURES = "SELECT failures FROM sharing_peer"
# A resident whose guardian takes a consent back is nowhere at the other member a minute later.
GONE_WITHIN = 60.0
GUARDED = (
    "SELECT consent.id::text, resident.number FROM registry_link AS link"
    " JOIN registry_resident AS resident ON resident.id = link.resident_id"
    " JOIN consents_consent AS consent ON consent.resident_id = resident.id"
    " WHERE link.relation = 'guardian' AND consent.status = 'given' AND consent.receiver_member = '500000'"
)
COPY = "SELECT resident_number FROM consents_extract WHERE id = %s"
PAGES_OF_EXTRACTS = (
    "SELECT page.header, page.signature, page.packed FROM sharing_page AS page"
    " JOIN sharing_feed AS feed ON feed.id = page.feed_id"
    " WHERE feed.owner = '440000' AND feed.resource = 'resident_extracts' ORDER BY page.id"
)
CODE = re.compile(r"验证码是：((?:\d，){5}\d)")
AGE_COPIES = "UPDATE sharing_cursor SET confirmed_at = confirmed_at - interval '3 hours'"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running_demo() as demo:
        yield demo


@pytest.fixture
def window(chromium) -> Iterator[Page]:
    yield from _opened(chromium, DESKTOP)


@pytest.fixture
def telephone(chromium) -> Iterator[Page]:
    """A browser of its own: cookies do not tell the ports of one host apart."""
    yield from _opened(chromium, PHONE)


def _opened(chromium, viewport: dict) -> Iterator[Page]:
    context = chromium.new_context(viewport=viewport, locale="zh-CN")
    # Pages may be kept for ten seconds; with a route nothing is.
    context.route("**/*", lambda route: route.continue_())
    yield context.new_page()
    context.close()


def sign_in(demo: Demo, page: Page, name: str, who: str) -> None:
    """A sample account of a node stands before its workbench, second factor and all."""
    node = demo.nodes[name]
    [account] = [each for each in doors.sign_ins(node) if each["username"] == who]
    page.goto(f"{node.address}admin/")
    page.get_by_label("登录名").fill(who)
    page.get_by_label("密码").fill(account["password"])
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("验证码").fill(code_of(demo, name, who))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/admin/")


def code_of(demo: Demo, name: str, who: str) -> str:
    command = [sys.executable, "-m", "sojourn.local", "code", who, "--node", name]
    told = subprocess.run(command, env=demo.environ, cwd=ROOT, capture_output=True, text=True, check=True)
    return re.search(r"\b\d{6}\b", told.stdout).group()


def sign_in_by_phone(demo: Demo, page: Page, name: str) -> None:
    """The sample daughter stands before those she cares for, by the code that came to her telephone."""
    node = demo.nodes[name]
    page.goto(f"{node.address}sign-in/")
    page.get_by_label("电话号码").fill(DAUGHTER.phone)
    page.get_by_role("button", name="发验证码给我").click()
    demo.wait(lambda: node.messages.exists() and CODE.search(node.messages.read_text()), seconds=SOON)
    page.get_by_label("验证码").fill(CODE.findall(node.messages.read_text())[-1].replace("，", ""))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/my/")


def entries_of(demo: Demo, name: str, extract: str) -> list[dict | None]:
    """What the kept pages of a node tell of an extract, in their order: a body, or None for a tombstone."""
    parts = (map(bytes, row) for row in demo.witness(name).rows(PAGES_OF_EXTRACTS))
    kept = (pages.unframed(pages.joined(*each)) for each in parts)
    told = (pages.entry_of(line) for page in kept for line in pages.lines_of(page))
    return [entry.body for entry in told if entry.entity.endswith(extract)]


def text_at(demo: Demo, page: Page, name: str, number: str) -> str:
    """What a visitor reads about a facility at a node."""
    page.goto(f"{demo.nodes[name].address}bases/{number}/")
    return page.locator("body").inner_text()


def text_of(page: Page, address: str) -> str:
    page.goto(address)
    return page.locator("body").inner_text()


def test_a_change_at_one_node_is_seen_at_the_other_with_its_owner(demo, window):
    [(facility, number, name)] = demo.witness("44").rows(OPEN_ONE, "440000")
    assert "暂停接待" not in text_at(demo, window, "50", number)

    sign_in(demo, window, "44", "province-officer")
    window.goto(f"{demo.nodes['44'].address}admin/facilities/facility/{facility}/")
    window.get_by_role("link", name="暂停旅居接待").click()
    window.get_by_label("原因").fill("冬季检修水管")
    with window.expect_navigation():
        window.get_by_role("button", name="暂停旅居接待").click()
    assert demo.witness("44").rows(STATUS, facility) == [("paused",)]

    demo.wait(lambda: "暂停接待" in text_at(demo, window, "50", number), seconds=SOON)
    there = text_at(demo, window, "50", number)
    assert name in there
    assert "由广东省民政部门维护，本页是副本，核对于" in there
    assert "由广东省民政部门在本平台维护" in text_at(demo, window, "44", number)


def test_a_father_is_gone_at_the_other_node_when_his_daughter_takes_his_consent_back(demo, window, telephone):
    [(consent, number)] = demo.witness("44").rows(GUARDED)
    demo.wait(lambda: demo.witness("50").rows(COPY, consent) == [(number,)], seconds=CATCHES_UP)
    sign_in(demo, window, "50", "province-officer")
    there = f"{demo.nodes['50'].address}admin/consents/extract/"
    assert number in text_of(window, there)
    assert number in text_of(window, f"{there}{consent}/change/")

    sign_in_by_phone(demo, telephone, "44")
    telephone.get_by_role("link", name=number).click()
    telephone.get_by_role("link", name="谁看过").click()
    assert "广东省经办人于" in telephone.locator("main").inner_text()
    telephone.get_by_role("link", name="同意与委托").click()
    given = telephone.locator("li", has_text="重庆市民政部门可以查看")
    given.get_by_role("link", name="撤回").click()
    telephone.get_by_role("button", name="确认撤回").click()
    assert "已撤回，对方不能再查看" in telephone.locator("main").inner_text()

    demo.wait(lambda: number not in text_of(window, there), seconds=GONE_WITHIN)
    assert number not in text_of(window, f"{there}{consent}/change/")
    assert demo.witness("50").rows(COPY, consent) == []
    for name in ("44", "50"):
        assert entries_of(demo, name, consent) == [None], name


def test_one_that_was_away_catches_up_and_meanwhile_its_copies_tell_their_age(demo, window):
    [(_, number, _)] = demo.witness("50").rows(OPEN_ONE, "440000")
    [(theirs, _, _)] = demo.witness("44").rows(OPEN_ONE, "440000")
    [(ours, _, _)] = demo.witness("50").rows(OPEN_ONE, "500000")
    demo.wait(lambda: STALE not in text_at(demo, window, "50", number), seconds=CATCHES_UP)

    demo.ask("node", "44", "stop")
    demo.witness("50").alter(ASK_AT_ONCE)
    demo.wait(lambda: demo.witness("50").rows(FAILURES) > [(0,)])
    demo.witness("50").alter(AGE_COPIES)

    assert "广东省的数据最近一次核对在3小时" in text_at(demo, window, "50", number)
    with demo.witness("50").as_app() as connection:
        connection.execute(CHANGE_FACILITY, ["午后三点至五点", ours])

    demo.ask("node", "44", "start")
    with demo.witness("44").as_app() as connection:
        connection.execute(CHANGE_FACILITY, ["清晨七点至九点", theirs])

    demo.wait(lambda: _hours(demo, "44", ours) == "午后三点至五点", seconds=CATCHES_UP)
    demo.wait(lambda: _hours(demo, "50", theirs) == "清晨七点至九点", seconds=CATCHES_UP)
    demo.wait(lambda: not unfollowed(demo), seconds=CATCHES_UP)
    assert STALE not in text_at(demo, window, "50", number)


def _hours(demo: Demo, name: str, facility: str) -> str:
    [(hours,)] = demo.witness(name).rows(
        "SELECT telephone_hours FROM facilities_facility WHERE id = %s", facility
    )
    return hours


@pytest.mark.parametrize(("visitor", "visited"), [("44", "50"), ("50", "44")])
def test_a_member_that_runs_the_whole_protocol_finds_no_fault_with_either(demo, visitor, visited):
    told = demo.witness(visitor).manage("sharing_conformance", demo.nodes[visited].address)

    assert told.returncode == 0, told.stdout + told.stderr
    assert " 0 failed" in told.stdout
