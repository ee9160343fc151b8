"""Canaries typed where words are typed, asked for, entered, and sent to doors that refuse them: they stand nowhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from residents.assessments import services as assessments
from residents.assessments.papers import HEADINGS
from residents.assessments.services.importing import RESULTS
from residents.assessments.services.recognising import OriginalResult
from residents.consents import services as consents
from residents.consents.models import Extract
from residents.consents.services import Duty, Paper, Saying
from residents.registry import services
from residents.registry.cells import in_source
from residents.registry.models import CorrectionRequest, ImportRow, LinkRequest, Resident
from residents.registry.models.life import Duplicate
from sojourn.accounts.services import phone_of
from sojourn.core.actors import Role
from sojourn.core.clock import today
from sojourn.core.plain_words import NamesSomebody
from sojourn.core.refusals import Refusal
from sojourn.desk import services as desk
from sojourn.desk.models import Proposal
from sojourn.desk.services.delegating import Period
from sojourn.files.services import Upload
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.assessments import drafted, final
from tests.factories.consents import a_consent, a_mandate, terms
from tests.factories.files import PDF
from tests.factories.residents import ResidentFactory
from tests.residents.actors import family, staff
from tests.residents.assessments.services.test_entering import paper
from tests.residents.assessments.services.test_importing import line
from tests.residents.canaries import NUMBERS, PHONES, found_in
from tests.residents.consents.exchange import a_grant, travel, unpacked
from tests.residents.consents.test_handing_over import THERE, handed_out
from tests.residents.dumping import dump
from tests.residents.registry.families import ask, family_member, linked, proven
from tests.residents.spreadsheets import checked
from tests.residents.test_telling import words
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
FIXED = f"{PHONES[0][:4]}-{PHONES[0][4:]}"


@pytest.fixture
def resident(own_keyring) -> Resident:
    return ResidentFactory(identity_number=NUMBERS[1], phone=PHONES[1], name="单雪雁")


# --- words ----------------------------------------------------------------------------------------
def kept_in_plain(resident: Resident) -> dict[str, Callable[[str], object]]:
    """Every verb of the residents' wing and its desk that keeps words as they are typed, each with some."""
    officer, other = staff("440106"), staff("44")
    pk, twin = resident.pk, ResidentFactory()
    hold = services.set_hold(resident_id=pk, ground="audit", case="1号", reason="专项", actor=officer)
    erasable = ResidentFactory()
    waiting = services.propose_erasure(
        resident_id=erasable.pk, ground="unlawful", reason="样例", actor=officer
    )
    merging = {"resident_id": twin.pk, "survivor_number": resident.number}
    moving = services.transfer_out(
        resident_id=ResidentFactory().pk, to_division_code="440305", reason="样例", actor=officer
    )
    services.find_duplicates()
    colleague = MembershipFactory(role=Role.OFFICER, division_code="440106").user
    result, consent, mandate = final(), a_consent(resident), a_mandate(family(), resident)
    original = OriginalResult(
        "430000", "mzt039", "2013", "2", "中度失能", "样例", "7号", today(), today() + timedelta(days=9)
    )
    duty = {"resident_id": pk, "terms": terms(purpose="emergency", fields=("name",), separate=())}

    def recognise(**said) -> object:
        return assessments.recognise_result(
            resident_id=pk,
            original=OriginalResult(**{**original.__dict__, **said}),
            agreement_code="six_provinces_2021",
            actor=officer,
        )

    def enter(**said) -> object:
        return assessments.enter_result(resident_id=pk, result=paper(**said), actor=officer)

    def erase_other(word: str) -> object:
        return services.propose_erasure(resident_id=twin.pk, ground="unlawful", reason=word, actor=officer)

    return {
        "case of a disclosure": lambda word: services.disclose(
            resident_id=pk, fields=["phone"], purpose="check_in", case=word, actor=officer
        ),
        "case of an export": lambda word: services.export_residents(
            rows=Resident.objects.all(), purpose="benefit_check", case=word, actor=officer
        ),
        "case of a hold": lambda word: services.set_hold(
            resident_id=pk, ground="audit", case=word, reason="专项", actor=officer
        ),
        "reason of a hold": lambda word: services.set_hold(
            resident_id=pk, ground="audit", case="1号", reason=word, actor=officer
        ),
        "lifting it": lambda word: services.lift_hold(hold_id=hold.pk, reason=word, actor=officer),
        "erasure": erase_other,
        "merge": lambda word: services.propose_merge(**merging, reason=word, actor=officer),
        "transfer": lambda word: services.transfer_out(
            resident_id=pk, to_division_code="440305", reason=word, actor=officer
        ),
        "refusal of a transfer": lambda word: services.refuse_transfer(
            transfer_id=moving.pk, reason=word, actor=staff("440305")
        ),
        "two told apart": lambda word: services.tell_apart(
            duplicate_id=Duplicate.objects.earliest("pk").pk, reason=word, actor=other
        ),
        "delegation": lambda word: desk.delegate(
            to_user=colleague.pk,
            period=Period(today(), today() + timedelta(days=9)),
            reason=word,
            actor=officer,
        ),
        "protection": lambda word: services.protect_whereabouts(resident_id=pk, reason=word, actor=officer),
        "approval": lambda word: desk.approve(proposal_id=waiting.pk, opinion=word, actor=other),
        "refusal at the desk": lambda word: desk.refuse(proposal_id=waiting.pk, reason=word, actor=other),
        "items of a result": lambda word: assessments.read_items(
            assessment_id=result.pk, purpose="assessment", case=word, actor=officer
        ),
        "discarding": lambda word: assessments.discard_assessment(
            assessment_id=drafted(ResidentFactory()).pk, reason=word, actor=officer
        ),
        "who issued a paper": lambda word: enter(source=word),
        "number of a paper": lambda word: enter(paper_reference=word),
        "number of an original": lambda word: recognise(paper_reference=word),
        "who issued an original": lambda word: recognise(source=word),
        "consent by telephone": lambda word: consents.give_consent(
            resident_id=pk, terms=terms(), saying=Saying("telephone", word), actor=officer
        ),
        "withdrawal": lambda word: consents.withdraw_consent(
            consent_id=consent.pk, saying=Saying("counter", word), actor=officer
        ),
        "sharing by law": lambda word: consents.share_by_law(
            **duty, duty=Duty("emergency", word, "短信1"), actor=officer
        ),
        "how she was told": lambda word: consents.share_by_law(
            **duty, duty=Duty("emergency", "突发疾病", word), actor=officer
        ),
        "number of a mandate": lambda word: consents.give_mandate(
            resident_id=twin.pk,
            paper=Paper("10099999999", ["name"], ["book"], today() + timedelta(days=9)),
            saying=Saying("counter", word),
            scan=Upload("", PDF),
            actor=officer,
        ),
        "end of a mandate": lambda word: consents.withdraw_mandate(
            mandate_id=mandate.pk, saying=Saying("counter", word), actor=officer
        ),
    }


def refusal_of(verb: Callable[[str], object], word: str) -> Refusal | None:
    """What the verb says to these words; None where it took them."""
    try:
        verb(word)
    except Refusal as refusal:
        return refusal
    return None


def names_somebody(refusal: Refusal | None) -> bool:
    """Whether it says that the words name somebody, at a field or of the whole, and repeats nothing of them."""
    if refusal is None or found_in(f"{refusal} {refusal!r} {refusal.detail} {refusal.errors}"):
        return False
    return NamesSomebody.code in {refusal.code, *(error["code"] for error in refusal.errors)}


def taken_by(verbs: dict[str, Callable[[str], object]]) -> list[str]:
    """Those of the verbs that take a number among their words, or repeat it where they refuse it."""
    return [
        name
        for name, verb in verbs.items()
        for word in (f"本人{NUMBERS[0]}来电", f"回电{FIXED}", f"回电 {NUMBERS[2][:6]} {NUMBERS[2][6:]}")
        if not names_somebody(refusal_of(verb, word))
    ]


def test_no_verb_keeps_a_number_that_was_typed_among_its_words(resident, logged):
    verbs = kept_in_plain(resident)

    assert taken_by(verbs) == []
    assert Proposal.objects.count() == 1
    assert found_in(dump()) == []
    assert found_in(logged()) == []


def test_neither_does_one_about_a_resident_of_another_member(network, logged):
    moving = handed_out(network, identity_number=NUMBERS[1], phone=PHONES[1])
    with network["44"]:
        consent = a_consent(Resident.objects.get())
    travel(network)

    with network["50"]:
        verbs = {
            "case of a disclosure": lambda word: consents.disclose(
                extract_id=consent.pk, fields=["name"], case=word, actor=staff("50")
            ),
            "refusal of an arrival": lambda word: consents.refuse_arrival(
                arrival_id=moving.pk, reason=word, actor=staff(THERE)
            ),
        }
        assert taken_by(verbs) == []
        assert found_in(dump()) == []
    assert found_in(logged()) == []


# --- what is asked, entered and told --------------------------------------------------------------
def test_what_families_ask_for_stands_locked_until_it_is_decided_and_nowhere_after_it(resident, logged):
    guardian, officer = family_member(PHONES[2]), staff("440106")
    unknown = ask(family_member(), identity_number=NUMBERS[3])
    asked = services.ask_link(
        name="单雪雁",
        identity_number=NUMBERS[1],
        proven=proven("child", reference=NUMBERS[4]),
        actor=family_member(),
    )
    link = linked(guardian, resident, reference=NUMBERS[5])
    wanted = services.ask_correction(resident_id=resident.pk, field="phone", value=PHONES[3], actor=guardian)
    assert phone_of(guardian.user_id) == PHONES[2]
    assert found_in(dump()) == []

    services.grant_request(request_id=asked.pk, actor=officer)
    services.refuse_request(request_id=unknown.pk, reason="not_matching", actor=staff("44"))
    services.grant_correction(request_id=wanted.pk, actor=officer)
    services.end_link(link_id=link.pk, reason="no_longer_so", actor=officer)

    assert set(LinkRequest.objects.values_list("identity_cipher", "name_cipher")) == {(None, None)}
    assert CorrectionRequest.objects.get().wanted_cipher is None
    assert len(words()) > 2
    assert found_in("".join(words())) == []
    assert found_in(dump()) == []
    assert found_in(logged()) == []


def test_results_entered_and_imported_by_identity_number_leave_none(resident, logged):
    officer = staff("440106")
    columns = [in_source(label) for label in HEADINGS.values()]
    ResidentFactory(identity_number=NUMBERS[6])
    rows = [
        line(NUMBERS[1]),
        line(NUMBERS[6], paper_reference=f"评{NUMBERS[6]}"),
        line(NUMBERS[7]),
        line(NUMBERS[1], paper_reference="评2", assessor1=f"安{NUMBERS[8]}"),
        line(NUMBERS[6], assessed_on=NUMBERS[9]),
    ]

    batch = checked(rows, officer, columns, kind=RESULTS.code)
    services.confirm_import(batch_id=batch.pk, actor=officer)
    services.apply_import(batch_id=batch.pk)

    states = list(ImportRow.objects.order_by("number").values_list("state", flat=True))
    assert states == ["registered", "bad", "bad", "registered", "bad"]
    assert found_in(dump()) == []
    assert found_in(logged()) == []


def test_what_is_consented_to_and_mandated_travels_and_is_told_without_one(network, logged):
    with network["44"]:
        resident = ResidentFactory(identity_number=NUMBERS[1], phone=PHONES[1])
        a_grant()
        a_consent(resident)
        a_mandate(family_member(PHONES[4]), resident)
        assert len(words()) > 1
        assert found_in("".join(words())) == []
    travel(network)

    for name in ("44", "50"):
        with network[name]:
            assert Extract.objects.exists()
            assert found_in(unpacked()) == []
            assert found_in(dump()) == []
    assert found_in(logged()) == []


def test_who_is_erased_leaves_none_here_nor_in_her_history(resident):
    History = apps.get_model("registry", "ResidentEvent")
    linked(family_member(), resident, reference=NUMBERS[5])
    services.correct_resident(
        resident_id=resident.pk, facts={"phone": PHONES[5], "contact_phone": PHONES[6]}, actor=staff("440106")
    )

    services.erase_resident(resident_id=resident.pk, ground="unlawful", actor=staff("440106"))

    blank = {"identity_cipher", "identity_index", "phone_cipher", "phone_indexes", "contact_phone_cipher"}
    states = History.objects.filter(pgh_obj_id=resident.pk).values_list(*sorted(blank), "name")
    assert set(states) == {(None, None, None, None, None, "")}
    assert "单雪雁" not in dump()
    assert found_in(dump()) == []


# --- doors ----------------------------------------------------------------------------------------
def test_doors_that_are_shut_or_refuse_repeat_none_in_answer_cookie_or_log(resident, logged):
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    officer, nobody = sign_in(user), Client(raise_request_exception=False)
    typed = {"q": NUMBERS[1], "identity_number": NUMBERS[1], "phone": PHONES[1], NUMBERS[2]: "1"}
    shut = ("/api/v1/residents/", "/api/v1/assessments/", "/my/", "/verify/", "/sharing/v1/ping/")

    nobody.get("/bases/", typed)  # the words stand in her own form again, and nowhere else
    answers = [client.get(path, typed) for path in shut for client in (officer, nobody)]
    answers += [
        nobody.get("/api/v1/bases/", typed),
        nobody.get("/api/v1/members/", typed),
        nobody.get(f"/{NUMBERS[1]}/"),
        nobody.get(f"/api/v1/residents/{NUMBERS[1]}/"),
        nobody.post("/api/v1/residents/", {"identity_number": NUMBERS[1]}, content_type="application/json"),
        nobody.post("/api/v1/residents/", f'{{"phone": "{PHONES[1]}', content_type="application/json"),
        nobody.post(reverse("family_sign_in"), {"phone": PHONES[7]}),
        nobody.post("/sign-in/code/", {"code": PHONES[7]}),
        officer.get(reverse("admin:registry_linkrequest_changelist"), {NUMBERS[3]: PHONES[3]}),
        officer.post(
            reverse("admin:registry_resident_reveal", args=[resident.pk]),
            {"fields_asked": ["phone"], "purpose": "check_in", "case": FIXED},
        ),
    ]

    assert {answer.status_code for answer in answers} <= {200, 302, 400, 401, 403, 404, 405, 406}
    assert found_in("".join(str(answer.cookies) for answer in answers)) == []
    assert found_in(dump()) == []
    assert found_in(logged()) == []
    refused = [
        f"{answer.headers}{answer.content.decode()}" for answer in answers if answer.status_code >= 400
    ]
    assert len(refused) > 12
    assert found_in("".join(refused)) == []
