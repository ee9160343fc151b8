"""Jobs of the web shell."""

import time

from celery import shared_task
from django.core.cache import cache

from sojourn.web.idempotency import forget_carried_out

BEAT_KEY = "jobs-seen-at"


@shared_task(time_limit=30)
def beat_seen() -> None:
    """Beat and worker are both alive: the schedule sent this job and a worker ran it."""
    cache.set(BEAT_KEY, int(time.time()), timeout=None)


@shared_task(time_limit=120)
def forget_requests() -> int:
    """Keys of requests that nobody sends again any more are forgotten; safe to repeat."""
    return forget_carried_out()
