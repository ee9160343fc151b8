"""Two nodes, each real processes: what is changed at one is seen at the other, also after one was away."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from sojourn.local import doors
from sojourn.local.paths import ROOT
from tests.journeys.conftest import DESKTOP
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
AGE_COPIES = "UPDATE sharing_cursor SET confirmed_at = confirmed_at - interval '3 hours'"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running_demo() as demo:
        yield demo


@pytest.fixture
def window(chromium) -> Iterator[Page]:
    context = chromium.new_context(viewport=DESKTOP, locale="zh-CN")
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


def text_at(demo: Demo, page: Page, name: str, number: str) -> str:
    """What a visitor reads about a facility at a node."""
    page.goto(f"{demo.nodes[name].address}bases/{number}/")
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
