"""The staff's first day: setting up the second factor, and every kind of page of the admin, in a browser."""

import pytest
from django.urls import reverse

from sojourn.accounts import totp
from sojourn.core.actors import Role
from sojourn.core.clock import now
from tests.factories.accounts import PASSPHRASE, MembershipFactory, UserFactory
from tests.factories.facilities import FacilityFactory
from tests.journeys.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def newcomer():
    """An officer of 天河区 who has a passphrase and nothing else, and a facility of hers."""
    user = UserFactory(username="lin", name="样例·林")
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    return FacilityFactory(listed_name="样例云栖颐养院", division_id="440106", reported=True)


def come_in(page) -> None:
    """Sign in for the first time: passphrase, secret typed into an app, its code, recovery codes put away."""
    page.get_by_label("登录名").fill("lin")
    page.get_by_label("密码").fill(PASSPHRASE)
    page.get_by_role("button", name="下一步").click()
    secret = "".join(page.locator(".step-secret span").all_inner_texts())
    page.get_by_label("验证码").fill(totp.code_at(secret, totp.step_at(now())))
    page.get_by_role("button", name="完成设置").click()
    page.get_by_role("link", name="已收好，去工作台").click()


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_newcomer_sets_up_her_second_factor_and_stands_where_she_wanted_to_go(visit, newcomer):
    page = visit("/admin/facilities/facility/", viewport=PHONE, scripts=False)

    come_in(page)

    assert page.url.endswith("/admin/facilities/facility/")
    assert page.get_by_role("link", name="样例云栖颐养院").is_visible()


def test_the_picture_of_the_secret_is_shown_under_the_strict_policy(visit, newcomer):
    page = visit("/admin/", viewport=PHONE)
    page.get_by_label("登录名").fill("lin")
    page.get_by_label("密码").fill(PASSPHRASE)
    page.get_by_role("button", name="下一步").click()

    assert page.locator(".step-code").evaluate("image => image.complete && image.naturalWidth > 0")
    assert fits(page)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_no_page_of_the_admin_breaks_the_policy_or_scrolls_sideways(visit, newcomer, viewport, colours):
    page = visit("/admin/", viewport=viewport)
    page.emulate_media(color_scheme=colours)
    come_in(page)
    row = "admin:facilities_facility"
    places = ["/admin/", reverse(f"{row}_changelist"), reverse(f"{row}_register")]
    places += [
        reverse(f"{row}_{name}", args=[newcomer.pk]) for name in ("change", "history", "amend", "open")
    ]
    places += [
        "/admin/core/auditentry/",
        "/accounts/second-factor/",
        "/accounts/recovery-codes/",
        "/accounts/passphrase/",
    ]

    for place in places:
        assert page.goto(place).status == 200, place
        assert fits(page), place


def test_only_the_recovery_codes_are_printed(visit, newcomer):
    page = visit("/admin/", viewport=DESKTOP)
    come_in(page)
    page.goto("/accounts/recovery-codes/")

    page.emulate_media(media="print")

    assert page.locator(".step-codes li").count() == 10
    assert page.locator(".step-codes").is_visible()
    assert not page.get_by_role("link", name="换一套新的").is_visible()
    assert not page.locator(".step-help div").is_visible()
