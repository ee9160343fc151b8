"""A resident says yes, and takes it back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from residents.consents import policy, services
from residents.consents.errors import (
    AlreadyGiven,
    ExpiryWrong,
    FactsUnknown,
    NoSuchConsent,
    NotYourConsent,
    OutOfRegister,
    ProofMissing,
    PurposeUnknown,
    ReceiverIsHome,
    ReceiverUnknown,
    SeparateConsentMissing,
)
from residents.consents.models import Consent
from residents.consents.services import Receiver, Saying
from residents.consents.states import CONSENT_FLOW, AgentAct, ConsentStatus
from residents.registry.errors import NoSuchResident
from residents.registry.models import Access, Resident
from residents.registry.services import disclose, erase_resident, record_death
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import frozen, now, today
from sojourn.core.models import AuditEntry
from sojourn.core.plain_words import NamesSomebody
from sojourn.core.refusals import WrongStatus
from tests.factories.consents import AT_COUNTER, BY_TELEPHONE, a_consent, a_mandate
from tests.factories.facilities import FacilityFactory
from tests.factories.residents import ResidentFactory
from tests.residents.actors import account_of, family, staff

pytestmark = pytest.mark.django_db


def to_a_facility_here() -> Receiver:
    return Receiver("facility", id=FacilityFactory(division_id="440106").pk)


def test_a_consent_keeps_who_said_what_to_whom_until_when_and_on_which_article():
    resident = ResidentFactory()

    consent = a_consent(resident, staff("440106"))

    consent.refresh_from_db()
    assert (consent.owner, consent.resident_id, consent.status) == ("440000", resident.pk, "given")
    assert consent.fields == ["name", "identity_number", "phone", "mobility"]
    assert consent.separate_fields == ["identity_number", "mobility"]
    assert (consent.receiver_kind, consent.receiver_member) == ("member", "500000")
    assert (
        consent.article == "《中华人民共和国个人信息保护法》第十三条第一款第（一）项、第二十三条、第二十九条"
    )
    assert (consent.given_by, consent.channel, consent.proof) == ("resident", "telephone", "录音2026-17")
    assert AuditEntry.objects.filter(action="consent.given", subject_id=str(consent.pk)).exists()


def test_a_facility_of_this_node_sees_her_by_consent_and_from_the_withdrawal_on_no_more():
    facility = FacilityFactory(division_id="440106")
    nurse = account_of(facility.pk)
    consent = a_consent(receiver=Receiver("facility", id=facility.pk), fields=("name", "phone"), separate=())
    assert Resident.objects.visible_to(nurse).contains(consent.resident)

    services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=staff("44"))

    consent.refresh_from_db()
    assert (consent.status, consent.withdrawn_channel) == ("withdrawn", "telephone")
    assert not Resident.objects.visible_to(nurse).exists()
    assert Access.objects.get().ends_at <= now()


@pytest.mark.django_db(transaction=True)
def test_what_was_not_consented_to_is_not_disclosed_and_after_the_withdrawal_nothing_is():
    facility = FacilityFactory(division_id="440106")
    nurse = account_of(facility.pk)
    consent = a_consent(receiver=Receiver("facility", id=facility.pk), fields=("name", "phone"), separate=())
    asked = {"purpose": "check_in", "case": "R-1", "actor": nurse, "resident_id": consent.resident_id}

    shown = disclose(fields=["name", "phone"], **asked)
    services.withdraw_consent(consent_id=consent.pk, saying=AT_COUNTER, actor=SYSTEM)

    assert set(shown) == {"name", "phone"}
    with pytest.raises(NoSuchResident):
        disclose(fields=["name"], **asked)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"purpose": "curiosity"}, PurposeUnknown),
        ({"fields": ()}, FactsUnknown),
        ({"fields": ("name", "blood")}, FactsUnknown),
        ({"separate": ("identity_number",)}, SeparateConsentMissing),
        ({"receiver": Receiver("member", "440000")}, ReceiverIsHome),
        ({"receiver": Receiver("member", "110000")}, ReceiverUnknown),
        ({"receiver": Receiver("facility", id=uuid4())}, ReceiverUnknown),
        ({"receiver": Receiver("account", id=uuid4())}, ReceiverUnknown),
        ({"receiver": Receiver("whoever")}, ReceiverUnknown),
        ({"expires_on": today()}, ExpiryWrong),
        ({"expires_on": today() + timedelta(days=367)}, ExpiryWrong),
        ({"saying": Saying("telephone", " ")}, ProofMissing),
        ({"saying": Saying("telephone", "来电13800138000")}, NamesSomebody),
        ({"saying": Saying("pigeon", "1")}, ProofMissing),
    ],
)
def test_what_makes_no_sense_is_refused_and_opens_nothing(changed, refusal):
    resident = ResidentFactory()

    with pytest.raises(refusal):
        a_consent(resident, **changed)

    assert not Consent.objects.exists()
    assert not Access.objects.exists()


def test_a_second_consent_of_the_same_kind_needs_the_first_to_be_taken_back():
    consent = a_consent()

    with pytest.raises(AlreadyGiven):
        a_consent(consent.resident)
    services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)

    assert a_consent(consent.resident).status == "given"


def test_an_officer_of_elsewhere_neither_gives_nor_takes_back():
    consent = a_consent()
    stranger = staff("500112")

    with pytest.raises(NoSuchResident):
        a_consent(consent.resident, stranger, purpose="assessment")
    with pytest.raises(NoSuchConsent):
        services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=stranger)

    assert Consent.objects.get().status == "given"


def test_an_agent_consents_by_mandate_and_a_relative_without_one_does_not():
    resident, agent = ResidentFactory(), family()
    saying = Saying("online", "会话", "agent")
    with pytest.raises(NoSuchResident):
        a_consent(resident, agent, saying)
    mandate = a_mandate(agent, resident)

    consent = a_consent(resident, agent, saying)
    services.withdraw_mandate(mandate_id=mandate.pk, saying=BY_TELEPHONE, actor=SYSTEM)

    assert (consent.given_by, consent.channel) == ("agent", "online")
    with pytest.raises(NoSuchConsent):
        services.withdraw_consent(consent_id=consent.pk, saying=saying, actor=agent)


def test_an_agent_whose_mandate_is_for_booking_alone_does_not_consent():
    resident, agent = ResidentFactory(), family()
    a_mandate(agent, resident, may_do=["book"])

    with pytest.raises(NotYourConsent):
        a_consent(resident, agent, Saying("online", "会话", "agent"))


@pytest.mark.parametrize("status", sorted(set(ConsentStatus) - CONSENT_FLOW.sources("withdraw")))
def test_only_a_given_consent_is_taken_back(status):
    consent = a_consent()
    services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)
    withdrawn = {} if status == "withdrawn" else {"withdrawn_channel": "", "withdrawn_proof": ""}
    Consent.objects.filter(pk=consent.pk).update(status=status, **withdrawn)

    with pytest.raises(WrongStatus):
        services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)


def test_nothing_is_consented_to_by_the_dead_and_what_was_is_closed_by_the_sweep():
    consent = a_consent(receiver=to_a_facility_here())
    record_death(resident_id=consent.resident_id, died_on=today(), actor=SYSTEM)

    with pytest.raises(OutOfRegister):
        a_consent(consent.resident, purpose="assessment")
    assert services.sweep() == 1

    consent.refresh_from_db()
    assert consent.status == "closed"
    assert not Access.objects.open_at(now()).exists()


def test_what_was_opened_of_an_erased_resident_is_closed_by_the_sweep():
    consent = a_consent(receiver=to_a_facility_here())
    erase_resident(resident_id=consent.resident_id, ground="purpose_ended", actor=SYSTEM)

    assert services.sweep() == 1
    assert services.sweep() == 0

    assert Consent.objects.get().status == "closed"


def test_a_consent_whose_day_has_come_is_over():
    consent = a_consent()

    with frozen(today() + timedelta(days=31)):
        assert services.sweep() == 1

    assert Consent.objects.get(pk=consent.pk).status == "expired"


def test_the_database_keeps_a_consent_from_being_withdrawn_by_nobody():
    consent = a_consent()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE consents_consent SET status = 'withdrawn' WHERE id = %s", [consent.pk])


def test_the_list_and_the_policy_agree():
    resident, agent = ResidentFactory(), family()
    a_mandate(agent, resident)
    a_mandate(booker := family(), resident, may_do=set(AgentAct) - {AgentAct.CONSENT})
    consent = a_consent(resident, receiver=to_a_facility_here())
    nurse = account_of(consent.receiver_id)
    officers = map(staff, ("44", "440106", "4402", "50"))
    actors = [SYSTEM, *officers, agent, booker, family(), nurse]

    listed = [Consent.objects.visible_to(actor).contains(consent) for actor in actors]

    assert listed == [policy.can_view(actor, consent) for actor in actors]
    assert listed == [True, True, True, False, False, True, False, False, False]
