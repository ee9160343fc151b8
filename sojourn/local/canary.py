"""A resident who is nobody, registered for a drill: erased after the backup, she must stay erased after the restore.

Called in the node's own shell; the drill itself runs outside.
"""

import secrets
from datetime import date, timedelta
from uuid import UUID

from residents.registry.facts import ResidentFacts
from residents.registry.models import Resident, ResidentKey
from residents.registry.safe import indexes_of
from residents.registry.services import erase_resident, register_resident
from residents.registry.states import ErasureGround, PrivateField
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import now
from sojourn.core.hosting import hosted_members
from sojourn.core.identifiers import sample_identity
from sojourn.core.models import AuditEntry, TrailSeal
from sojourn.core.services import seal_trail
from sojourn.provinces.models import Division
from sojourn.provinces.states import DivisionLevel

NAME, BORN = "金雀", date(1931, 1, 1)  # nobody of the sample world was born so early


def registered() -> str:
    """Her id and her identity number; a sealed day stands in the trail before anybody saves it."""
    number = sample_identity(2 * secrets.randbelow(5 * 10**6), BORN)
    canary = register_resident(
        home_division_code=_county(),
        facts=ResidentFacts(name=NAME, identity_number=number),
        is_sample=True,
        actor=SYSTEM,
    )
    if not TrailSeal.objects.exists():
        _note_yesterday(canary)
    seal_trail()
    return f"{canary.pk} {number}"


def erase(canary: str) -> None:
    """She is erased, as if she had taken her consent back."""
    erase_resident(resident_id=UUID(canary), ground=ErasureGround.CONSENT_WITHDRAWN, actor=SYSTEM)


def traces(canary: str, number: str) -> int:
    """How much still tells who she was: a key of hers, her number in her row, a row that is found by it."""
    by_number = indexes_of(PrivateField.IDENTITY_NUMBER, number)
    return (
        ResidentKey.objects.filter(pk=canary).count()
        + Resident.objects.filter(pk=canary).exclude(identity_cipher=None).count()
        + Resident.objects.filter(identity_index__in=by_number).count()
    )


def _note_yesterday(canary: Resident) -> None:
    """A demo that began today has no past day that could be sealed: something happened yesterday."""
    AuditEntry.objects.create(
        at=now() - timedelta(days=1),
        action="drill.prepared",
        subject_kind=canary._meta.label_lower,
        subject_id=str(canary.pk),
        **SYSTEM.as_columns(),
    )


def _county() -> str:
    """A county of a member that this node hosts."""
    counties = Division.objects.filter(province_code=min(hosted_members()), level=DivisionLevel.COUNTY)
    return str(counties.filter(valid_to=None).order_by("pk").values_list("pk", flat=True)[0])
