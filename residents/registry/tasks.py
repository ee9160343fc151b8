"""Jobs of the registry."""

from celery import shared_task

from residents.registry import services


@shared_task(time_limit=600)
def silence_erased() -> dict[str, int]:
    """The database and the list of destroyed keys name the same residents; safe to repeat."""
    return {"again": services.erase_again(), "noted": services.note_erased()}


@shared_task(time_limit=1200)
def purge() -> int:
    """Goes on with what approved reports list; safe to repeat."""
    return services.purge()
