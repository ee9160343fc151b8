"""Alarms: one while the trouble lasts, at a desk until it is over."""

from django.db import transaction
from django.db.models import F

from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import now
from sojourn.core.trail import record
from sojourn.desk import services as desk
from sojourn.sharing import policy
from sojourn.sharing.errors import AlreadySettled, NoSuchAlarm, NotForYou, WhyMissing
from sojourn.sharing.models import Alarm
from sojourn.sharing.services.desks import desk_of, names_in, subject_of
from sojourn.sharing.states import AlarmState

QUEUE, SUBJECT = "feed_alarms", "sharing.alarm"


@transaction.atomic
def raise_alarm(*, reason: str, subject: str, detail: str = "") -> Alarm:
    """There is one open alarm of this reason about this subject, counted once more, and one matter at a desk.

    ``subject`` names a feed, a node or a key, ``detail`` a number or a code: never personal data.
    """
    at = now()
    alarm, is_new = Alarm.objects.get_or_create(
        reason=reason,
        subject=subject,
        state=AlarmState.OPEN,
        defaults={"detail": detail[:200], "last_at": at},
    )
    if is_new:
        _open_matter(alarm)
    else:
        Alarm.objects.filter(pk=alarm.pk).update(times=F("times") + 1, last_at=at, detail=detail[:200])
    return alarm


@transaction.atomic
def close_alarms(*, subject: str, reasons: tuple[str, ...] = (), actor: Actor = SYSTEM) -> int:
    """The open alarms about this subject, of these reasons or of all, are closed; how many there were."""
    alarms = Alarm.objects.open().filter(subject=subject)
    if reasons:
        alarms = alarms.filter(reason__in=reasons)
    return _close(list(alarms.locked().values_list("pk", flat=True)), actor)


@transaction.atomic
def close_alarm(*, alarm_id: int, reason: str, actor: Actor) -> Alarm:
    """Somebody looked into an alarm and says why it is over; what goes on raises a new one."""
    alarm = Alarm.objects.locked().filter(pk=alarm_id).first()
    if alarm is None:
        raise NoSuchAlarm
    if not policy.can_look_after_feeds(actor):
        raise NotForYou
    if alarm.state == AlarmState.CLOSED:
        raise AlreadySettled
    if not reason.strip():
        raise WhyMissing
    _close([alarm.pk], actor)
    alarm.refresh_from_db()
    record(action="alarm.closed", actor=actor, subject=alarm, reason=reason.strip())
    return alarm


def _open_matter(alarm: Alarm) -> None:
    owner = alarm.subject.partition("/")[0]
    if not desk_of(owner):
        return
    title = f"{alarm.subject}: {alarm.reason}"
    desk.open_item(
        queue=QUEUE,
        subject=subject_of(SUBJECT, str(alarm.pk), title, owner=owner),
        facts={"subject": alarm.subject, "reason": alarm.reason, "names": names_in(alarm.subject)},
        actor=SYSTEM,
    )


def _close(alarms: list[int], actor: Actor) -> int:
    if not alarms:
        return 0
    Alarm.objects.filter(pk__in=alarms).update(state=AlarmState.CLOSED, closed_at=now())
    for pk in alarms:
        desk.close_item(queue=QUEUE, subject_kind=SUBJECT, subject_id=str(pk), outcome="closed", actor=actor)
    return len(alarms)
