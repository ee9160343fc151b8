"""What families showed and asked, and sheets that are done, go when their period is over; what they led to stays."""

from datetime import date

import pytest
from django.apps import apps

from residents.registry import scans, services
from residents.registry.errors import NothingDue
from residents.registry.models import CorrectionRequest, ImportBatch, ImportRow, Link, LinkRequest, Resident
from residents.registry.models.life import PurgeLine
from residents.registry.services import ask_correction, set_hold
from sojourn.core.actors import Role
from sojourn.core.clock import frozen
from sojourn.core.identifiers import sample_identity
from sojourn.core.models import AuditEntry
from sojourn.files.models import StoredFile
from sojourn.files.services import Upload
from tests.factories.files import PDF
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.purging import approved, due, prepared, purged
from tests.residents.registry.families import family_member, linked, proven
from tests.residents.spreadsheets import checked, person

pytestmark = pytest.mark.django_db
BEGUN, ENDED, THREE_YEARS_ON = date(2026, 1, 12), date(2026, 3, 2), date(2029, 3, 2)
NUMBER = sample_identity(9_300_001, BORN)
History = apps.get_model("registry", "LinkEvent")


@pytest.fixture
def father(own_keyring) -> Resident:
    return ResidentFactory(identity_number=NUMBER, name="单雪雁")


@pytest.fixture
def link(father) -> Link:
    """A guardian's, granted on what she asked with a picture of the proof, and ended later."""
    daughter = family_member()
    with frozen(BEGUN):
        asked = services.ask_link(
            name="单雪雁",
            identity_number=NUMBER,
            proven=proven("guardian", reference="簿7"),
            scan=Upload("x.pdf", PDF),
            actor=daughter,
        )
        services.grant_request(request_id=asked.pk, actor=staff("440106"))
    made = Link.objects.get()
    with frozen(ENDED):
        services.end_link(link_id=made.pk, reason="no_longer_so", actor=staff("440106"))
    return made


def hold(resident: Resident) -> None:
    set_hold(resident_id=resident.pk, ground="audit", case="审计1号", reason="专项", actor=staff("44"))


def test_the_proof_of_an_ended_link_goes_three_years_after_its_end_and_who_was_linked_stays(link):
    with frozen(date(2029, 3, 1)):
        assert due(prepared()) == {"link_request": (1, 0)}
    with frozen(THREE_YEARS_ON):
        report = purged()

    assert due(report) == {"link_proof": (1, 0), "link_request": (1, 0)}
    assert report.counts["link_proof"]["first"] == "2029-03-02"
    assert (report.status, set(report.lines.values_list("outcome", "due_on"))) == (
        "finished",
        {("purged", None)},
    )
    link.refresh_from_db()
    assert (link.status, link.proof_cipher, link.relation) == ("ended", None, "guardian")
    assert set(History.objects.values_list("proof_cipher", flat=True)) == {None}
    assert not StoredFile.objects.filter(owner_kind=scans.LINK).kept().exists()
    assert not LinkRequest.objects.exists()
    assert {"link.proof_purged", "linkrequest.purged"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )


def test_a_link_whose_day_came_is_over_without_anybody_ending_it(father):
    with frozen(BEGUN):
        linked(family_member(), father, reference="簿8", ends_on=ENDED)
    with frozen(THREE_YEARS_ON):
        assert due(purged()) == {"link_proof": (1, 0)}
        with pytest.raises(NothingDue):
            prepared()

    assert Link.objects.get().proof_cipher is None


def test_a_link_that_stands_keeps_its_proof(father):
    with frozen(BEGUN):
        standing = linked(family_member(), father, reference="簿9")
    with frozen(THREE_YEARS_ON), pytest.raises(NothingDue):
        prepared()

    assert Link.objects.get().proof_cipher == standing.proof_cipher


def test_a_hold_keeps_what_was_shown_and_asked_before_the_report_and_after_it(link, father):
    with frozen(THREE_YEARS_ON):
        report = approved(prepared())
        hold(father)
        services.purge()
        held = due_now()

    assert set(report.lines.values_list("outcome", flat=True)) == {"kept"}
    assert held == {}
    link.refresh_from_db()
    assert link.proof_cipher is not None
    assert LinkRequest.objects.filter(link=link).exists()


def due_now() -> dict:
    try:
        return due(prepared())
    except NothingDue:
        return {}


def test_a_hold_that_was_lifted_keeps_nothing(link, father):
    hold(father)
    services.lift_hold(hold_id=father.holds.get().pk, reason="结案", actor=staff("44"))

    with frozen(THREE_YEARS_ON):
        report = purged()

    assert due(report) == {"link_proof": (1, 0), "link_request": (1, 0)}
    link.refresh_from_db()
    assert link.proof_cipher is None


def test_each_members_own_stand_on_its_report_and_on_no_other(own_keyring):
    officer, guardian = staff("230103"), family_member()
    with frozen(BEGUN):
        resident = ResidentFactory(home_division_code="230103", identity_number=NUMBER, name="单雪雁")
        shown = proven("guardian", reference="簿7")
        asked = services.ask_link(name="单雪雁", identity_number=NUMBER, proven=shown, actor=guardian)
        services.grant_request(request_id=asked.pk, actor=officer)
        wanted = ask_correction(resident_id=resident.pk, field="phone", value="0000-0000009", actor=guardian)
        services.grant_correction(request_id=wanted.pk, actor=officer)
        sheet = checked([person(31, home="南岗区")], officer)
        services.confirm_import(batch_id=sheet.pk, actor=officer)
        services.apply_import(batch_id=sheet.pk)
    with frozen(ENDED):
        services.end_link(link_id=Link.objects.get().pk, reason="no_longer_so", actor=officer)

    with frozen(THREE_YEARS_ON):
        with pytest.raises(NothingDue):
            prepared("440000")
        report = purged("230000")

    assert due(report) == dict.fromkeys(
        ("link_proof", "correction_request", "link_request", "import_batch"), (1, 0)
    )


def test_a_sheet_of_the_whole_node_is_of_the_member_that_the_node_is_named_after(own_keyring):
    officer = staff("")
    with frozen(BEGUN):
        batch = checked([person(41)], officer)
        services.confirm_import(batch_id=batch.pk, actor=officer)
        services.apply_import(batch_id=batch.pk)
    assert batch.division_code == ""

    with frozen(THREE_YEARS_ON):
        with pytest.raises(NothingDue):
            prepared("230000")
        assert due(purged("440000")) == {"import_batch": (1, 0)}


@pytest.mark.parametrize("is_merged", [True, False])
def test_a_hold_keeps_what_is_of_any_of_her_registrations(link, father, is_merged):
    twin = ResidentFactory()
    gone, stays = (father, twin) if is_merged else (twin, father)
    hold(twin)
    Resident.objects.filter(pk=gone.pk).update(status="merged", merged_into=stays)
    other = refused_request()

    with frozen(THREE_YEARS_ON):
        report = prepared()

    assert due(report) == {"link_proof": (0, 1), "link_request": (1, 1)}
    assert report.lines.get().row == other.pk


def refused_request() -> LinkRequest:
    """One that named nobody's number, so it is of no resident."""
    with frozen(BEGUN):
        asked = services.ask_link(
            name="单雪",
            identity_number=sample_identity(9_300_007, BORN),
            proven=proven("child"),
            actor=family_member(),
        )
        return services.refuse_request(request_id=asked.pk, reason="not_matching", actor=staff("44"))


def test_a_request_that_led_to_nobody_is_purged_and_officers_of_the_province_see_its_line(father):
    asked = refused_request()

    with frozen(THREE_YEARS_ON):
        report = purged()

    line = PurgeLine.objects.get()
    assert (line.resident, line.row, line.outcome, report.status) == (None, asked.pk, "purged", "finished")
    assert not LinkRequest.objects.exists()
    for actor, sees in (
        (staff("44"), True),
        (staff("440106"), False),
        (staff("23"), False),
        (staff("44", role=Role.ADMIN), False),
    ):
        assert PurgeLine.objects.visible_to(actor).exists() is sees


def test_a_decided_correction_goes_with_the_picture_that_proved_it_and_what_is_registered_stays(father):
    with frozen(BEGUN):
        guardian = family_member()
        linked(guardian, father)
        asked, waiting = (
            ask_correction(
                resident_id=father.pk, field=field, value=said, scan=Upload("x.pdf", PDF), actor=guardian
            )
            for field, said in (("phone", "0000-0000009"), ("contact_name", "仇归林"))
        )
        services.grant_correction(request_id=asked.pk, actor=staff("440106"))

    with frozen(THREE_YEARS_ON):
        report = purged()

    assert due(report) == {"correction_request": (1, 0)}
    assert list(CorrectionRequest.objects.all()) == [waiting]
    assert [row.owner_id for row in StoredFile.objects.filter(owner_kind=scans.CORRECTION).kept()] == [
        waiting.pk
    ]
    assert Resident.objects.get(pk=father.pk).phone_cipher is not None


def test_a_finished_sheet_is_forgotten_and_whom_it_registered_stays_unless_a_hold_keeps_one(own_keyring):
    officer = staff("440106")
    with frozen(BEGUN):
        batches = [checked([person(seed)], officer) for seed in (21, 22, 23)]
        for batch in batches[:2]:
            services.confirm_import(batch_id=batch.pk, actor=officer)
            services.apply_import(batch_id=batch.pk)
    hold(batches[1].rows.get().resident)

    with frozen(THREE_YEARS_ON):
        report = purged()

    assert due(report) == {"import_batch": (1, 1)}
    assert set(ImportBatch.objects.values_list("pk", flat=True)) == {batches[1].pk, batches[2].pk}
    assert not ImportRow.objects.filter(batch=batches[0].pk).exists()
    assert Resident.objects.filter(status="registered").count() == 2
