"""Who of another member looked at a resident, in the sentences in which she reads who looked at home."""

from providers.facilities.models import Facility
from residents.consents import facts, scans
from residents.consents.models import Reading
from residents.registry.looks import looked_at, places_of, where_in, who_looked
from residents.registry.models import Resident
from residents.registry.services.disclosing import Told, tell_also
from residents.registry.services.downloads import downloads
from sojourn.accounts.reach import names_of


def tell_from_now_on() -> None:
    """What was read elsewhere, and who downloaded her mandates and written consents, stands in the resident's own list."""
    tell_also(readings_of)
    tell_also(downloads_of_papers)


def downloads_of_papers(resident: Resident, most: int) -> list[Told]:
    """Who downloaded the papers of her mandates and consents, of each kind newest first."""
    hers = {kind: model.objects.of(resident.pk) for kind, model in scans.KINDS.items()}
    return [
        told
        for kind, rows in hers.items()
        for told in downloads(kind, list(rows.values_list("pk", flat=True)), scans.CALLED[kind], most)
    ]


def readings_of(resident: Resident, most: int) -> list[Told]:
    """The readings that other members told us of, newest first."""
    rows = list(Reading.objects.of_resident(resident).order_by("-at", "-pk")[:most])
    places = places_of(row.reach for row in rows)
    facilities = dict(
        Facility.objects.filter(pk__in={row.facility for row in rows if row.facility}).values_list(
            "pk", "listed_name"
        )
    )
    return [Told(row.at, _sentence(row, _who(row, places, facilities))) for row in rows]


def _who(row: Reading, places: dict, facilities: dict) -> str:
    """Where the person who looked works and as what; nobody told us her name."""
    if row.facility is None:
        return who_looked(row.role, where_in(row.reach, places))
    return who_looked(row.role, facilities.get(row.facility, names_of([row.owner[:2]])[row.owner[:2]]))


def _sentence(row: Reading, who: str) -> str:
    what = facts.labels(row.fields)
    return looked_at(who=who, at=row.at, what=what, purpose=row.purpose, case=row.case)
