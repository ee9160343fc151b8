"""Sharing on a law, and against a withdrawal by two people."""

from datetime import timedelta

import pytest

from residents.consents import services
from residents.consents.errors import (
    AlreadyShared,
    GroundUnknown,
    NothingWithdrawn,
    NoticeMissing,
    NotYourConsent,
    ReasonMissing,
    WithdrawalStands,
)
from residents.consents.models import LegalShare
from residents.consents.services import Duty
from residents.registry.errors import NoSuchResident
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import today
from sojourn.core.plain_words import NamesSomebody
from sojourn.desk import services as desk
from sojourn.desk.errors import MayNotDecide, NoSuchProposal, SelfApproval
from tests.factories.consents import BY_TELEPHONE, EMERGENCY, a_consent, a_legal_share
from tests.residents.actors import family, staff

pytestmark = pytest.mark.django_db
IN_A_MONTH = today() + timedelta(days=30)


def withdrawn(**changed):
    said = {"purpose": "emergency", "fields": ("name", "phone"), "separate": ()}
    consent = a_consent(**{**said, **changed})
    return services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)


def test_a_sharing_by_law_keeps_its_article_its_reason_and_how_she_was_told():
    share = a_legal_share(actor=staff("440106"))

    share.refresh_from_db()
    assert share.article == "《中华人民共和国个人信息保护法》第十三条第一款第（四）项、第十八条第二款"
    assert (share.ground, share.notice, share.status) == ("emergency_protection", "短信2026-9", "live")


@pytest.mark.parametrize(
    ("duty", "changed", "refusal"),
    [
        (Duty("consent", "r", "n"), {}, GroundUnknown),
        (Duty("a law that is none", "r", "n"), {}, GroundUnknown),
        (EMERGENCY, {"purpose": "assessment"}, GroundUnknown),
        (EMERGENCY, {"fields": ("identity_number",)}, GroundUnknown),
        (Duty("emergency", " ", "n"), {}, ReasonMissing),
        (Duty("emergency", "来电13800138000", "n"), {}, NamesSomebody),
        (Duty("emergency", "r", "来电13800138000"), {}, NamesSomebody),
        (Duty("emergency", "r", " "), {}, NoticeMissing),
    ],
)
def test_a_law_opens_what_it_is_for_and_nothing_else(duty, changed, refusal, monkeypatch):
    monkeypatch.setattr("tests.factories.consents.EMERGENCY", duty)

    with pytest.raises(refusal):
        a_legal_share(**changed)

    assert not LegalShare.objects.exists()


def test_a_relative_applies_no_law():
    with pytest.raises((NotYourConsent, NoSuchResident)):
        a_legal_share(actor=family())


def test_one_sharing_of_a_kind_stands_and_ends():
    share = a_legal_share()

    with pytest.raises(AlreadyShared):
        a_legal_share(share.resident)
    services.end_legal_share(share_id=share.pk, actor=staff("440106"))

    assert a_legal_share(share.resident).status == "live"


def test_what_she_took_back_is_not_shared_by_one_officer():
    consent = withdrawn()

    with pytest.raises(WithdrawalStands):
        a_legal_share(consent.resident, actor=staff("440106"))

    assert not LegalShare.objects.exists()


def test_a_consent_given_again_leaves_nothing_to_override():
    consent = withdrawn()
    again = a_consent(consent.resident, purpose="emergency", fields=("name",), separate=())

    with pytest.raises(NothingWithdrawn):
        services.propose_override(
            consent_id=again.pk, duty=EMERGENCY, expires_on=IN_A_MONTH, actor=staff("440106")
        )


def test_a_withdrawal_is_overridden_by_two_people_with_a_reason_and_a_law():
    consent = withdrawn()
    first, second = staff("440106"), staff("4401")
    proposal = services.propose_override(
        consent_id=consent.pk, duty=EMERGENCY, expires_on=IN_A_MONTH, actor=first
    )
    assert not LegalShare.objects.exists()
    with pytest.raises(SelfApproval):
        desk.approve(proposal_id=proposal.pk, actor=first)
    with pytest.raises((MayNotDecide, NoSuchProposal)):
        desk.approve(proposal_id=proposal.pk, actor=staff("500112"))

    desk.approve(proposal_id=proposal.pk, actor=second)

    share = LegalShare.objects.get()
    assert (share.overrides, share.fields, share.reason) == (consent, ["name", "phone"], EMERGENCY.reason)


def test_a_withdrawal_of_what_no_law_carries_stands():
    consent = withdrawn(purpose="check_in")

    with pytest.raises(GroundUnknown):
        services.propose_override(
            consent_id=consent.pk, duty=EMERGENCY, expires_on=IN_A_MONTH, actor=staff("440106")
        )
