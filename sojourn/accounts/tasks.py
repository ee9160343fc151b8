"""Jobs of accounts."""

from celery import shared_task

from sojourn.accounts.services import forget_ended
from sojourn.core.clock import now


@shared_task(time_limit=120)
def clear_sessions() -> int:
    """Sessions that have ended and failed sign-ins that no longer weigh are forgotten; safe to repeat."""
    return forget_ended(at=now())
