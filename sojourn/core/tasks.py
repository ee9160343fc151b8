"""Jobs of the kernel."""

from celery import shared_task

from sojourn.core.services import rotate_keys, seal_trail


@shared_task(time_limit=600)
def seal_yesterday() -> int:
    """Seal every day of the trail that has passed; safe to repeat."""
    return len(seal_trail())


@shared_task(time_limit=600)
def bring_under_newest_keys() -> int:
    """What an older key locks comes under the newest one; with nothing to do it asks a few rows and ends."""
    return rotate_keys()
