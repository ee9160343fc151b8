"""Jobs of accounts."""

from celery import shared_task

from sojourn.accounts.services import forget_challenges, forget_ended, forget_old_codes, forget_tokens
from sojourn.core.clock import now


@shared_task(time_limit=120)
def clear_sessions() -> int:
    """Sessions and tokens that have ended and failed sign-ins that no longer weigh are forgotten; safe to repeat."""
    return forget_ended(at=now()) + forget_tokens(at=now())


@shared_task(time_limit=60)
def forget_codes() -> int:
    """One-time codes and challenges that no longer open anything nor count for a network are gone; safe to repeat."""
    return forget_old_codes(at=now()) + forget_challenges(at=now())
