"""An officer sends results made elsewhere, reads what is wrong with them, has the rest entered, and undoes it all."""

from uuid import UUID

import pytest
from playwright.sync_api import Page

from residents.assessments.models import Assessment
from residents.registry import services
from residents.registry.models import ImportBatch, Resident
from sojourn.core.identifiers import sample_identity
from tests.factories.residents import BORN, ResidentFactory
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.test_every_page import serious
from tests.journeys.test_officer import officer, sign_in  # noqa: F401 - a fixture
from tests.residents.assessments.services.test_importing import COLUMNS, line
from tests.residents.spreadsheets import xlsx

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def residents() -> list[Resident]:
    return [ResidentFactory(), ResidentFactory(identity_number=sample_identity(2, BORN))]


@pytest.fixture
def sheet(residents) -> dict:
    """Two good rows, by number and by identity number; a stranger, a score that is too high, and one row twice."""
    first, second = residents
    rows = [
        line(first.number),
        line(sample_identity(2, BORN), paper_reference="评2026-0008"),
        line("RS44-999999-9"),
        line(second.number, paper_reference="评2026-0009", **{"B.1.1": "5"}),
        line(first.number),
    ]
    return {"name": "评估.xlsx", "mimeType": "application/octet-stream", "buffer": xlsx(rows, COLUMNS)}


def fits(page: Page, viewport: dict) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "telephone"])
def test_results_are_entered_from_a_sheet_with_reasons_and_undone(visit, officer, sheet, residents, viewport):  # noqa: F811
    page = visit("/admin/", viewport=viewport)
    sign_in(page, officer[1])

    page.goto("/admin/registry/importbatch/")
    page.get_by_role("link", name="从表格导入").click()
    page.get_by_label("导入内容").select_option("assessments")
    page.get_by_label("表格文件").set_input_files([sheet])
    page.get_by_role("button", name="从表格导入").click()

    body = page.locator("main, #content").first
    body.get_by_text("要看一看的行").wait_for()
    said = body.inner_text()
    assert "没有登记这位老年人，或不在您的辖区" in said
    assert "超过这一项的最高分" in said
    assert "与本表第2行是同一份报告" in said
    assert sample_identity(2, BORN) not in page.content()
    assert serious(page) == []
    assert fits(page, viewport)
    assert not Assessment.objects.exists()

    page.get_by_role("link", name="确认导入").click()
    page.get_by_role("button", name="确认导入").click()
    body.get_by_text("本页每三秒刷新一次").wait_for()
    [batch] = ImportBatch.objects.values_list("pk", flat=True)
    work(services.apply_import, batch)
    body.get_by_text("已写入").first.wait_for(timeout=15_000)
    assert set(Assessment.objects.values_list("resident", "level")) == {(one.pk, "mild") for one in residents}

    page.get_by_role("link", name="撤销导入").click()
    page.get_by_role("button", name="撤销导入").click()
    work(services.take_back_import, batch)
    body.get_by_text("导入已撤销").first.wait_for(timeout=15_000)
    assert set(Assessment.objects.values_list("status", flat=True)) == {"discarded"}


def work(job, batch: UUID) -> None:
    """There is no worker beside the test: its job is done when the page announces it."""
    job(batch_id=batch)
