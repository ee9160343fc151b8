"""Jobs of the kernel."""

from celery import shared_task

from sojourn.core.services import seal_trail


@shared_task(time_limit=600)
def seal_yesterday() -> int:
    """Seal every day of the trail that has passed; safe to repeat."""
    return len(seal_trail())
