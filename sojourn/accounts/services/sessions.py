"""Which sessions of an account are open, and how they end before their time."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from sojourn.accounts.actors import actor_for
from sojourn.accounts.models import Session, User
from sojourn.accounts.querysets import SessionQuerySet
from sojourn.accounts.states import SessionEnd
from sojourn.core.actors import Actor
from sojourn.core.clock import now
from sojourn.core.trail import record


@transaction.atomic
def end_session(*, key: str, why: SessionEnd) -> None:
    """This session opens nothing any more and holds nothing but why."""
    _end(Session.objects.locked().filter(pk=key), why)


@transaction.atomic
def end_oldest(*, user_id: UUID) -> int:
    """Of the sessions of one of the staff only the newest stand, as many as are allowed at a time; how many ended."""
    user = User.objects.locked().get(pk=user_id)
    open_now = open_sessions(
        user_id, idle=settings.STAFF_IDLE_SECONDS, longest=settings.STAFF_SESSION_SECONDS
    )
    oldest = [row.pk for row in open_now[settings.STAFF_SESSIONS :]]
    return _ended(user, oldest, SessionEnd.CROWDED, actor_for(user, second_factor=True))


@transaction.atomic
def end_other_sessions(*, key: str, actor: Actor) -> int:
    """Whoever asks stays signed in here and nowhere else; how many sessions ended."""
    user = User.objects.locked().get(pk=actor.user_id)
    others = Session.objects.visible_to(actor).standing().exclude(pk=key)
    return _ended(user, list(others.values_list("pk", flat=True)), SessionEnd.ELSEWHERE, actor)


def open_sessions(user_id: UUID, *, idle: int, longest: int) -> list[Session]:
    """The sessions in which this account is signed in and has not been away too long, the newest first."""
    at = now()
    rows = Session.objects.standing().filter(user=user_id)
    in_time = rows.filter(
        seen_at__gte=at - timedelta(seconds=idle), began_at__gte=at - timedelta(seconds=longest)
    )
    return list(in_time.order_by("-began_at", "pk"))


def _ended(user: User, keys: list[str], why: SessionEnd, actor: Actor) -> int:
    """Those of them that were still open are over, and the trail says how many."""
    count = _end(Session.objects.locked().filter(pk__in=keys), why)
    if count:
        record(action="user.sessions_ended", actor=actor, subject=user, sessions=count, why=why)
    return count


def _end(rows: SessionQuerySet, why: SessionEnd) -> int:
    keys = list(rows.filter(ended="").values_list("pk", flat=True))
    return Session.objects.filter(pk__in=keys).update(
        ended=why, user=None, session_data="", device="", began_at=None, seen_at=None
    )
