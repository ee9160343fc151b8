"""Who was served what under which ground, and the same as a file with its digest."""

import base64
import csv
import hashlib
import io

import pytest

from sojourn.core.actors import Role
from sojourn.core.models import AuditEntry
from sojourn.sharing.models import ServeRecord
from sojourn.sharing.services.exporting import harmless
from sojourn.sharing.states import Outcome
from tests.sharing.admin.conftest import signed_in
from tests.sharing.rows import peer

pytestmark = pytest.mark.django_db

RECORDS = "/admin/sharing/serverecord/"


@pytest.fixture(autouse=True)
def records(db):
    peer()
    place = {"owner": "440000", "resource": "facilities", "audience": "all"}
    ServeRecord.objects.create(
        node="50", asked="page", **place, epoch=1, no=3, outcome=Outcome.SERVED, ground="政务数据共享条例"
    )
    ServeRecord.objects.create(
        node="50", asked="page", **place, outcome=Outcome.REFUSED, reason="not_granted"
    )
    ServeRecord.objects.create(node="=1+1", asked="heads", outcome=Outcome.REFUSED, reason="not_signed")


def rows_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


def test_the_list_says_who_was_served_what_under_which_ground_or_why_not(client):
    page = client.get(RECORDS).content.decode()

    for told in ("广东省 · 养老机构", "政务数据共享条例", "没有授权", "请求没有签名", "1.3", "取数据页"):
        assert told in page


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ({"outcome__exact": "refused"}, 2),
        ({"node": "50"}, 2),
        ({"resource": "facilities", "outcome__exact": "served"}, 1),
        ({"at__gte": "2001-01-01 00:00:00+08:00", "at__lt": "2001-01-02 00:00:00+08:00"}, 0),
    ],
)
def test_it_is_narrowed_by_node_resource_outcome_and_day(client, words, count):
    assert client.get(RECORDS, words).context["cl"].result_count == count


def test_the_file_holds_what_the_filters_choose_and_the_trail_holds_its_digest(client):
    answer = client.post(f"{RECORDS}export/?outcome__exact=refused")

    digest = hashlib.sha256(answer.content).hexdigest()
    entry = AuditEntry.objects.get(action="serverecord.exported")
    assert entry.facts == {"rows": 2, "sha256": digest, "filters": {"outcome__exact": "refused"}}
    assert answer["Repr-Digest"] == f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
    assert digest[:16] in answer["Content-Disposition"]
    assert [row[8] for row in rows_of(answer)] == ["已拒绝", "已拒绝"]
    assert digest in client.get(RECORDS).content.decode()


def test_a_cell_that_a_spreadsheet_would_run_is_only_text(client):
    assert [row[1] for row in rows_of(client.post(f"{RECORDS}export/"))] == ["50", "50", "'=1+1"]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\tx", "\rx"])
def test_no_cell_begins_a_formula(cell):
    assert harmless(cell) == f"'{cell}"
    assert harmless("1.3") == "1.3"


def test_looking_at_the_form_exports_nothing_and_an_empty_choice_is_refused(client):
    page = client.get(f"{RECORDS}export/?node=50").content.decode()
    assert "导出 2 条记录" in page

    answer = client.post(f"{RECORDS}export/?node=50&resource=bases", follow=True)

    assert "没有可以导出的记录" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="serverecord.exported").exists()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR])
def test_staff_of_less_than_a_province_take_no_file(role):
    client = signed_in("440100", role)

    assert client.get(RECORDS).context["cl"].result_count == 0
    assert client.post(f"{RECORDS}export/").status_code == 302
    assert not AuditEntry.objects.filter(action="serverecord.exported").exists()
