"""How often an account may ask within an hour who bears a number; counted in the trail, so without any cache."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from residents.registry.errors import AlreadyRegistered, LookUpsSpent, NotYourResident
from residents.registry.services.importing import member_of
from residents.registry.states import PrivateField
from sojourn.accounts.models import User
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import local, today
from sojourn.core.models import AuditEntry
from sojourn.core.trail import record
from sojourn.provinces.rules import rule

LIMIT = "look_ups_an_hour"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LOOKED_UP, KNOWN = "resident.looked_up", "resident.known"


def refuse_spent(actor: Actor) -> None:
    """Her account is held until commit, so that its look-ups are counted one by one; refused once they are spent."""
    if not User.objects.locked().filter(pk=actor.user_id).exists():
        raise NotYourResident
    limit = rule(LIMIT, on=today(), member=member_of(actor.common_reach))
    lines = AuditEntry.objects.filter(actor_user_id=actor.user_id, action__in=[LOOKED_UP, KNOWN])
    # The lines of one look-up, one for each who was found, were written in one instant.
    instants = lines.filter(at__gt=Now() - HOUR).order_by("-at").values_list("at", flat=True).distinct()
    counted = list(instants[:limit])
    if len(counted) == limit:
        raise LookUpsSpent(limit=limit, again=f"{local(counted[-1] + HOUR + MINUTE):%H:%M}")


@contextmanager
def counting_known(facts: Mapping, actor: Actor) -> Iterator[None]:
    """One transaction, in which to be refused an identity number because it is known counts as a look-up.

    What was begun is undone; that a number was found so stands in the trail, without the number. Whoever has spent
    her look-ups is refused before it is tried, so that registering tells no more than looking up.
    """
    known: AlreadyRegistered | None = None
    counts = actor.role == Role.OFFICER and bool(facts.get(PrivateField.IDENTITY_NUMBER))
    with transaction.atomic():
        if counts:
            refuse_spent(actor)
        try:
            with transaction.atomic():
                yield
        except AlreadyRegistered as refusal:
            if not counts:
                raise
            known = refusal
            record(action=KNOWN, actor=actor, subject=User(pk=actor.user_id))
    if known is not None:
        raise known
