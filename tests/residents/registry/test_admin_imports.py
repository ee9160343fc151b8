import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from residents.registry import services
from residents.registry.cells import in_source
from residents.registry.models import ImportBatch, Resident
from residents.registry.sheets import HEADINGS
from sojourn.core.actors import Role
from sojourn.core.identifiers import sample_identity
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.provinces import RuleFactory
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.spreadsheets import HEADINGS as HEADINGS_SENT
from tests.residents.spreadsheets import person, uploaded, xlsx
from tests.web.signing_in import sign_in
from tests.web.sweeping import ROLES, client_of

pytestmark = pytest.mark.django_db
SEND, LIST = "admin:registry_importbatch_send", "admin:registry_importbatch_changelist"


@pytest.fixture
def officer():
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    return sign_in(user)


def send(client, content: bytes, name: str = "名单.xlsx"):
    return client.post(reverse(SEND), {"kind": "residents", "file": uploaded(content, name)})


def page_of(batch: ImportBatch, name: str = "change") -> str:
    return reverse(f"admin:registry_importbatch_{name}", args=[batch.pk])


def text(answer) -> str:
    return answer.content.decode()


def test_beside_the_file_stands_the_way_to_each_template(officer):
    page = text(officer.get(reverse(SEND)))

    for kind in ("residents", "assessments"):
        assert f'href="{reverse("admin:registry_importbatch_template", args=[kind])}"' in page


def test_the_template_has_headings_choices_and_a_guide_and_is_taken_back_as_it_is(officer):
    answer = officer.get(reverse("admin:registry_importbatch_template", args=["residents"]))

    book = load_workbook(io.BytesIO(answer.content))
    headings = [cell.value for cell in book["老年人"][1]]
    assert answer["Content-Disposition"] == 'attachment; filename="residents-template.xlsx"'
    assert headings[:3] == ["姓名*", "身份证号码*", "户籍所在地区*"]
    assert [heading.strip("*") for heading in headings] == [in_source(label) for label in HEADINGS.values()]
    listed = [each.formula1 for each in book["老年人"].data_validations.dataValidation]
    assert '"独立行走,借助器具行走,使用轮椅,长期卧床"' in listed
    assert "天河区" in str([[cell.value for cell in row] for row in book["填写说明"].iter_rows()])
    assert "没有数据行" in text(send(officer, answer.content))


def test_a_spreadsheet_is_sent_looked_through_confirmed_and_undone(officer):
    known = ResidentFactory(identity_number=sample_identity(2, BORN))

    sent = send(officer, xlsx([person(4), person(2), person(6, name="张3"), [*person(8)[:2], "=A1"]]))

    batch = ImportBatch.objects.get()
    page = text(officer.get(page_of(batch)))
    assert sent.url == page_of(batch)
    assert Resident.objects.count() == 1
    assert "姓名：请按户口簿或身份证填写" in page
    assert "户籍所在地区：这一格是公式" in page
    assert known.number in page
    for hidden in ("张3", "安一", sample_identity(4, BORN)):
        assert hidden not in page

    officer.post(page_of(batch, "confirm"))
    working = text(officer.get(page_of(batch)))
    services.apply_import(batch_id=batch.pk)
    done = text(officer.get(page_of(batch)))
    assert '<meta http-equiv="refresh" content="3">' in working
    assert "http-equiv" not in done
    assert "已写入" in done
    assert Resident.objects.count() == 2

    officer.post(page_of(batch, "undo"))
    services.take_back_import(batch_id=batch.pk)
    assert "导入已撤销" in text(officer.get(page_of(batch)))
    assert Resident.objects.get() == known


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.xlsx", "没有内容"),
        (b"\x89PNG\r\n\x1a\n\0", "a.xlsx", "只接收xlsx表格或csv文本"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xlsx", "旧版xls"),
        (b"PK\x03\x04broken", "a.xlsx", "已损坏"),
        (xlsx([["安一", "1", "2"]], ["名", "号", "地"]), "a.xlsx", "表头与模板不一致"),
        (xlsx([]), "a.xlsx", "没有数据行"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(officer, content, name, says):
    answer = send(officer, content, name)

    assert answer.status_code == 200
    assert says in text(answer)
    assert not ImportBatch.objects.exists()


def test_a_form_without_a_file_says_so(officer):
    assert "请选择文件" in text(officer.post(reverse(SEND), {}))


def test_rows_and_megabytes_are_limited_by_the_rules_of_the_day(officer):
    RuleFactory(key="resident_import_rows", member_id="440000", value=1)
    many = send(officer, xlsx([person(2), person(4)]))
    RuleFactory(key="resident_import_megabytes", member_id="440000", value=0)
    large = send(officer, xlsx([person(2)]))

    assert "表格超过1行数据" in text(many)
    assert "文件超过0兆字节" in text(large)


def test_a_path_in_the_name_of_a_file_leads_nowhere(officer, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    send(officer, xlsx([person(2)]), "../../etc/名单.xlsx")

    assert ImportBatch.objects.count() == 1
    assert list(tmp_path.iterdir()) == []


def test_good_rows_of_ten_thousand_come_in_and_the_bad_are_listed(officer):
    rows = [person(2 * n, name="张3" if n % 33 == 0 else "安一") for n in range(1, 10_001)]
    lines = [HEADINGS_SENT, *rows]

    send(officer, "\r\n".join(",".join(line) for line in lines).encode(), "名单.csv")

    batch = ImportBatch.objects.get()
    page = text(officer.get(page_of(batch)))
    assert services.counts_of(batch) == {"good": 9_697, "bad": 303}
    assert page.count("姓名：请按户口簿") == 303
    assert '<td data-label="行号">34</td>' in page


def test_a_session_without_second_factor_and_an_auditor_come_to_none_of_it(officer):
    send(officer, xlsx([person(2)]))
    batch = ImportBatch.objects.get()
    auditor = UserFactory()
    MembershipFactory(user=auditor, role=Role.AUDITOR, division_code="440000")
    reader = sign_in(auditor)
    passphrase_only = client_of("officer_without_second_factor")

    assert "待确认" in text(reader.get(page_of(batch)))
    for name in ("confirm", "discard", "undo"):
        assert reader.post(page_of(batch, name)).status_code == 403
        assert passphrase_only.post(page_of(batch, name)).url.startswith("/admin/login/")
    assert send(reader, xlsx([person(4)])).status_code == 403
    assert send(passphrase_only, xlsx([person(4)])).url.startswith("/admin/login/")
    assert list(ImportBatch.objects.values_list("status", flat=True)) == ["checked"]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_comes_to_an_import_beyond_her_reach(role):
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, division_code="230103")
    send(sign_in(user), xlsx([person(2, home="南岗区"), person(4)]))
    batch, someone = ImportBatch.objects.get(), client_of(role)

    for name in ("change", "history", "confirm", "discard", "undo"):
        for ask in (someone.get, someone.post):
            answer = ask(page_of(batch, name))
            assert answer.status_code in {302, 403}
            assert "没有填写" not in text(answer)
    listed = text(someone.get(reverse(LIST)))

    assert str(batch.pk) not in listed
    assert ImportBatch.objects.get().status == "checked"


def test_a_page_of_many_rows_asks_no_more_than_one_of_few(officer):
    asked = []
    for rows in ([person(2, name="张3")], [person(2 * n, name="张3") for n in range(40)]):
        send(officer, xlsx(rows))
        officer.get(reverse(LIST))
        with CaptureQueriesContext(connection) as queries:
            officer.get(page_of(ImportBatch.objects.latest("uploaded_at")))
        asked.append(len(queries))

    assert asked[0] == asked[1]
