"""One row of every kind in a county of its own, by which a list or a page that shows too much is known."""

from datetime import UTC, date, datetime

from residents.assessments.services import add_crosswalk, draw_rechecks, object_to_result, recognise_result
from residents.assessments.services.recognising import CrosswalkRow, OriginalResult
from residents.consents.models import Arrival, Extract, Match, Reading
from residents.consents.services import Saying
from residents.registry.models import Export
from residents.registry.services import ask_correction
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.identifiers import sample_identity
from sojourn.core.ids import uuid7
from sojourn.core.models import AuditEntry
from sojourn.sharing.models import RegistryEdition
from sojourn.sharing.protocol.registry import Registry
from tests.factories.accounts import ApiKeyFactory, MembershipFactory, PasskeyFactory, UserFactory
from tests.factories.assessments import AssessorFactory, BodyFactory, final
from tests.factories.consents import a_consent, a_legal_share, a_mandate
from tests.factories.desk import DelegationFactory, ProposalFactory, WorkItemFactory
from tests.factories.facilities import FacilityFactory, OperatorFactory
from tests.factories.files import StoredFileFactory
from tests.factories.messages import MessageFactory
from tests.factories.registrations import life_of
from tests.factories.residents import BORN, AccessFactory, ResidentFactory
from tests.residents.actors import account_of, staff
from tests.residents.registry.families import ask, family_member, linked
from tests.residents.spreadsheets import checked, person

CANARY = "金丝雀哨兵"
INSTRUMENT = "six_provinces_2021"
# An operator is public, so its name may stand on pages and in the API, but not in another county's admin.
OPERATOR = "哨兵运营有限公司"


def rows_there() -> dict:
    """Rows of 230103 that are not public, each carrying the canary, by what stands for them in addresses."""
    operator = OperatorFactory(name=OPERATOR, division_id="230103")
    facility = FacilityFactory(
        listed_name=f"{CANARY}养老院",
        operator=operator,
        division_id="230103",
        status="registered",
    )
    user = UserFactory(name=CANARY, username="canary")
    membership = MembershipFactory(user=user, role=Role.OFFICER, division_code="230103")
    program = ApiKeyFactory(
        client__name=CANARY, client__holder_id=facility.pk, client__division_code="230103"
    )
    entry = AuditEntry.objects.create(
        action="facility.registered",
        subject_kind="facilities.facility",
        subject_id=str(facility.pk),
        facts={"name": CANARY},
        actor_role=Role.OFFICER,
        actor_user_id=user.pk,
        actor_divisions="230103",
    )
    resident = ResidentFactory(name=CANARY, home_division_code="230103")
    holder = family_member()
    link = linked(holder, resident)
    AccessFactory(resident=resident, holder_id=facility.pk)
    asked = {"resident_id": resident.pk, "field": "name", "value": CANARY}
    own = ask_correction(**asked, actor=holder)
    return {
        "people": resident,
        "links": link,
        "link": link,
        "linkrequest": ask(holder, identity_number=sample_identity(9_900_001, BORN), name=CANARY),
        "correctionrequest": own,
        "v1/corrections": ask_correction(**asked, actor=account_of(facility.pk)),
        "message": MessageFactory(body=CANARY),
        "operators": operator,
        "operator": operator,
        "facilities": facility,
        "facility": facility,
        "user": user,
        "passkeys": PasskeyFactory(user=user, name=CANARY),
        "apiclient": program.client,
        "apikey": program,
        "membership": membership,
        "auditentry": entry,
        "workitem": WorkItemFactory(title=CANARY, division_code="230103"),
        "proposal": ProposalFactory(title=CANARY, division_code="230103", proposed_by=user),
        "delegation": DelegationFactory(giver=user, receiver=user_there()),
        **opened_there(),
        "importbatch": checked([person(2, name=CANARY, home="南岗区")], staff("230103")),
        "export": export_there(user),
        "files": StoredFileFactory(owner_id=facility.pk),
        "number": facility.number,
        **residents_there(),
        "my/corrections": own,
        "registry": live_registry(),
        **assessed_there(),
    }


def assessed_there() -> dict:
    """Everything of assessments there, by people and bodies who are called after the canary."""
    body = BodyFactory(name=CANARY, division_id="230103")
    first = AssessorFactory(body=body, name=CANARY)
    second = AssessorFactory(body=body, name=CANARY, without_medicine=True)
    resident = ResidentFactory(home_division_code="230103")
    assessment = final(resident, (first, second))
    review = object_to_result(assessment_id=assessment.pk, objector="agent", grounds=CANARY, actor=SYSTEM)
    crosswalk = CrosswalkRow("canary", "1", "1", "一级", "mild", "样例")
    original = OriginalResult(
        from_member="430000",
        from_scale="canary",
        from_edition="1",
        from_level="1",
        from_label="一级",
        source=CANARY,
        paper_reference=CANARY,
        assessed_on=today(),
        valid_until=today(),
    )
    elsewhere = {"resident_id": ResidentFactory(home_division_code="500112").pk, "original": original}
    return {
        "levelcrosswalk": add_crosswalk(agreement_code=INSTRUMENT, row=crosswalk, actor=SYSTEM),
        "recognition": recognise_result(**elsewhere, agreement_code=INSTRUMENT, actor=SYSTEM),
        "recheckdraw": draw_rechecks(
            body_id=body.pk, first_day=date(2026, 1, 1), last_day=date(2026, 1, 31), actor=SYSTEM
        ),
        "assessmentbody": body,
        "assessor": first,
        "assessments/assessment": assessment,
        "v1/assessments": assessment,
        "review": review,
    }


def opened_there() -> dict:
    """What is opened of a resident of that county, its proofs carrying the canary."""
    resident = ResidentFactory(home_division_code="230103", name=CANARY)
    said = {"resident": resident, "purpose": "emergency", "fields": ("name",), "separate": ()}
    consent = a_consent(saying=Saying("counter", CANARY), **said)
    mandate = a_mandate(Actor(Role.FAMILY, user_id=UserFactory(name=CANARY).pk), resident)
    return {
        "people": resident,
        "consent": consent,
        "consents": consent,
        "legalshare": a_legal_share(**said),
        "extract": Extract.objects.first(),
        **matched_there(resident, consent),
        "mandate": mandate,
        "mandates": mandate,
    }


def residents_there() -> dict:
    """A resident with everything that can happen to a registration."""
    resident = ResidentFactory(home_division_code="230103", name=CANARY)
    return {"resident": resident, "v1/residents": resident, **life_of(resident)}


def matched_there(resident, consent) -> dict:
    """A match of that resident's, a reading of what was given of her, and her arrival."""
    at = {"owner": "230000", "resident": resident.pk}
    found = Match.objects.create(other="440000", ours=uuid7(), theirs=uuid7(), found_at=now(), **at)
    reading = Reading.objects.create(
        **at | {"owner": "500000"},
        home="230000",
        extract=consent.pk,
        at=now(),
        fields=["name"],
        purpose="emergency",
        case=CANARY,
        role=Role.OFFICER,
        reach="50",
    )
    arrival = Arrival.objects.create(
        owner="230000", home="440000", place="230103", resident_number=CANARY, resident=resident.pk
    )
    return {"match": found, "reading": reading, "arrival": arrival}


def live_registry():
    """A registry that lists no node: the node shares, and knows nobody."""
    issued, expires = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
    document = Registry(1, issued, expires, (), ()).spelt()
    return RegistryEdition.objects.create(
        edition=1, document=document, signatures=b"", issued_at=issued, expires_at=expires
    )


def export_there(user):
    return Export.objects.create(
        at=datetime(2026, 1, 1, tzinfo=UTC),
        division_code="230103",
        purpose="verification",
        case=CANARY,
        people=1,
        actor_role=Role.OFFICER,
        actor_user_id=user.pk,
        actor_divisions="230103",
    )


def user_there():
    return MembershipFactory(user__name=CANARY, role=Role.OFFICER, division_code="230103").user
