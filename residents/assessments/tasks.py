"""Jobs of the room."""

import structlog
from celery import shared_task

from residents.assessments import services

log = structlog.get_logger(__name__)


@shared_task(time_limit=290)
def recompute() -> int:
    """Every stored result is worked out anew; how many are not what their answers come to. Safe to repeat."""
    numbers = list(services.differing())
    if numbers:
        log.error("results_differ", count=len(numbers), numbers=numbers[:20])
    return len(numbers)


@shared_task(time_limit=280)
def tell_entries() -> int:
    """Whoever has a result that a spreadsheet brought is told of it when its day has come; safe to repeat."""
    return services.tell_entries_due()


@shared_task(time_limit=290)
def tell_endings() -> int:
    """Whoever has a result that ends soon is told so once, by day; how many were told. Safe to repeat."""
    return services.tell_endings()


@shared_task(time_limit=290)
def draw_rechecks() -> int:
    """A share of every body's results of the last whole period is drawn, once; how many draws. Safe to repeat."""
    return services.draw_due_rechecks()
