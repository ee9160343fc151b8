from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from residents.registry import policy, services
from residents.registry.errors import HeadingsWrong, NoSuchImport, NothingToImport, NotYourImport
from residents.registry.models import Disclosure, ImportBatch, ImportRow, Resident, ResidentKey
from residents.registry.services import applying, enrolling
from residents.registry.states import IMPORT_FLOW, ImportStatus
from residents.registry.tasks import go_on
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen, now, today
from sojourn.core.identifiers import sample_identity
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import SecondFactorNeeded, WrongStatus
from tests.factories.residents import BORN, AccessFactory, ResidentFactory
from tests.residents.actors import staff
from tests.residents.dumping import dump
from tests.residents.spreadsheets import checked, person, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return staff("440106")


def applied(rows, actor) -> ImportBatch:
    batch = checked(rows, actor)
    services.confirm_import(batch_id=batch.pk, actor=actor)
    services.apply_import(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def undone(batch, actor) -> ImportBatch:
    services.undo_import(batch_id=batch.pk, actor=actor)
    services.take_back_import(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def test_a_check_registers_nobody_and_names_what_is_wrong_by_row_column_and_reason(officer):
    ResidentFactory(identity_number=sample_identity(2, BORN))
    rows = [
        person(4),
        person(2),
        person(6, name="张3", phone="1"),
        person(8, home="南岗区"),
        [*person(10)[:1], person(10)[1][:-1], "天河区"],
        person(4, name="安二"),
        ["安三", None, "天河区"],
    ]

    batch = checked(rows, officer)

    reasons = {row.number: row.reasons for row in batch.rows.filter(state="bad").order_by("number")}
    assert states(batch) == {2: "good", 3: "known", 4: "bad", 5: "bad", 6: "bad", 7: "bad", 8: "bad"}
    assert reasons == {
        4: [{"column": "name", "code": "name_unreadable"}, {"column": "phone", "code": "phone_unreadable"}],
        5: [{"column": "home_division", "code": "home_unknown"}],
        6: [{"column": "identity_number", "code": "identity_length_wrong"}],
        7: [{"column": "identity_number", "code": "same_as_row", "row": 2}],
        8: [{"column": "identity_number", "code": "missing"}],
    }
    assert (batch.status, batch.rows_read, batch.rows_bad) == ("checked", 7, 5)
    assert Resident.objects.count() == 1


def test_what_waits_is_sealed_and_what_is_bad_is_not_kept(officer):
    checked([person(4, name="欧阳白岭"), person(6, name="司徒白岭", phone="99887")], officer)

    text = dump()

    assert "白岭" not in text
    assert sample_identity(4, BORN) not in text
    assert ImportRow.objects.get(number=2).sealed.split(".")[1] == "440000-1"
    assert ImportRow.objects.get(number=3).sealed is None


def test_confirmed_rows_become_residents_of_their_homes_in_the_name_of_who_confirmed(officer):
    batch = applied([person(4, name="库尔班·尼亚孜"), person(6)], officer)

    resident = services.find_by_identity(identity_number=sample_identity(4, BORN), actor=officer)
    shown = services.disclose(
        resident_id=resident.pk,
        fields=["phone", "contact_name"],
        purpose="check_in",
        case="W-1",
        actor=officer,
    )
    assert (resident.name, resident.home_division_id, resident.diets) == (
        "库尔班·尼亚孜",
        "440106",
        ["soft", "halal"],
    )
    assert shown == {"phone": "00000000001", "contact_name": "仇归林"}
    assert (batch.status, states(batch)) == ("applied", {2: "registered", 3: "registered"})
    assert not ImportRow.objects.exclude(sealed=None).exists()
    registered = AuditEntry.objects.filter(action="resident.registered")
    assert {entry.actor_user_id for entry in registered} == {officer.user_id}


def test_who_was_registered_since_the_check_is_not_doubled(officer):
    batch = checked([person(4), person(6)], officer)
    ResidentFactory(identity_number=sample_identity(4, BORN))

    services.confirm_import(batch_id=batch.pk, actor=officer)
    services.apply_import(batch_id=batch.pk)

    assert states(batch) == {2: "known", 3: "registered"}
    assert Resident.objects.count() == 2


def test_a_known_person_is_linked_only_where_the_officer_sees_her(officer):
    here = ResidentFactory(identity_number=sample_identity(2, BORN))
    ResidentFactory(identity_number=sample_identity(4, BORN), home_division_code="230103")

    batch = checked([person(2), person(4)], officer)

    assert list(batch.rows.order_by("number").values_list("state", "resident")) == [
        ("known", here.pk),
        ("known", None),
    ]


def test_a_job_that_was_killed_is_taken_up_again_and_registers_each_once(officer, monkeypatch):
    monkeypatch.setattr(applying, "AT_ONCE", 2)
    batch = checked([person(seed) for seed in range(2, 12, 2)], officer)
    services.confirm_import(batch_id=batch.pk, actor=officer)
    services.apply_next_rows(batch_id=batch.pk)
    seen = set(Resident.objects.values_list("pk", flat=True))

    with monkeypatch.context() as patch:
        patch.setattr(enrolling, "register_unknown", _killed)
        with pytest.raises(KeyboardInterrupt):
            services.apply_import(batch_id=batch.pk)
    assert set(Resident.objects.values_list("pk", flat=True)) == seen
    assert services.unfinished_imports()[ImportStatus.APPLYING] == [batch.pk]
    services.apply_import(batch_id=batch.pk)
    services.apply_import(batch_id=batch.pk)

    batch.refresh_from_db()
    assert batch.status == "applied"
    assert Resident.objects.count() == ResidentKey.objects.count() == 5
    assert AuditEntry.objects.filter(action="resident.registered").count() == 5


def _killed(**_arguments):
    raise KeyboardInterrupt


def test_the_sweep_takes_up_what_was_left(officer, monkeypatch):
    batch = checked([person(2)], officer)
    services.confirm_import(batch_id=batch.pk, actor=officer)
    sent = []
    monkeypatch.setattr("residents.registry.tasks.apply_import.delay", sent.append)

    go_on()

    assert sent == [str(batch.pk)]


def test_one_who_is_refused_when_it_is_written_keeps_nobody_else_off(officer):
    batch = checked([person(2), person(4)], officer)
    services.confirm_import(batch_id=batch.pk, actor=officer)
    ImportBatch.objects.update(reach=["440105"])

    services.apply_import(batch_id=batch.pk)

    assert states(batch) == {2: "bad", 3: "bad"}
    assert batch.rows.get(number=2).reasons == [{"column": "identity_number", "code": "refused"}]
    assert not Resident.objects.exists()


def test_an_undone_import_leaves_nothing_that_tells_who_was_in_it(officer):
    before = ResidentFactory(name="白岭", identity_number=sample_identity(2, BORN))
    batch = applied([person(2), person(4, name="欧阳冰河"), person(6, name="司徒冰河")], officer)

    batch = undone(batch, officer)

    assert (batch.status, states(batch)) == ("undone", {2: "known", 3: "undone", 4: "undone"})
    assert list(Resident.objects.values_list("pk", flat=True)) == [before.pk]
    assert list(ResidentKey.objects.values_list("pk", flat=True)) == [before.pk]
    text = dump()
    assert "白岭" in text
    assert "冰河" not in text
    assert "binghe" not in text
    assert AuditEntry.objects.filter(action="resident.import_undone").count() == 2


def test_who_was_changed_or_looked_at_since_is_kept_and_listed(officer):
    batch = applied([person(seed) for seed in range(2, 12, 2)], officer)
    corrected, shown, opened, died, _ = Resident.objects.order_by("number")
    services.correct_resident(resident_id=corrected.pk, facts={"mobility": "walks"}, actor=officer)
    services.disclose(resident_id=shown.pk, fields=["phone"], purpose="check_in", case="W-1", actor=officer)
    AccessFactory(resident=opened)
    services.record_death(resident_id=died.pk, died_on=date(2026, 1, 1), actor=officer)

    batch = undone(batch, officer)

    assert states(batch) == {2: "kept", 3: "kept", 4: "kept", 5: "kept", 6: "undone"}
    assert Resident.objects.count() == 4
    assert Disclosure.objects.count() == 1


def test_after_an_undo_the_same_people_can_be_imported_again(officer):
    undone(applied([person(2)], officer), officer)

    again = applied([person(2)], officer)

    assert states(again) == {2: "registered"}
    assert Resident.objects.count() == 1


def test_one_who_is_known_to_a_later_sheet_can_still_be_undone(officer):
    first = applied([person(2)], officer)
    later = checked([person(2)], officer)

    undone(first, officer)

    assert not Resident.objects.exists()
    assert later.rows.get().resident_id is None


def test_a_discarded_import_keeps_the_reasons_and_nothing_of_people(officer):
    batch = checked([person(2), person(4, name="张3")], officer)

    services.discard_import(batch_id=batch.pk, actor=officer)

    assert states(batch) == {3: "bad"}
    assert ImportBatch.objects.get().status == "discarded"


def test_what_nobody_confirms_lapses_after_the_days_of_the_rule(officer):
    with frozen(today()):
        batch = checked([person(2)], officer)

    with frozen(today() + timedelta(days=7)):
        assert services.lapse_imports() == 0
    ImportBatch.objects.update(uploaded_at=now() - timedelta(days=7, minutes=1))
    assert services.lapse_imports() == 1

    batch.refresh_from_db()
    assert (batch.status, states(batch)) == ("lapsed", {})


@pytest.mark.parametrize("verb", ["confirm", "discard", "undo"])
@pytest.mark.parametrize("status", list(ImportStatus))
def test_a_verb_follows_from_its_statuses_alone(officer, verb, status):
    batch = checked([person(2)], officer)
    ImportBatch.objects.update(status=status, confirmed_by=officer.user_id, reach=["440106"])
    if status in IMPORT_FLOW.sources(verb):
        return
    service = getattr(services, f"{verb}_import")

    with pytest.raises(WrongStatus):
        service(batch_id=batch.pk, actor=officer)

    assert ImportBatch.objects.get().status == status


def test_a_sheet_without_a_good_row_is_not_confirmed(officer):
    batch = checked([person(2, name="张3")], officer)

    with pytest.raises(NothingToImport):
        services.confirm_import(batch_id=batch.pk, actor=officer)

    assert ImportBatch.objects.get().status == "checked"


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ({"second_factor": False}, SecondFactorNeeded),
        ({"role": Role.AUDITOR}, NotYourImport),
        ({"role": Role.ADMIN}, NotYourImport),
        ({"role": Role.FAMILY}, NotYourImport),
    ],
)
def test_only_an_officer_with_a_second_factor_sends_and_decides(officer, who, refusal):
    other = staff("440106", **who)
    batch = checked([person(2)], officer)

    with pytest.raises(refusal):
        checked([person(4)], other)
    for verb in (services.confirm_import, services.discard_import, services.undo_import):
        with pytest.raises((refusal, NoSuchImport)):
            verb(batch_id=batch.pk, actor=other)

    assert ImportBatch.objects.get().status == "checked"


@pytest.mark.parametrize(
    ("divisions", "sees"), [(("440106",), True), (("4401",), True), (("440105",), False), (("23",), False)]
)
def test_an_import_is_seen_by_whose_reach_covers_it(officer, divisions, sees):
    batch = checked([person(2)], officer)
    other = staff(*divisions)

    assert ImportBatch.objects.visible_to(other).contains(batch) is sees
    assert policy.can_view_batch(other, batch) is sees
    if not sees:
        with pytest.raises(NoSuchImport):
            services.confirm_import(batch_id=batch.pk, actor=other)


def test_an_officer_for_two_provinces_goes_on_with_her_own_sheet_and_only_while_both_are_hers(officer):
    both = staff("440106", "230103")
    hers, theirs = checked([person(2)], both), checked([person(3)], staff(""))

    assert set(ImportBatch.objects.visible_to(both)) == {hers}
    assert [policy.can_view_batch(both, batch) for batch in (hers, theirs)] == [True, False]
    fewer = replace(both, divisions=("230103",))
    assert not ImportBatch.objects.visible_to(fewer).exists()
    assert not policy.can_view_batch(fewer, hers)
    services.confirm_import(batch_id=hers.pk, actor=both)
    services.apply_import(batch_id=hers.pk)
    assert Resident.objects.get().home_division_id == "440106"


@pytest.mark.parametrize(
    "headings",
    [
        ["姓名", "身份证号码"],
        ["姓名", "身份证号码", "户籍所在地区", "单雪雁"],
        ["姓名", "身份证号码", "户籍所在地区", "姓名"],
        ["单雪雁", "天河区"],
    ],
)
def test_other_headings_than_those_of_the_template_are_refused_without_repeating_them(officer, headings):
    with pytest.raises(HeadingsWrong) as refused:
        checked([person(2)], officer, headings)

    assert "雪雁" not in str(refused.value.detail)
    assert not ImportBatch.objects.exists()


def test_a_check_asks_the_database_as_often_for_many_rows_as_for_few(officer):
    def statements(rows) -> int:
        before = len(connection.queries_log)
        connection.force_debug_cursor = True
        checked(rows, officer)
        connection.force_debug_cursor = False
        return len(connection.queries_log) - before

    assert statements([person(2)]) == statements([person(seed) for seed in range(4, 84, 2)])


def test_the_system_sees_every_import(officer):
    batch = checked([person(2)], officer)

    assert ImportBatch.objects.visible_to(SYSTEM).contains(batch)
