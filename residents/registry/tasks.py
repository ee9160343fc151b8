"""Jobs of the registry: hints only; the rows of the spreadsheets say what there is still to do."""

from uuid import UUID

from celery import shared_task

from residents.registry import services
from residents.registry.states import ImportStatus


@shared_task(time_limit=600)
def silence_erased() -> dict[str, int]:
    """The database and the list of destroyed keys name the same residents; safe to repeat."""
    return {"again": services.erase_again(), "noted": services.note_erased()}


@shared_task(time_limit=1200)
def purge() -> int:
    """Goes on with what approved reports list; safe to repeat."""
    return services.purge()


@shared_task(time_limit=280)
def apply_import(batch: str) -> None:
    """The good rows of a spreadsheet are registered."""
    services.apply_import(batch_id=UUID(batch))


@shared_task(time_limit=280)
def undo_import(batch: str) -> None:
    """Whom a spreadsheet registered is taken off the register."""
    services.take_back_import(batch_id=UUID(batch))


@shared_task(time_limit=60)
def go_on() -> None:
    """What a killed job left is taken up again, and what nobody confirmed in time is given up."""
    services.lapse_imports()
    unfinished = services.unfinished_imports()
    for pk in unfinished[ImportStatus.APPLYING]:
        apply_import.delay(str(pk))
    for pk in unfinished[ImportStatus.UNDOING]:
        undo_import.delay(str(pk))


@shared_task(time_limit=1200)
def find_duplicates() -> int:
    """Registrations that may be one person's are listed; safe to repeat."""
    return services.find_duplicates()
