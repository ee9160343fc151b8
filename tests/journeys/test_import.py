"""An officer sends a spreadsheet, reads what is wrong with it, has the rest registered, and takes it all back."""

from uuid import UUID

import pytest

from residents.registry import services
from residents.registry.models import ImportBatch, Resident
from sojourn.core.identifiers import sample_identity
from tests.factories.residents import BORN, ResidentFactory
from tests.journeys.conftest import DESKTOP
from tests.journeys.test_officer import officer, sign_in  # noqa: F401 - a fixture
from tests.residents.spreadsheets import person, xlsx

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sheet() -> dict:
    """Two good rows, one of a person who is known, one with a wrong name and one that repeats the first."""
    rows = [person(4), person(6), person(2), person(8, name="张3"), person(4)]
    return {"name": "名单.xlsx", "mimeType": "application/octet-stream", "buffer": xlsx(rows)}


@pytest.fixture
def work():
    """There is no worker beside the test: its job is done when the page announces it."""
    jobs = {"apply_import": services.apply_import, "undo_import": services.take_back_import}

    def done(name: str, batch: UUID) -> None:
        jobs[name](batch_id=batch)

    return done


def test_an_officer_imports_a_spreadsheet_reads_the_reasons_and_undoes_it(visit, officer, sheet, work):  # noqa: F811
    known = ResidentFactory(identity_number=sample_identity(2, BORN))
    page = visit("/admin/", viewport=DESKTOP)
    sign_in(page, officer[1])

    page.goto("/admin/registry/resident/")
    page.get_by_role("link", name="表格导入").click()
    page.get_by_role("link", name="从表格导入").click()
    page.get_by_label("表格文件").set_input_files([sheet])
    page.get_by_role("button", name="从表格导入").click()

    body = page.locator("main, #content").first
    body.get_by_text("要看一看的行").wait_for()
    said = body.inner_text()
    assert "姓名：请按户口簿或身份证填写" in said
    assert "身份证号码：与本表第2行是同一个人" in said
    assert known.number in said
    assert sample_identity(4, BORN) not in page.content()
    assert Resident.objects.count() == 1

    page.get_by_role("link", name="确认导入").click()
    page.get_by_role("button", name="确认导入").click()
    body.get_by_text("本页每三秒刷新一次").wait_for()
    [batch] = ImportBatch.objects.values_list("pk", flat=True)
    work("apply_import", batch)
    body.get_by_text("已写入").first.wait_for(timeout=15_000)
    assert Resident.objects.count() == 3

    page.get_by_role("link", name="撤销导入").click()
    page.get_by_role("button", name="撤销导入").click()
    work("undo_import", batch)
    body.get_by_text("导入已撤销").first.wait_for(timeout=15_000)
    assert Resident.objects.get() == known
