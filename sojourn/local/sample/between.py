"""What the members of the demo's nodes granted each other, and two people who stand on the registers of both."""

from dataclasses import dataclass
from datetime import date, timedelta

from residents.consents.models import EXTRACTS, MARKS
from residents.registry.facts import ResidentFacts
from residents.registry.models import Resident
from residents.registry.services import correct_resident
from residents.registry.states import ResidentStatus, Sex
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import today
from sojourn.core.identifiers import sample_identity
from sojourn.local.sample.bureau import Bureau
from sojourn.sharing import catalogue
from sojourn.sharing.services.granting import Asked, apply_for_data, grant_application
from sojourn.sharing.states import Purpose

A_YEAR = timedelta(days=365)
GROUND = "样例：两地旅居养老合作协议"


@dataclass(frozen=True)
class Twice:
    """Somebody invented whose identity number stands on the registers of both nodes.

    Seeds lie beyond those of any planned resident; an odd one is a man's, an even one a woman's.
    """

    seed: int
    born: date
    name: str = ""

    @property
    def identity_number(self) -> str:
        return sample_identity(self.seed, self.born)

    @property
    def facts(self) -> ResidentFacts:
        sex = Sex.MALE if self.seed % 2 else Sex.FEMALE
        told = ResidentFacts(birth_on=self.born, sex=sex, identity_number=self.identity_number)
        return told | ResidentFacts(name=self.name) if self.name else told


# The same person at both; and one whose number was mistyped at one of them, where she keeps her own name.
MOVED, MISTAKEN = Twice(9_000_003, date(1949, 10, 4), "林望舒"), Twice(9_000_004, date(1951, 3, 12))


def write_grants(bureau: Bureau) -> None:
    """The first members of the other nodes may have what is for them of our residents, and compare registers."""
    for member in bureau.away:
        for resource in (EXTRACTS, MARKS):
            known = catalogue.known(resource)
            if known is None:
                continue
            asked = Asked(
                applicant=member,
                owner=bureau.home,
                resource=resource,
                purpose=Purpose.PUBLIC_SERVICE,
                fields=known.shape.names,
                ground=GROUND,
                expires_on=today() + A_YEAR,
                reason="样例：旅居老年人的服务衔接与重复登记核对",
            )
            application = apply_for_data(asked=asked, actor=bureau.province)
            grant_application(application_id=application.pk, actor=bureau.second, note="样例：同意提供")


def write_twins(bureau: Bureau) -> None:
    """Two who had shown no identity card until now show it: each stands on the other node's register too.

    In reality they moved, and a number was mistyped: officers of both nodes find out which is which.
    """
    if not bureau.away:
        return
    unproven = Resident.objects.unprotected().filter(
        is_sample=True,
        owner=bureau.home,
        status=ResidentStatus.REGISTERED,
        identity_cipher=None,
    )
    for resident, twice in zip(unproven.order_by("number")[:2], (MOVED, MISTAKEN), strict=False):
        correct_resident(resident_id=resident.pk, facts=twice.facts, actor=SYSTEM)
