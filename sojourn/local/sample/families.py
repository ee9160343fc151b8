"""The sample families: who signs in by telephone, what she may see, what was consented to, and who looked.

Everything is done by the verbs, by the sample officers; papers and cases say by their numbers that they are samples.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from providers.facilities.models import Facility
from providers.facilities.states import FacilityStatus
from residents.consents import services as consents
from residents.consents.services import Duty, Paper, Receiver, Saying, Terms
from residents.consents.states import AgentAct, Channel, ReceiverKind
from residents.registry import services as registry
from residents.registry.models import Disclosure, Resident
from residents.registry.services import Proven
from residents.registry.states import PrivateField, Proof, Purpose, Relation, ResidentStatus
from sojourn.accounts.actors import actor_for
from sojourn.accounts.models import User
from sojourn.accounts.services import open_family_account
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import today
from sojourn.local.sample.abilities import write_abilities
from sojourn.local.sample.between import MOVED, write_grants, write_twins
from sojourn.local.sample.bureau import Bureau, bureau_here
from sojourn.local.sample.callers import CALLERS, DAUGHTER, ELDER, SON, Caller
from sojourn.local.sample.papers import sample_paper
from sojourn.local.sample.writer import Outcome
from sojourn.provinces.models import Division
from sojourn.provinces.states import DivisionKind, DivisionLevel

FEWEST = 6
HALF_A_YEAR = timedelta(days=180)
PAPER, CASE = "样例-委托-2026-1", "样例-办件-2026-{}"
AT_COUNTER = Saying(Channel.COUNTER, "样例-窗口-2026-1")
BY_TELEPHONE = Saying(Channel.TELEPHONE, "样例-录音-2026-1")
OPEN_FACTS = ("name", "sex", "phone", "contact_name", "contact_phone", "dialect", "home_division")
SENSITIVE_FACTS = ("identity_number", "diets", "mobility")
# Who looked at the father: at which of his facts, what for.
LOOKS = (
    (("phone", "contact_phone"), Purpose.GETTING_IN_TOUCH),
    (("identity_number",), Purpose.BENEFIT_CHECK),
    (("name", "birth_on"), Purpose.ASSESSMENT),
)


def write_families() -> Outcome:
    """The sample families of this node stand, once, with all that was opened to them and of their elders."""
    bureau = bureau_here()
    elders = list(bureau.residents()[:FEWEST]) if bureau else []
    if bureau is None or len(elders) < FEWEST:
        return Outcome.NOBODY
    if User.objects.filter(is_sample=True, name=DAUGHTER.name).exists():
        outcome = Outcome.STANDS
    else:
        _write(bureau, elders)
        outcome = Outcome.WRITTEN
    _look(bureau, elders[0])
    return outcome


@transaction.atomic
def _write(bureau: Bureau, elders: list[Resident]) -> None:
    father, aunt, herself, *others = elders
    users = {caller: _account(caller) for caller in CALLERS}
    guardian = Proven(Relation.GUARDIAN, Proof.COURT_DECISION, "样例-民特-2026-1")
    _link(father, DAUGHTER, guardian, bureau)
    _link(herself, ELDER, Proven(Relation.SELF, Proof.IDENTITY_CARD), bureau)
    consents.give_mandate(
        resident_id=aunt.pk,
        paper=Paper(
            DAUGHTER.phone,
            [PrivateField.NAME, PrivateField.PHONE],
            [AgentAct.CONSENT, AgentAct.READ_RECORDS, AgentAct.BOOK],
            today() + timedelta(days=365),
        ),
        saying=Saying(Channel.COUNTER, PAPER),
        scan=sample_paper(),
        actor=bureau.province,
    )
    _consent_of(bureau, father, aunt, herself)
    _share_of(bureau, others)
    write_grants(bureau)
    write_twins(bureau)
    _wait_at_desk(bureau, father, users)
    _hand_out(bureau, others[-1], _elsewhere(bureau))
    write_abilities(bureau)


def _account(caller: Caller) -> User:
    return open_family_account(phone=caller.phone, sample_name=caller.name, actor=SYSTEM)


def _link(resident: Resident, caller: Caller, proven: Proven, bureau: Bureau) -> None:
    registry.link_family(resident_id=resident.pk, phone=caller.phone, proven=proven, actor=bureau.province)


def _consent_of(bureau: Bureau, father: Resident, aunt: Resident, herself: Resident) -> None:
    """Consents that stand, to other members and to a facility, and one that was taken back."""
    for resident in (father, aunt, herself):
        for member in bureau.away:
            _consent(bureau, resident, Purpose.CHECK_IN, Receiver(ReceiverKind.MEMBER, member))
    facility = _facility(bureau.home)
    if facility is not None:
        _consent(bureau, father, Purpose.CHECK_IN, Receiver(ReceiverKind.FACILITY, id=facility))
        over = _consent(bureau, aunt, Purpose.GETTING_IN_TOUCH, Receiver(ReceiverKind.FACILITY, id=facility))
        consents.withdraw_consent(consent_id=over, saying=BY_TELEPHONE, actor=bureau.province)


def _consent(bureau: Bureau, resident: Resident, purpose: Purpose, receiver: Receiver) -> UUID:
    terms = Terms(
        purpose, OPEN_FACTS + SENSITIVE_FACTS, receiver, today() + HALF_A_YEAR, separate=SENSITIVE_FACTS
    )
    given = consents.give_consent(
        resident_id=resident.pk,
        terms=terms,
        saying=AT_COUNTER,
        scan=sample_paper(),
        actor=bureau.province,
    )
    return given.pk


def _share_of(bureau: Bureau, others: list[Resident]) -> None:
    """Of others something is shared with other members on a law, which they were told."""
    duty = Duty("benefit_duty", "样例：核对异地补贴", "样例-告知-2026-1")
    for resident in others[:2]:
        for member in bureau.away:
            terms = Terms(
                Purpose.BENEFIT_CHECK,
                ("name", "birth_on", "benefit_category", "home_division"),
                Receiver(ReceiverKind.MEMBER, member),
                today() + HALF_A_YEAR,
            )
            consents.share_by_law(resident_id=resident.pk, terms=terms, duty=duty, actor=bureau.province)


def _wait_at_desk(bureau: Bureau, father: Resident, users: dict[Caller, User]) -> None:
    """What families asked for, and who moves here, waits for the officers of the county."""
    registry.ask_link(
        name=MOVED.name,
        identity_number=MOVED.identity_number,
        proven=Proven(Relation.CHILD, Proof.HOUSEHOLD_REGISTER, "样例-户口簿-1"),
        actor=actor_for(users[SON]),
    )
    registry.ask_correction(
        resident_id=father.pk,
        field=PrivateField.CONTACT_NAME,
        value=DAUGHTER.name,
        actor=actor_for(users[DAUGHTER]),
    )
    moving = Resident.objects.filter(
        is_sample=True, owner=bureau.home, status=ResidentStatus.REGISTERED
    ).exclude(home_division=bureau.county_code)
    leaves = moving.order_by("number").first()
    if leaves is not None:
        _hand_out(bureau, leaves, bureau.county_code)


def _hand_out(bureau: Bureau, resident: Resident, to: str) -> None:
    registry.transfer_out(
        resident_id=resident.pk, to_division_code=to, reason="样例：户籍迁移", actor=bureau.province
    )


def _elsewhere(bureau: Bureau) -> str:
    """Another county of the province."""
    counties = Division.objects.filter(
        province_code=bureau.home, level=DivisionLevel.COUNTY, kind=DivisionKind.UNIT, valid_to=None
    )
    return counties.exclude(pk=bureau.county_code).order_by("code").values_list("code", flat=True)[0]


def _facility(member: str) -> UUID | None:
    rows = Facility.objects.filter(owner=member, is_sample=True, status=FacilityStatus.OPEN)
    return rows.order_by("number").values_list("pk", flat=True).first()


def _look(bureau: Bureau, father: Resident) -> None:
    """Officers looked at the father, which his family reads; each look is committed by itself."""
    if Disclosure.objects.filter(resident=father).exists():
        return
    for at, (fields, purpose) in enumerate(LOOKS, start=1):
        actor = bureau.county if at % 2 else bureau.province
        if actor.covers(father.home_division_id):
            registry.disclose(
                resident_id=father.pk, fields=fields, purpose=purpose, case=CASE.format(at), actor=actor
            )
