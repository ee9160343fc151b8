"""Something of a resident is opened to somebody outside her province's staff, and closed again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from residents.registry.models import Access, Resident
from residents.registry.states import OPENABLE, Ground, HolderKind, OpenField
from sojourn.core.actors import Actor
from sojourn.core.clock import now
from sojourn.core.trail import record

SHORTEST = timedelta(microseconds=1)


@dataclass(frozen=True)
class Opening:
    """Which private fields and facts of health, to whom, on what ground with its article, until when."""

    holder_kind: HolderKind
    holder_id: UUID
    fields: Collection[OpenField]
    ground: Ground
    article: str
    ends_at: datetime


@transaction.atomic
def open_access(*, resident: Resident, opening: Opening, actor: Actor) -> Access:
    """From now on the holder sees this resident, and may be shown these fields; the caller decided that and holds her."""
    access = Access.objects.create(
        resident=resident,
        holder_kind=opening.holder_kind,
        holder_id=opening.holder_id,
        fields=[field for field in OPENABLE if field in opening.fields],
        ground=opening.ground,
        article=opening.article,
        opens_at=now(),
        ends_at=opening.ends_at,
    )
    record(action="access.opened", actor=actor, subject=access, fields=access.fields, ground=access.ground)
    return access


@transaction.atomic
def close_access(*, access_id: UUID, actor: Actor) -> Access:
    """The holder sees the resident no more; one that ended already stays as it is."""
    access = Access.objects.locked().get(pk=access_id)
    if access.ends_at > now():
        access.ends_at = max(now(), access.opens_at + SHORTEST)
        access.save(update_fields=["ends_at"])
        record(action="access.closed", actor=actor, subject=access)
    return access
