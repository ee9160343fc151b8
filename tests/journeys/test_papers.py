"""What a family or an officer prints is one A4, black on white: blanks for the counter, and each result."""

from datetime import timedelta

import pytest

from sojourn.core.actors import Role
from sojourn.core.clock import today
from tests.accounts.telephone import PHONE
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.assessments import final
from tests.factories.residents import ResidentFactory
from tests.journeys.conftest import DESKTOP
from tests.journeys.test_compare_winter import sheets
from tests.journeys.test_every_page import LANGUAGES, MODES
from tests.journeys.test_family import sign_in
from tests.journeys.test_staff_door import come_in
from tests.residents.assessments.answers import EXACTLY_MILD
from tests.residents.registry.families import family_member, linked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BLANKS = ("/guide/mandate/", "/guide/consent/")
# Every colour that paper would show, and what lies behind it.
COLOURS = """() => [...document.querySelectorAll('.blank-sheet, .blank-sheet *')].map(one => {
    const style = getComputedStyle(one); return [style.color, style.borderBottomColor, style.backgroundColor] })"""


def printed(page, path) -> int:
    """On how many sheets of paper the page comes out."""
    page.pdf(path=path, prefer_css_page_size=True)
    return sheets(path)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_blank_is_one_sheet_black_on_white(visit, live_server, tmp_path, language, mode):
    page = visit("/livez", scripts=True)
    chosen = {"language": language, "mode": mode}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in chosen.items()]
    )

    for address in BLANKS:
        page.goto(address)
        page.emulate_media(media="print")
        colours = {colour for one in page.evaluate(COLOURS) for colour in one}

        assert page.locator(".blank-sheet").inner_text().strip()
        assert colours <= {"rgb(0, 0, 0)", "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
        assert not page.locator("header, footer, .no-print").first.is_visible()
        assert printed(page, tmp_path / "blank.pdf") == 1, address


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_her_results_is_one_sheet(visit, live_server, tmp_path, language):
    resident = ResidentFactory(name="欧阳望海")
    final(resident, answers=EXACTLY_MILD, assessed_on=today() - timedelta(days=40))
    page = visit("/my/")
    sign_in(page)
    linked(family_member(PHONE), resident)
    page.context.add_cookies([{"name": "language", "value": language, "url": live_server.url}])
    address = f"/my/people/{resident.pk}/assessments/"

    page.goto(address)
    alone = printed(page, tmp_path / "one.pdf")
    final(resident, answers=EXACTLY_MILD)
    page.goto(address)

    assert alone == 1
    assert page.locator(".my-result").count() == 2
    assert printed(page, tmp_path / "two.pdf") == 2


def test_what_an_officer_reads_of_a_result_is_one_sheet(visit, tmp_path):
    MembershipFactory(user=UserFactory(username="lin"), role=Role.OFFICER, division_code="440106")
    result = final(ResidentFactory(), answers=EXACTLY_MILD)
    page = visit(f"/admin/assessments/assessment/{result.pk}/read/", viewport=DESKTOP)
    come_in(page)

    page.get_by_label("用途").select_option("verification")
    page.get_by_label("事由编号").fill("R-1")
    page.locator("form .verb").first.click()

    assert page.locator("#found").is_visible()
    assert page.get_by_text("时间定向").first.is_visible()
    assert printed(page, tmp_path / "read.pdf") == 1
