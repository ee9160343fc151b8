"""Consents, sharings by law and mandates, made by their verbs: there is no other way to what they open."""

from datetime import timedelta
from itertools import count

from residents.consents import services
from residents.consents.models import Consent, LegalShare, Mandate
from residents.consents.services import Duty, Paper, Receiver, Saying, Terms
from residents.registry.models import Resident
from sojourn.accounts.services import phone_of
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import today
from sojourn.files.services import Upload
from tests.factories.accounts import keep_phone
from tests.factories.files import PDF
from tests.factories.residents import ResidentFactory

TO_CHONGQING = Receiver("member", "500000")
BY_TELEPHONE = Saying("telephone", "录音2026-17")
AT_COUNTER = Saying("counter", "柜2026-3")
FIELDS = ("name", "phone", "identity_number", "mobility")
SENSITIVE = ("identity_number", "mobility")


def terms(receiver: Receiver = TO_CHONGQING, **changed) -> Terms:
    """Name, phone, identity number and mobility for a check-in, for a month."""
    said = {
        "purpose": "check_in",
        "fields": FIELDS,
        "receiver": receiver,
        "expires_on": today() + timedelta(days=30),
        "separate": SENSITIVE,
    }
    return Terms(**{**said, **changed})


def a_consent(
    resident: Resident | None = None, actor: Actor = SYSTEM, saying: Saying = BY_TELEPHONE, **changed
) -> Consent:
    resident = resident or ResidentFactory()
    scan = Upload("", PDF) if saying.channel == "counter" else None
    said = {"terms": terms(**changed), "saying": saying, "scan": scan}
    return services.give_consent(resident_id=resident.pk, actor=actor, **said)


EMERGENCY = Duty("emergency", "突发疾病需联系家属", "短信2026-9")


def a_legal_share(resident: Resident | None = None, actor: Actor = SYSTEM, **changed) -> LegalShare:
    said = {"purpose": "emergency", "fields": ("name", "phone"), "separate": ()}
    resident = resident or ResidentFactory()
    return services.share_by_law(
        resident_id=resident.pk, terms=terms(**{**said, **changed}), duty=EMERGENCY, actor=actor
    )


_numbers = count(10_030_000_000)


def telephone_of(agent: Actor) -> str:
    """The telephone by which this account signs in, from now on where it had none."""
    return phone_of(agent.user_id) or keep_phone(agent.user_id, str(next(_numbers)))


def a_mandate(agent: Actor, resident: Resident | None = None, **changed) -> Mandate:
    """An account may see name and phone and may consent, for a year."""
    said = {
        "phone": telephone_of(agent),
        "may_see": ["name", "phone"],
        "may_do": ["consent", "read_records"],
        "expires_on": today() + timedelta(days=365),
    }
    resident = resident or ResidentFactory()
    paper = Paper(**{**said, **changed})
    return services.give_mandate(
        resident_id=resident.pk, paper=paper, saying=AT_COUNTER, scan=Upload("", PDF), actor=SYSTEM
    )
