"""Two assessors make an assessment on a tablet: a draft kept in the middle, two signatures, a level with its reasons."""

import re

import pytest

from residents.assessments.models import Assessment
from residents.assessments.services import findings_of
from sojourn.accounts import totp
from sojourn.accounts.models import User
from sojourn.core.clock import now
from tests.factories.accounts import PASSPHRASE
from tests.factories.assessments import actor_of, drafted
from tests.factories.residents import ResidentFactory
from tests.residents.assessments.answers import EXACTLY_MILD, SCALE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TABLET = {"width": 768, "height": 1024}
SMALLEST_TARGET = 44


@pytest.fixture
def draft() -> Assessment:
    """An assessment of 单雪雁 that nobody has begun, by two who can sign in as first and second."""
    draft = drafted(ResidentFactory(name="单雪雁"))
    for username, assessor in {"first": draft.first_assessor, "second": draft.second_assessor}.items():
        User.objects.filter(pk=assessor.user_id).update(username=username)
    return draft


def come_in(page, username: str) -> None:
    """Sign in for the first time, with an app set up on the way."""
    page.get_by_label("登录名").fill(username)
    page.get_by_label("密码").fill(PASSPHRASE)
    page.get_by_role("button", name="下一步").click()
    secret = "".join(page.locator(".step-secret span").all_inner_texts())
    page.get_by_label("验证码").fill(totp.code_at(secret, totp.step_at(now())))
    page.get_by_role("button", name="完成设置").click()
    page.get_by_role("link", name="已收好，去工作台").click()


def choose(page, code: str, score: int) -> None:
    """Tap the row of a choice, anywhere on it."""
    page.locator(f'[id="item-{code}"] label:has(input[value="{score}"])').click()


def filled_in(page) -> str:
    """How many the page counts by itself, before anything is sent."""
    return page.evaluate(
        """() => {
            const bar = document.querySelector('.scale-filled');
            return String(document.querySelectorAll('.scale-item:not(.scale-short) input:checked').length)
                + ' ' + getComputedStyle(bar, '::after').content;
        }"""
    )


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_two_assessors_make_an_assessment_on_a_tablet(visit, draft, scripts):
    page = visit("/admin/assessments/assessment/", viewport=TABLET, scripts=scripts)
    come_in(page, "first")
    page.get_by_role("link", name=draft.number).click()
    page.get_by_role("link", name="填写评估").click()
    codes = list(SCALE.items)

    for code in codes[:12]:
        choose(page, code, EXACTLY_MILD[code])
    if scripts:  # kept by itself, before any button
        page.get_by_text("草稿已自动保存").wait_for()
        assert findings_of(Assessment.objects.get(), actor_of(draft.second_assessor)).filled(SCALE) == 12
    page.locator('[id="partB.2"]').get_by_role("button", name="保存草稿").click()

    assert page.url.endswith("/fill/#partB.2")
    assert page.locator("input[type=radio]:checked").count() == 12
    if scripts:
        assert filled_in(page).startswith("12 ")
        assert fits(page)
        heights = page.locator(".scale-choice").evaluate_all(
            "rows => rows.map(r => r.getBoundingClientRect().height)"
        )
        assert min(heights) >= SMALLEST_TARGET
    page.get_by_role("button", name="保存并核对").click()
    assert "已填 12 / 26" in page.locator(".result-progress").inner_text()
    assert page.locator(".result-open li").count() == 14 + 4

    page.get_by_role("link", name="“时间定向”还没有评分").click()
    for code in codes[12:]:
        choose(page, code, EXACTLY_MILD[code])
    choose(page, "coma", "no")
    choose(page, "dementia", "yes")
    choose(page, "mental_disorder", "no")
    page.get_by_label("次数").fill("0")
    page.get_by_role("button", name="保存并核对").click()

    result = page.locator(".result").inner_text()
    assert "已填 26 / 26" in result
    assert "能力中度受损（中度失能）" in result
    assert "总分66分（满分90分），初步等级为“能力轻度受损（轻度失能）”" in result
    page.get_by_role("link", name="签字").click()
    assert "能力中度受损（中度失能）" in page.locator(".result").inner_text()
    page.get_by_role("button", name="签字").click()
    page.get_by_text("已签字。").wait_for()
    assert Assessment.objects.get().status == "signed_once"

    other = visit(f"/admin/assessments/assessment/{draft.pk}/change/", viewport=TABLET, scripts=scripts)
    come_in(other, "second")
    other.goto(f"/admin/assessments/assessment/{draft.pk}/sign/")
    assert (
        "由“能力轻度受损（轻度失能）”改为“能力中度受损（中度失能）”" in other.locator(".result").inner_text()
    )
    other.get_by_role("button", name="签字").click()
    other.get_by_text("已签字。").wait_for()

    done = Assessment.objects.get()
    assert (done.status, done.level) == ("final", "moderate")
    shown = other.locator("#content").inner_text()
    assert re.search(r"能力等级\s+能力中度受损（中度失能）", shown)
    assert "单雪雁" not in shown
