"""What happens to a registration, as the services leave it."""

from datetime import date

from residents.registry.models import Resident
from residents.registry.models.life import Duplicate, LegalHold, Merge, PurgeLine, PurgeReport, Transfer
from sojourn.core.clock import now
from tests.factories.accounts import UserFactory
from tests.factories.residents import ResidentFactory


def life_of(resident: Resident) -> dict:
    """One row of each kind about this resident, by the name of its model in addresses."""
    officer, other = UserFactory(), UserFactory()
    twin = ResidentFactory(home_division_code=resident.home_division_id)
    first, second = sorted([resident, twin], key=lambda row: row.pk)
    report = PurgeReport.objects.create(
        owner=resident.owner,
        prepared_at=now(),
        as_of=date(2026, 11, 22),
        prepared_by=officer,
        counts={"died": {"due": 1, "held": 0, "years": 5, "first": "2026-11-22"}},
    )
    return {
        "legalhold": LegalHold.objects.create(
            resident=resident,
            ground="litigation",
            case=f"{resident.name}案",
            reason=resident.name,
            set_by=officer,
            set_at=now(),
        ),
        "purgereport": report,
        "purgeline": PurgeLine.objects.create(
            report=report, resident=resident, kind="died", due_on=date(2026, 11, 22)
        ),
        "duplicate": Duplicate.objects.create(
            first=first, second=second, score=80, reasons=["same_birth", "same_name"], found_at=now()
        ),
        "merge": Merge.objects.create(
            survivor=resident,
            merged=twin,
            reason=resident.name,
            proposed_by=officer,
            merged_by=other,
            merged_at=now(),
        ),
        "transfer": Transfer.objects.create(
            resident=resident,
            from_division_id=resident.home_division_id,
            to_division_id="230102",
            reason=resident.name,
            out_by=officer,
            out_at=now(),
        ),
    }
