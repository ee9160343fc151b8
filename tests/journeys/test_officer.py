"""An officer signs in with her second factor and looks after the facilities of her county."""

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

from providers.facilities.models import Facility
from sojourn.core.actors import Role
from sojourn.core.models import AuditEntry
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.facilities import FacilityFactory
from tests.journeys.conftest import DESKTOP

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSPHRASE = "候鸟南飞-2026-冬天"


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return f"{hotp_value(secret, counter):06d}"


@pytest.fixture
def officer():
    """An officer of 天河区 with an open facility, and a facility elsewhere; returns user and TOTP secret."""
    user = UserFactory(username="lin", name="样例·林")
    user.set_password(PASSPHRASE)
    user.save()
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    FacilityFactory(listed_name="样例云栖颐养院", division_id="440106", status="open", is_sample=True)
    FacilityFactory(listed_name="样例松鹤颐养院", division_id="230103", status="open", is_sample=True)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return user, secret


def sign_in(page, secret: str) -> None:
    page.get_by_label("登录名").fill("lin")
    page.get_by_label("密码").fill(PASSPHRASE)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("验证码").fill(code_of(secret))
    page.get_by_role("button", name="登录", exact=True).click()


def test_an_officer_pauses_a_facility_of_her_county(visit, officer):
    page = visit("/admin/", viewport=DESKTOP)

    sign_in(page, officer[1])
    page.goto("/admin/facilities/facility/?q=yqyyy")
    page.get_by_role("link", name="样例云栖颐养院").click()
    page.get_by_role("link", name="暂停旅居接待").click()
    for field in page.locator("form textarea, form input[type=text]").all():
        field.fill("冬季检修水管")
    page.locator("main form button[type=submit], #content form button").last.click()
    page.get_by_text("机构已暂停旅居接待。").wait_for()  # the click alone does not wait for the verb

    facility = Facility.objects.get(listed_name="样例云栖颐养院")
    assert facility.status == "paused"
    assert AuditEntry.objects.filter(subject_id=str(facility.pk), actor_user_id=officer[0].pk).exists()


def test_facilities_elsewhere_are_not_hers(visit, officer):
    page = visit("/admin/", viewport=DESKTOP)

    sign_in(page, officer[1])
    page.goto("/admin/facilities/facility/?q=松鹤")

    assert "样例松鹤颐养院" not in page.locator("body").inner_text()


def test_a_wrong_code_lets_nobody_in(visit, officer):
    page = visit("/admin/", viewport=DESKTOP)
    page.get_by_label("登录名").fill("lin")
    page.get_by_label("密码").fill(PASSPHRASE)
    page.get_by_role("button", name="下一步").click()

    page.get_by_label("验证码").fill("000000" if code_of(officer[1]) != "000000" else "111111")
    page.get_by_role("button", name="登录", exact=True).click()

    page.goto("/admin/")
    assert page.url.endswith("/accounts/sign-in/?next=/admin/") or "/accounts/" in page.url
