"""What was found of a resident at another member: the result and by itself the items, by consent or a law alone."""

from datetime import timedelta

import pytest

from residents.assessments.errors import NotAgreed
from residents.assessments.services import (
    add_crosswalk,
    assign_review,
    decide_review,
    enter_result,
    keep_answers,
    object_to_result,
)
from residents.assessments.services.recognising import CrosswalkRow
from residents.consents import assessed, services
from residents.consents.errors import GroundUnknown, NoSuchExtract, NotReadable, SeparateConsentMissing
from residents.consents.models import Extract, Reading, ReceivedRecognition
from residents.consents.services import extracting
from residents.registry.services import disclosures_of
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen, today
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.assessments import actor_of, filled, final, pair_of, signed_by_both
from tests.factories.consents import BY_TELEPHONE, a_consent, a_legal_share
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.answers import BEST, EXACTLY_MILD, EXACTLY_SEVERE, NOTHING
from tests.residents.assessments.services.test_entering import paper
from tests.residents.consents.exchange import a_grant, bodies, travel, unpacked
from tests.residents.dumping import dump
from tests.web.signing_in import sign_in

AGREEMENT = "six_provinces_2021"
ASKED = {"purpose": "assessment", "fields": ("name", "assessment"), "separate": ("assessment",)}


def shared(network, resident=None, *, answers=EXACTLY_MILD, **changed):
    """A consent of a resident of 粤 who was assessed as mild, sealed and followed by 渝."""
    with network["44"]:
        a_grant()
        resident = resident or ResidentFactory()
        assessment = final(resident, answers=answers)
        consent = a_consent(resident, **{**ASKED, **changed})
    travel(network)
    return consent, assessment


def crosswalk(level="moderate", from_level="mild") -> None:
    row = CrosswalkRow("gbt42195", "2022", from_level, "原等级", level, "样例对照表")
    add_crosswalk(agreement_code=AGREEMENT, row=row, actor=SYSTEM)


def looked_at(consent, officer=None) -> dict[str, str]:
    return services.disclose(
        extract_id=consent.pk, fields=["assessment"], case="渝2026-7", actor=officer or staff("50")
    )


def recognised(consent, officer=None, agreement=AGREEMENT) -> ReceivedRecognition:
    return services.recognise_received(
        extract_id=consent.pk, agreement_code=agreement, case="渝2026-8", actor=officer or staff("50")
    )


# --- what travels ---------------------------------------------------------------------------------
def test_the_result_reads_at_the_member_it_is_for_as_it_stands_at_home(network):
    consent, assessment = shared(network)

    with network["50"]:
        assert set(Extract.objects.get().sealed) == {"name", "assessment"}
        [words] = looked_at(consent).values()
    with network["44"]:
        expected = (
            f"能力轻度受损（轻度失能）（gbt42195 2022），{assessment.body.name}，编号{assessment.number}，"
            f"{assessment.assessed_on:%Y-%m-%d}评估，有效期至{assessment.valid_until:%Y-%m-%d}"
        )
    assert words == expected


@pytest.mark.parametrize("answer", [True, None], ids=["protected", "never asked"])
def test_of_whom_the_whereabouts_are_protected_the_result_names_no_place(network, answer):
    with network["44"]:
        resident = ResidentFactory(whereabouts_protected=answer)
    consent, assessment = shared(network, resident)

    with network["50"]:
        [words] = looked_at(consent).values()
    with network["44"]:
        assert assessment.body.name not in words
    assert f"出具单位受保护，编号{assessment.number}" in words


def test_of_whom_the_whereabouts_are_protected_no_number_of_a_paper_is_told_that_another_issued(network):
    with network["44"]:
        a_grant()
        resident = ResidentFactory(whereabouts_protected=True)
        assessment = enter_result(resident_id=resident.pk, result=paper(), actor=staff("44"))
        consent = a_consent(resident, **ASKED)
    travel(network)

    with network["50"]:
        [words] = looked_at(consent).values()
    assert assessment.paper_reference
    assert assessment.paper_reference not in words
    assert assessment.number in words


def test_no_word_of_a_result_stands_in_a_page_or_a_copy(network):
    _consent, assessment = shared(
        network, fields=("assessment", "assessment_items"), separate=("assessment", "assessment_items")
    )

    with network["44"]:
        secrets = (assessment.number, assessment.body.name, "轻度失能", "B.1.1", "circumstances")
        assert dump().count(assessment.number) > 0
        assert [secret for secret in secrets if secret in unpacked()] == []
    with network["50"]:
        assert set(Extract.objects.get().sealed) == {"assessment", "assessment_items"}
        assert [secret for secret in secrets[:3] if secret in dump() + unpacked()] == []


def test_she_reads_at_home_who_looked_at_her_result(network):
    consent, _assessment = shared(network)
    with network["50"]:
        looked_at(consent)
    travel(network, "50", "44")

    with network["44"]:
        [sentence] = disclosures_of(consent.resident, SYSTEM)
        assert sentence.endswith("查看了能力评估结果，用途：能力评估，事由：渝2026-7")


def test_the_items_go_only_where_she_said_so_of_them(network):
    consent, _assessment = shared(
        network, fields=("assessment", "assessment_items"), separate=("assessment", "assessment_items")
    )

    with network["50"]:
        shown = services.disclose(
            extract_id=consent.pk, fields=["assessment_items"], case="渝1", actor=staff("50")
        )["assessment_items"]
        assert len(shown.splitlines()) == 26 + 4
        assert shown.startswith("进食：")
        assert "（3分）" in shown


def test_a_result_and_its_items_need_a_yes_of_their_own(network):
    with network["44"]:
        for fact in ("assessment", "assessment_items"):
            with pytest.raises(SeparateConsentMissing):
                a_consent(fields=("name", fact), separate=())


def test_a_law_opens_the_result_for_the_purposes_it_serves_and_the_items_never(network):
    with network["44"]:
        a_grant()
        resident = ResidentFactory()
        final(resident, answers=EXACTLY_MILD)
        with pytest.raises(GroundUnknown):
            a_legal_share(resident, fields=("assessment_items",))
        share = a_legal_share(resident, fields=("assessment",))
    travel(network)

    with network["50"]:
        assert set(Extract.objects.get(pk=share.pk).sealed) == {"assessment"}


def test_of_who_was_never_assessed_nothing_travels_until_she_is(network):
    with network["44"]:
        a_grant()
        resident = ResidentFactory()
        a_consent(resident, **ASKED)
        assert set(Extract.objects.get().sealed) == {"name"}
        final(resident, answers=BEST)

        assert services.renew_extracts() == 1

        assert set(Extract.objects.get().sealed) == {"name", "assessment"}


# --- superseded, run out, withdrawn -----------------------------------------------------------------
def test_a_newer_result_takes_the_place_of_the_one_that_was_shared(network):
    consent, older = shared(network)
    with network["44"]:
        newer = final(consent.resident, answers=EXACTLY_SEVERE)
        assert services.renew_extracts() == 1
        assert services.renew_extracts() == 0

    travel(network)

    with network["50"]:
        [words] = looked_at(consent).values()
    assert newer.number in words
    assert older.number not in words


def test_a_result_that_ran_out_is_shared_no_more(network):
    with network["44"]:
        a_grant()
        resident = ResidentFactory()
        assessment = final(resident, answers=EXACTLY_MILD)
        with frozen(assessment.valid_until - timedelta(days=1)):
            a_consent(resident, **ASKED)
        assert set(Extract.objects.get().sealed) == {"name", "assessment"}
        with frozen(assessment.valid_until):
            assert services.renew_extracts() == 0
        with frozen(assessment.valid_until + timedelta(days=1)):
            assert services.renew_extracts() == 1
            assert set(Extract.objects.get().sealed) == {"name"}


def test_an_extract_that_changed_waits_for_none_that_did_not(network, monkeypatch):
    monkeypatch.setattr(extracting, "MOST_AT_ONCE", 1)
    with network["44"]:
        a_grant()
        a_consent(ResidentFactory(), **ASKED)
        later = a_consent(ResidentFactory(), **ASKED)
        final(later.resident, answers=BEST)

        assert services.renew_extracts() == 1

        assert "assessment" in Extract.objects.get(pk=later.pk).sealed


def test_what_is_filled_in_but_not_signed_renews_nothing(network):
    consent, _assessment = shared(network)
    with network["44"]:
        assert filled(consent.resident, answers=BEST).status == "draft"

        assert services.renew_extracts() == 0


def test_a_withdrawal_takes_the_result_and_what_it_counted_for(network):
    consent, _assessment = shared(network)
    with network["50"]:
        crosswalk()
        recognised(consent)
    with network["44"]:
        services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)

    travel(network)

    with network["50"]:
        assert not Extract.objects.exists()
        assert not ReceivedRecognition.objects.exists()
    for name in ("44", "50"):
        with network[name]:
            assert bodies() == []


def test_what_a_review_put_in_its_place_is_shared_instead(network):
    consent, assessment = shared(network)
    with network["44"]:
        review = object_to_result(
            assessment_id=assessment.pk, objector="resident", grounds="样例理由", actor=staff("440106")
        )
        pair = pair_of()
        look = assign_review(
            review_id=review.pk,
            first_assessor_id=pair[0].pk,
            second_assessor_id=pair[1].pk,
            actor=staff("440106"),
        )
        keep_answers(
            assessment_id=look.pk,
            answers=EXACTLY_SEVERE,
            circumstances=NOTHING,
            assessed_on=today(),
            actor=actor_of(pair[0]),
        )
        look = signed_by_both(look)
        services.renew_extracts()
        decide_review(review_id=review.pk, outcome="replaced", actor=staff("440106"))

        assert services.renew_extracts() == 1

    travel(network)
    with network["50"]:
        assert look.number in looked_at(consent)["assessment"]


# --- recognised at the other side -------------------------------------------------------------------
def test_recognition_starts_from_what_was_received(network):
    consent, assessment = shared(network)
    with network["50"]:
        crosswalk()

        found = recognised(consent)

        assert (found.status, found.level) == ("recognised", "moderate")
        assert (found.paper_reference, found.valid_until) == (assessment.number, assessment.valid_until)
        assert services.recognised_of(Extract.objects.get(), staff("50")) == found
        assert Reading.objects.get().fields == ["assessment"]


def test_where_no_row_stands_she_is_assessed_anew(network):
    consent, _assessment = shared(network)
    with network["50"]:
        crosswalk(from_level="severe")

        found = recognised(consent)

        assert (found.status, found.level) == ("reassess", None)


def test_a_newer_result_is_not_recognised_by_what_was_said_of_the_older(network):
    consent, _assessment = shared(network)
    with network["50"]:
        crosswalk()
        recognised(consent)
    with network["44"]:
        final(consent.resident, answers=EXACTLY_SEVERE)
        services.renew_extracts()

    travel(network)

    with network["50"]:
        assert services.recognised_of(Extract.objects.get(), staff("50")) is None
        assert recognised(consent).status == "reassess"


def test_who_may_not_read_it_recognises_nothing_and_an_agreement_of_others_carries_none(network):
    consent, _assessment = shared(network)
    with network["50"]:
        crosswalk()
        for nobody in (staff("61"), staff("50", role=Role.AUDITOR)):
            with pytest.raises(NoSuchExtract):
                recognised(consent, nobody)
        with pytest.raises(NotAgreed):
            recognised(consent, agreement="nobody_knows")

        assert not ReceivedRecognition.objects.exists()
        assert not Reading.objects.exists()


def test_what_it_counts_for_is_shown_with_the_result_alone_and_each_look_is_told_at_home(network):
    consent, assessment = shared(network)
    with network["50"]:
        crosswalk()
        member = MembershipFactory(user=UserFactory(), role=Role.OFFICER, division_code="500000")
        client = sign_in(member.user)
        page = f"/admin/consents/extract/{consent.pk}/change/"
        assert assessment.number not in client.get(page).content.decode()

        path, counted = page.removesuffix("change/"), "予以互认：能力中度受损（中度失能）"
        shown = client.post(f"{path}recognise/", {"agreement": AGREEMENT, "case": "渝9"})
        plain = client.post(f"{path}read/", {"fields_asked": ["assessment"], "case": "渝10"})
        name = client.post(f"{path}read/", {"fields_asked": ["name"], "case": "渝11"})

        assert counted in shown.content.decode()
        assert counted in plain.content.decode()
        later = client.get(page).content.decode()
        assert "予以互认（" in later
        assert [level in later + name.content.decode() for level in ("中度失能", "轻度失能")] == [
            False,
            False,
        ]
        assert [row.case for row in Reading.objects.order_by("at")] == ["渝9", "渝10", "渝11"]


# --- what does not read -------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["", "[]", "{}", '{"level": "mild"}', "null", "7"])
def test_what_is_no_result_is_shown_as_it_came_and_recognised_never(text):
    assert assessed.result_in_words(text) == text
    assert assessed.items_in_words(text) == text
    with pytest.raises(ValueError, match=r".*"):
        assessed.original_in(text)


def test_a_result_that_names_another_member_than_its_owner_is_not_readable(network):
    consent, _assessment = shared(network)
    with network["50"]:
        copy = Extract.objects.get()
        assert services.original_of(copy).from_member == consent.owner
        copy.owner = "450000"

        with pytest.raises(NotReadable):
            services.original_of(copy)
