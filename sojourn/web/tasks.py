"""Jobs of the web shell."""

import time

from celery import shared_task
from django.core.cache import cache

BEAT_KEY = "jobs-seen-at"


@shared_task(time_limit=30)
def beat_seen() -> None:
    """Beat and worker are both alive: the schedule sent this job and a worker ran it."""
    cache.set(BEAT_KEY, int(time.time()), timeout=None)
