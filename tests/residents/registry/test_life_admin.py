"""The staff's pages of a registration's life: every verb by its form, and nobody beyond her reach."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from residents.registry.models import Resident
from residents.registry.models.life import Duplicate, LegalHold, Merge, PurgeReport, Transfer
from residents.registry.services import find_duplicates, record_death
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen
from sojourn.desk.models import Proposal, WorkItem
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.registrations import life_of
from tests.factories.residents import ResidentFactory
from tests.web.signing_in import sign_in
from tests.web.sweeping import ROLES, client_of

pytestmark = pytest.mark.django_db
SAID = {"reason": "查过户口簿"}
MATTERS = ("legalhold", "purgereport", "purgeline", "duplicate", "merge", "transfer")
VERBS = {
    "resident": ("set-hold", "transfer-out", "protect", "propose-merge", "propose-erasure"),
    "legalhold": ("lift",),
    "purgereport": ("propose",),
    "duplicate": ("propose-merge", "tell-apart"),
    "merge": ("propose-undo",),
    "transfer": ("take-in", "refuse", "cancel"),
}


def client(division: str = "440000", role: Role = Role.OFFICER, *, second_factor: bool = True) -> Client:
    user = UserFactory()
    MembershipFactory(user=user, role=role, division_code=division)
    return sign_in(user, second_factor=second_factor)


def page(model: str, row=None, name: str = "change") -> str:
    return reverse(f"admin:registry_{model}_{name}", args=[row.pk] if row is not None else [])


def text(answer) -> str:
    return answer.content.decode()


def approve(proposal: Proposal, by: Client) -> None:
    answer = by.post(reverse("admin:desk_proposal_approve", args=[proposal.pk]), {"opinion": ""})
    assert answer.status_code == 302, text(answer)


@pytest.fixture
def resident(own_keyring) -> Resident:
    return ResidentFactory(name="单雪雁")


def test_one_officer_proposes_erasure_and_another_approves_at_the_desk(resident):
    first, second = client(), client()

    first.post(page("resident", resident, "propose-erasure"), {"ground": "unlawful", **SAID})
    proposal = Proposal.objects.get()
    seen = text(second.get(reverse("admin:desk_proposal_change", args=[proposal.pk])))
    approve(proposal, second)

    assert page("resident", resident) in seen
    assert "单雪雁" not in seen
    assert Resident.objects.get().status == "erased"


def test_a_hold_is_set_and_lifted_by_form_and_shuts_erasure(resident):
    officer = client()

    officer.post(page("resident", resident, "set-hold"), {"ground": "audit", "case": "1号", **SAID})
    hold = LegalHold.objects.get()
    refused = officer.post(page("resident", resident, "propose-erasure"), {"ground": "unlawful", **SAID})
    listed = text(officer.get(page("legalhold", name="changelist")))
    officer.post(page("legalhold", hold, "lift"), SAID)

    assert "这位老年人的信息依法留存，不能删除" in text(refused)
    assert resident.number in listed
    assert LegalHold.objects.get().lift_reason == SAID["reason"]
    assert page("legalhold", hold, "lift") not in text(officer.get(page("legalhold", hold)))


def test_the_dry_run_tells_how_many_why_and_from_when_and_the_second_officer_starts_it(resident):
    with frozen(date(2026, 11, 22)):
        record_death(resident_id=resident.pk, died_on=date(2020, 1, 1), actor=SYSTEM)
    first, second = client(), client()

    first.post(page("purgereport", name="prepare"), {"owner": "440000"})
    report = PurgeReport.objects.get()
    shown = text(first.get(page("purgereport", report)))
    lines = text(first.get(page("purgeline", name="changelist"), {"report__id__exact": str(report.pk)}))
    first.post(page("purgereport", report, "propose"), SAID)
    approve(Proposal.objects.get(), second)

    assert "已去世：1人保存满5年，最早的自2025-01-01起期满；另有0人依法留存，不列入。" in shown
    assert "0/1项已处理" in shown
    assert resident.number in lines
    report.refresh_from_db()
    assert report.status == "approved"
    assert Resident.objects.get().status == "died"


def test_a_pair_is_told_apart_or_merged_and_the_merge_undone(resident):
    ResidentFactory(name="单雪雁")
    find_duplicates()
    pair = Duplicate.objects.get()
    first, second = client(), client()

    listed = text(first.get(page("duplicate", name="changelist")))
    first.post(page("duplicate", pair, "propose-merge"), {"survivor": "first", **SAID})
    approve(Proposal.objects.get(kind="merge_residents"), second)
    merge = Merge.objects.get()
    gone = text(first.get(page("resident", pair.second)))
    first.post(page("merge", merge, "propose-undo"), SAID)
    approve(Proposal.objects.get(kind="undo_merge"), second)
    first.post(page("duplicate", pair, "tell-apart"), SAID)

    assert "出生日期相同、姓名相同" in listed
    assert "单雪雁" not in listed
    assert "已并入另一登记" in gone
    for verb in ("correct", "record-death", "propose-merge", "transfer-out", "protect"):
        assert page("resident", pair.second, verb) not in gone
    pair.refresh_from_db()
    assert (pair.status, pair.second.status) == ("distinct", "registered")


def test_a_household_moves_by_two_forms_and_the_new_desk_shows_what_waits(resident):
    here, there = client("440106"), client("500112")

    here.post(page("resident", resident, "transfer-out"), {"to_division": "500112", **SAID})
    transfer = Transfer.objects.get()
    inbox = text(there.get(reverse("admin:index")))
    waiting = text(there.get(page("transfer", transfer)))
    there.post(page("transfer", transfer, "take-in"))

    assert resident.number in inbox
    assert page("transfer", transfer, "cancel") not in waiting
    assert "单" not in waiting
    assert text(there.get(page("resident", resident))).count(resident.number)
    assert here.get(page("resident", resident)).status_code == 302
    assert WorkItem.objects.get().status == "closed"


def test_whereabouts_are_protected_by_form_and_shown_to_nobody(resident):
    officer = client()

    officer.post(page("resident", resident, "protect"), SAID)
    protected = text(officer.get(page("resident", resident)))
    officer.post(page("resident", resident, "unprotect"), SAID)

    assert "天河区" not in protected
    assert "天河区" in text(officer.get(page("resident", resident)))


def test_of_who_went_into_another_her_page_says_into_whom(resident):
    row = life_of(ResidentFactory(name="仇归林"))
    twin = row["merge"].merged
    Resident.objects.filter(pk=twin.pk).update(status="merged", merged_into=resident.pk)

    assert resident.number in text(client().get(page("resident", twin)))


def test_a_report_is_offered_of_whole_provinces_in_her_reach_and_to_no_county(own_keyring):
    whole, county = client(), client("440106")

    offered = text(whole.get(page("purgereport", name="prepare")))

    assert '<option value="440000">广东省</option>' in offered
    assert '<option value="450000">' not in offered
    assert page("purgereport", name="prepare") in text(whole.get(page("purgereport", name="changelist")))
    assert page("purgereport", name="prepare") not in text(county.get(page("purgereport", name="changelist")))
    assert county.post(page("purgereport", name="prepare"), {"owner": "440000"}).status_code == 403


def test_a_move_is_headed_by_the_names_of_its_places(resident):
    move = life_of(resident)["transfer"]

    shown = text(client().get(page("transfer", move)))

    assert f"<h1>{resident.number} 天河区 → " in shown
    assert "440106 →" not in shown


@pytest.mark.parametrize("role", ROLES)
def test_nobody_comes_to_a_matter_beyond_her_reach(role, own_keyring):
    foreign = ResidentFactory(home_division_code="230103", name="金丝雀雀")
    rows = {"resident": foreign, **life_of(foreign)}
    someone = client_of(role)
    asked = {"reason": "查", "ground": "audit", "case": "1", "survivor": "first", "to_division": "440300"}
    pages = [page(model, row) for model, row in rows.items()]
    pages += [page(model, row, "history") for model, row in rows.items()]
    pages += [page(model, rows[model], verb) for model, verbs in VERBS.items() for verb in verbs]
    pages += [page(model, name="changelist") for model in MATTERS] + [page("purgereport", name="prepare")]

    answers = [someone.get(each) for each in pages] + [someone.post(each, asked) for each in pages]

    for answer in answers:
        assert answer.status_code in {200, 302, 403}
        assert foreign.number not in text(answer)
        assert "金丝" not in text(answer)
    assert not Proposal.objects.exists()
    assert (Transfer.objects.get().status, LegalHold.objects.get().lifted_at) == ("out", None)
    assert Resident.objects.get(pk=foreign.pk).version == 1


def test_without_second_factor_no_verb_is_reached(resident):
    rows = {"resident": resident, **life_of(resident)}
    passphrase_only = client(second_factor=False)
    asked = {"reason": "查", "ground": "audit", "case": "1", "survivor": "first", "to_division": "440300"}

    for model, verbs in VERBS.items():
        for verb in verbs:
            answer = passphrase_only.post(page(model, rows[model], verb), asked)
            assert answer.url.startswith("/admin/login/")

    assert not Proposal.objects.exists()
    assert Transfer.objects.get().status == "out"
    assert Resident.objects.get(pk=resident.pk).version == 1


def test_an_auditor_reads_and_has_no_verbs(resident):
    rows = {"resident": resident, **life_of(resident)}
    auditor = client(role=Role.AUDITOR)

    for model, verbs in VERBS.items():
        assert auditor.get(page(model, rows[model])).status_code == 200
        for verb in verbs:
            assert auditor.post(page(model, rows[model], verb), SAID).status_code == 403
