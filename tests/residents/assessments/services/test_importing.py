"""Results made elsewhere from a spreadsheet: by the same steps as residents, each bad row with its reasons."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from residents.assessments.models import Assessment
from residents.assessments.papers import HEADINGS, REASONS
from residents.assessments.services import differing, enter_result, importing, read_items, standing_level
from residents.assessments.services.importing import RESULTS
from residents.registry import services
from residents.registry.cells import in_source
from residents.registry.errors import HeadingsWrong, ImportKindUnknown
from residents.registry.models import ImportBatch, ImportRow
from residents.registry.services import applying, record_death
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import today
from sojourn.core.identifiers import sample_identity
from sojourn.core.models import AuditEntry
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.answers import BEST, EXACTLY_MILD, EXACTLY_SEVERE
from tests.residents.assessments.services.test_entering import paper
from tests.residents.dumping import dump
from tests.residents.merging import merged
from tests.residents.spreadsheets import checked, states, uploaded, xlsx
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
COLUMNS = [in_source(label) for label in HEADINGS.values()]


@pytest.fixture
def officer():
    return staff("440106")


def line(resident: str, answers=EXACTLY_MILD, **changed) -> list:
    """A paper of a resident by what stands in her column, in the order of the template."""
    said = {
        "resident": resident,
        "source": "样例市第一医院",
        "paper_reference": "评2026-0007",
        "assessed_on": f"{today() - timedelta(days=30):%Y-%m-%d}",
        "assessor1": "安一",
        "background1": "医学背景",
        "assessor2": "白二",
        "background2": "其他专业背景",
        **{code: str(score) for code, score in answers.items()},
        "coma": "否",
        "dementia": "否",
        "mental_disorder": "否",
        "care_risk_events": 0,
    }
    return [(said | changed)[column] for column in HEADINGS]


def sent(rows, actor) -> ImportBatch:
    return checked(rows, actor, COLUMNS, "assessments")


def applied(rows, actor) -> ImportBatch:
    batch = sent(rows, actor)
    services.confirm_import(batch_id=batch.pk, actor=actor)
    services.apply_import(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def undone(batch, actor) -> ImportBatch:
    services.undo_import(batch_id=batch.pk, actor=actor)
    services.take_back_import(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def reasons(batch) -> dict[int, list[tuple]]:
    rows = batch.rows.filter(state="bad").order_by("number")
    return {row.number: [(each["column"], each["code"]) for each in row.reasons] for row in rows}


def test_the_good_rows_are_entered_scored_by_us_and_marked(officer):
    mild = ResidentFactory()
    severe = ResidentFactory(identity_number=sample_identity(2, BORN))

    batch = sent([line(mild.number), line(sample_identity(2, BORN), EXACTLY_SEVERE)], officer)
    assert not Assessment.objects.exists()
    services.confirm_import(batch_id=batch.pk, actor=officer)
    services.apply_import(batch_id=batch.pk)

    batch.refresh_from_db()
    assert (batch.status, states(batch)) == ("applied", {2: "registered", 3: "registered"})
    assert list(Assessment.objects.order_by("level").values_list("resident", "level", "kind")) == [
        (mild.pk, "mild", "imported"),
        (severe.pk, "severe", "imported"),
    ]
    assert list(differing()) == []
    assert standing_level(resident_id=mild.pk, on=today(), actor=SYSTEM).level == "mild"
    assert AuditEntry.objects.filter(action="assessment.entered").count() == 2


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"assessed_on": "2999-01-01"}, [("assessed_on", "in_future")]),
        ({"assessed_on": "1940-01-01"}, [("assessed_on", "before_birth")]),
        ({"assessed_on": "去年"}, [("assessed_on", "day_unreadable")]),
        ({"B.1.1": "5"}, [("B.1.1", "above_maximum")]),
        ({"B.1.1": "好"}, [("B.1.1", "not_an_option")]),
        ({"B.1.1": "-1"}, [("B.1.1", "not_an_option")]),
        ({"B.1.1": None, "B.2.1": None}, [("B.1.1", "missing"), ("B.2.1", "missing")]),
        ({"coma": None}, [("coma", "missing")]),
        ({"coma": "也许"}, [("coma", "not_listed")]),
        ({"coma": "是"}, [("coma", "contradictory")]),
        ({"care_risk_events": "多"}, [("care_risk_events", "not_a_count")]),
        ({"source": "长" * 121}, [("source", "too_long")]),
        ({"background1": "护士"}, [("background1", "not_listed")]),
        ({"background1": "其他专业背景"}, [("background2", "no_medical_background")]),
        ({"assessor2": "安 一"}, [("assessor2", "same_assessor")]),
        ({"resident": "12"}, [("resident", "resident_unknown")]),
        ({"resident": sample_identity(90, BORN)}, [("resident", "resident_unknown")]),
        (
            {"B.1.1": "5", "assessed_on": "2999-01-01"},
            [("assessed_on", "in_future"), ("B.1.1", "above_maximum")],
        ),
        (
            {"coma": "昏迷", "B.1.1": "5", "assessed_on": "2999-01-01"},
            [("coma", "not_listed"), ("assessed_on", "in_future"), ("B.1.1", "above_maximum")],
        ),
    ],
)
def test_a_bad_row_says_by_column_and_reason_what_is_wrong(officer, changed, found):
    resident = ResidentFactory()

    batch = sent([line(**{"resident": resident.number, **changed})], officer)

    assert reasons(batch) == {2: found}
    assert not ImportRow.objects.exclude(sealed=None).exists()


def test_who_is_beyond_her_reach_reads_as_who_is_not_registered(officer):
    elsewhere = ResidentFactory(home_division_code="440105", identity_number=sample_identity(4, BORN))

    batch = sent([line(elsewhere.number), line(sample_identity(4, BORN))], officer)

    assert reasons(batch) == {2: [("resident", "resident_unknown")], 3: [("resident", "resident_unknown")]}


def test_who_died_is_not_assessed_by_a_file(officer):
    resident = ResidentFactory()
    record_death(resident_id=resident.pk, died_on=today(), actor=SYSTEM)

    batch = sent([line(resident.number)], officer)

    assert reasons(batch) == {2: [("resident", "resident_not_alive")]}


def test_a_registration_that_went_into_another_takes_no_paper_and_says_so(officer):
    goes, stays = ResidentFactory(identity_number=sample_identity(5, BORN)), ResidentFactory()
    merged(goes, stays)

    batch = sent([line(goes.number), line(sample_identity(5, BORN))], officer)

    assert reasons(batch) == {2: [("resident", "merged_away")]}


def test_a_paper_stands_once_in_a_sheet_and_once_on_the_register(officer):
    first, second = ResidentFactory(), ResidentFactory()
    enter_result(resident_id=second.pk, result=paper(), actor=officer)

    batch = sent([line(first.number), line(first.number, BEST), line(second.number)], officer)

    assert states(batch) == {2: "good", 3: "bad", 4: "known"}
    assert batch.rows.get(number=3).reasons == [
        {"column": "paper_reference", "code": "same_as_row", "row": 2}
    ]
    assert batch.rows.get(number=4).resident_id == second.pk


def test_what_waits_is_sealed_under_the_key_of_her_province(officer):
    resident = ResidentFactory(identity_number=sample_identity(6, BORN))

    batch = sent([line(sample_identity(6, BORN), assessor1="欧阳冰河")], officer)

    assert batch.rows.get().sealed.split(".")[1] == "440000-1"
    text = dump()
    assert resident.number in text
    assert [each for each in ("冰河", "样例市第一医院", sample_identity(6, BORN)) if each in text] == []


def test_a_killed_job_goes_on_and_enters_each_once(officer, monkeypatch):
    monkeypatch.setattr(applying, "AT_ONCE", 2)
    batch = sent([line(ResidentFactory().number) for _ in range(5)], officer)
    services.confirm_import(batch_id=batch.pk, actor=officer)
    services.apply_next_rows(batch_id=batch.pk)

    with monkeypatch.context() as patch:
        patch.setattr(importing, "enter_results", _killed)
        with pytest.raises(KeyboardInterrupt):
            services.apply_import(batch_id=batch.pk)
    assert Assessment.objects.count() == 2
    services.apply_import(batch_id=batch.pk)

    assert Assessment.objects.count() == 5
    assert set(states(batch).values()) == {"registered"}


def _killed(**_arguments):
    raise KeyboardInterrupt


def test_one_that_is_refused_when_it_is_written_keeps_no_other_off(officer):
    first, second = ResidentFactory(), ResidentFactory()
    batch = sent([line(first.number), line(second.number)], officer)
    services.confirm_import(batch_id=batch.pk, actor=officer)
    record_death(resident_id=first.pk, died_on=today(), actor=SYSTEM)

    services.apply_import(batch_id=batch.pk)

    assert states(batch) == {2: "bad", 3: "registered"}
    assert reasons(batch) == {2: [("paper_reference", "refused")]}


def test_what_was_entered_meanwhile_is_known_when_the_rows_are_written(officer):
    resident = ResidentFactory()
    batch = sent([line(resident.number)], officer)
    services.confirm_import(batch_id=batch.pk, actor=officer)
    enter_result(resident_id=resident.pk, result=paper(), actor=officer)

    services.apply_import(batch_id=batch.pk)

    assert states(batch) == {2: "known"}
    assert Assessment.objects.count() == 1


def test_an_undone_import_counts_for_nobody_and_may_be_sent_again(officer):
    resident = ResidentFactory()
    batch = undone(applied([line(resident.number)], officer), officer)

    assert (batch.status, states(batch)) == ("undone", {2: "undone"})
    assert Assessment.objects.get().status == "discarded"
    assert standing_level(resident_id=resident.pk, on=today(), actor=SYSTEM) is None
    assert AuditEntry.objects.filter(action="assessment.entry_undone").count() == 1

    applied([line(resident.number, EXACTLY_SEVERE)], officer)
    assert standing_level(resident_id=resident.pk, on=today(), actor=SYSTEM).level == "severe"


def test_what_somebody_read_since_is_kept_and_listed(officer):
    read, other = ResidentFactory(), ResidentFactory()
    batch = applied([line(read.number), line(other.number)], officer)
    shown = Assessment.objects.get(resident=read)
    read_items(assessment_id=shown.pk, purpose="assessment", case="粤1", actor=officer)

    batch = undone(batch, officer)

    assert states(batch) == {2: "kept", 3: "undone"}
    assert Assessment.objects.get(pk=shown.pk).status == "final"


def test_a_resident_of_an_undone_import_who_was_assessed_by_another_is_kept(officer):
    people = checked(
        [["安一", sample_identity(2, BORN), "天河区"]], officer, ["姓名", "身份证号码", "户籍所在地区"]
    )
    services.confirm_import(batch_id=people.pk, actor=officer)
    services.apply_import(batch_id=people.pk)
    applied([line(sample_identity(2, BORN))], officer)

    undone(people, officer)

    assert states(people) == {2: "kept"}
    assert Assessment.objects.get().status == "final"


def test_a_sheet_of_another_kind_is_not_read_as_this_one(officer):
    with pytest.raises(HeadingsWrong):
        checked([line("x")], officer, ["姓名", "身份证号码", "户籍所在地区"], "assessments")
    with pytest.raises(ImportKindUnknown):
        checked([line("x")], officer, COLUMNS, "nobody_knows")

    assert not ImportBatch.objects.exists()


def test_on_the_page_a_file_of_results_is_sent_looked_through_and_its_template_taken():
    member = MembershipFactory(user=UserFactory(), role=Role.OFFICER, division_code="440106")
    client, resident = sign_in(member.user), ResidentFactory()
    rows = [line(resident.number), line(resident.number, paper_reference="2", **{"B.1.1": "9"})]

    sent_to = client.post(
        reverse("admin:registry_importbatch_send"),
        {"kind": "assessments", "file": uploaded(xlsx(rows, COLUMNS))},
    )

    page = client.get(sent_to.url).content.decode()
    assert "进食：超过这一项的最高分" in page
    assert "补录的评估结果" in page
    assert [each for each in ("样例市第一医院", "安一") if each in page] == []
    template = client.get(reverse("admin:registry_importbatch_template", args=["assessments"]))
    heads, guide = load_workbook(io.BytesIO(template.content)).worksheets
    assert [cell.value.rstrip("*") for cell in heads[1]] == COLUMNS
    told = dict(guide.iter_rows(min_row=2, values_only=True))
    assert told["进食"].startswith("4：自己吃，不呛；3：")
    assert told["昏迷"] == "是、否"
    assert client.get(reverse("admin:registry_importbatch_template", args=["x"])).status_code == 302


def test_a_check_asks_as_often_for_many_papers_as_for_few(officer, django_assert_max_num_queries):
    few = [line(ResidentFactory().number)]
    many = [line(ResidentFactory().number) for _ in range(20)]
    with django_assert_max_num_queries(60) as first:
        sent(few, officer)
    with django_assert_max_num_queries(60) as second:
        sent(many, officer)

    assert len(first) == len(second)


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_reads_as_a_sentence(code):
    assert "{" not in RESULTS.in_words({"column": "source", "code": code, "row": 3})
