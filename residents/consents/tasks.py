"""Jobs of the room: hints only; the database says what there is to do."""

from celery import shared_task

from residents.consents import services


@shared_task(name="residents.consents.tasks.sweep", time_limit=120)
def sweep() -> None:
    """What time or the register ended opens nothing any more; what changed is shown as it stands; moves go on."""
    services.sweep()
    services.renew_extracts()
    services.settle_moves()
    services.settle_arrivals()
    services.erase_run_out()


@shared_task(name="residents.consents.tasks.match", time_limit=240)
def match() -> None:
    """Who stands on the registers of two members is found, and what both settled waits no more."""
    services.match_residents()
