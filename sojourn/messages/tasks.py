"""Jobs of the outbox."""

from uuid import UUID

from celery import shared_task

from sojourn.messages import services
from sojourn.messages.channels import DeliveryFailed, channel


@shared_task(time_limit=45)
def send(message_id: str) -> bool:
    """One message is tried, if it is due and nobody else is at it; whether it was sent."""
    parcel = services.claim(message_id=UUID(message_id))
    if parcel is None:
        return False
    try:
        reference = channel().deliver(parcel)
    except DeliveryFailed as failed:
        services.note_failed(parcel=parcel, reason=failed.reason, is_final=failed.is_final)
        return False
    return services.note_sent(parcel=parcel, reference=reference)


@shared_task(time_limit=60)
def sweep() -> dict[str, int]:
    """What a lost job left waiting is queued again, and what is of no more use is forgotten; safe to repeat."""
    return {"expired": services.expire_overdue(), "announced": services.announce_due()}
