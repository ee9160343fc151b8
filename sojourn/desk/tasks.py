"""Jobs of the desk."""

from celery import shared_task

from sojourn.desk import services


@shared_task(time_limit=300)
def sweep() -> dict[str, int]:
    """Last days settle, overdue items rise, proposals lapse: what is due now and no more, however often it runs."""
    return {
        "settled": services.settle_due_dates(),
        "escalated": services.escalate_overdue(),
        "lapsed": services.lapse_proposals(),
    }
