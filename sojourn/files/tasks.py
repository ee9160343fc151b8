"""Jobs of files."""

from celery import shared_task

from sojourn.files.services import sweep_bytes


@shared_task(time_limit=600)
def sweep() -> int:
    """Bytes that no row names are removed; safe to repeat."""
    return sweep_bytes()
