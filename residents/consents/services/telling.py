"""Who of another member looked at a resident, in the sentences in which she reads who looked at home."""

from django.utils.translation import gettext as _

from providers.facilities.models import Facility
from residents.consents import facts, scans
from residents.consents.models import Reading
from residents.registry.models import Resident
from residents.registry.services.disclosing import Told, tell_also
from residents.registry.services.downloads import downloads
from residents.registry.states import Purpose
from sojourn.accounts.reach import names_of
from sojourn.core.actors import Role
from sojourn.core.clock import local


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
    places = names_of({prefix for row in rows for prefix in _prefixes(row)})
    facilities = dict(
        Facility.objects.filter(pk__in={row.facility for row in rows if row.facility}).values_list(
            "pk", "listed_name"
        )
    )
    return [Told(row.at, _sentence(row, _who(row, places, facilities))) for row in rows]


def _prefixes(row: Reading) -> list[str]:
    return row.reach.split(",") if row.reach else []


def _who(row: Reading, places: dict, facilities: dict) -> str:
    """Where the person who looked works and as what; nobody told us her name."""
    role = str(Role(row.role).label) if row.role in Role.values else row.role
    if row.facility is not None:
        return facilities.get(row.facility, names_of([row.owner[:2]])[row.owner[:2]]) + role
    return "、".join(places[prefix] for prefix in _prefixes(row)) + role


def _sentence(row: Reading, who: str) -> str:
    return _("{who}于{at}查看了{fields}，用途：{purpose}，事由：{case}").format(
        who=who,
        at=f"{local(row.at):%Y-%m-%d %H:%M}",
        fields=facts.labels(row.fields),
        purpose=Purpose(row.purpose).label,
        case=row.case,
    )
