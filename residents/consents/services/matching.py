"""Double enrolment: who stands on the registers of two members is found by their own key, and settled by both."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from residents.consents import policy
from residents.consents.errors import AlreadySettled, NoSuchMatch, NotYourConsent
from residents.consents.models import MARKS, Mark, Match
from residents.consents.states import MATCH_FLOW, Disposition
from residents.registry.models import Resident, ResidentKey
from residents.registry.safe import Safe
from residents.registry.states import PrivateField, ResidentStatus
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import now, today
from sojourn.core.keyring import Key, KeyMissing, keyring
from sojourn.core.trail import record
from sojourn.desk import services as desk
from sojourn.desk.models import WorkItem
from sojourn.desk.subjects import Subject
from sojourn.provinces.rules import rule
from sojourn.sharing.models import Grant

QUEUE, SUBJECT = "double_enrolments", "consents.match"
HOUR = timedelta(hours=1)
PAIR = """
    SELECT ours.id, theirs.id, ours.owner, ours.other, ours.resident
    FROM consents_mark AS ours
    JOIN consents_mark AS theirs
      ON theirs.mark = ours.mark AND theirs.key = ours.key
     AND theirs.owner = ours.other AND theirs.other = ours.owner
    WHERE ours.resident IS NOT NULL AND ours.owner = ANY(%s) AND NOT EXISTS (
      SELECT FROM consents_match AS known
      WHERE known.owner = ours.owner AND known.ours = ours.id AND known.theirs = theirs.id)
    ORDER BY ours.id LIMIT 500
"""


def match_key(one: str, other: str) -> Key:
    """The newest matching key of two members, the same whoever asks."""
    first, second = sorted((one, other))
    return keyring().newest(f"match_{first}_{second}")


def match_residents() -> None:
    """Marks are made and taken back, what is alike is a match, and what both members settled waits no more."""
    forget_marks()
    grants = Grant.objects.live_on(today()).filter(owner__in=settings.HOSTED_PROVINCES, resource=MARKS)
    for grant in grants.order_by("pk"):
        mark_residents(grant_id=grant.pk)
    find_matches()
    settle_matches()


@transaction.atomic
def mark_residents(*, grant_id: UUID) -> int:
    """Residents who may be matched under a grant have a mark for its member, so many an hour; how many are new.

    That the matching key was used, and how often, is in the trail. Nothing where the key is not here.
    """
    grant = Grant.objects.locked().get(pk=grant_id)
    try:
        key = match_key(grant.owner, grant.to)
    except KeyMissing:
        return 0
    made = Mark.objects.of_pair(grant.owner, grant.to)
    left = rule("match_marks_an_hour", on=today(), member=grant.owner)
    left -= made.filter(changed_at__gt=now() - HOUR).count()
    waiting = _matchable(grant.owner).exclude(pk__in=made.filter(key=key.name).values("resident"))
    new = [
        _mark(resident, wrapped, key)
        for resident, wrapped in _with_keys(list(waiting.order_by("pk")[: max(0, left)]))
    ]
    for resident, mark in new:
        Mark.objects.update_or_create(
            owner=grant.owner, other=grant.to, resident=resident, defaults={"key": key.name, "mark": mark}
        )
    if new:
        record(action="matching.marked", actor=SYSTEM, subject=grant, marks=len(new), key=key.name)
    return len(new)


@transaction.atomic
def forget_marks() -> int:
    """Who is protected, died or was erased leaves no mark and no match, here or elsewhere; nor is one left that
    no grant carries. How many marks went."""
    gone = 0
    live = Grant.objects.live_on(today()).filter(resource=MARKS).values_list("owner", "to")
    granted = set(live)
    for owner, other in list(Mark.objects.written_here().order_by().values_list("owner", "other").distinct()):
        rows = Mark.objects.of_pair(owner, other)
        if (owner, other) in granted:
            rows = rows.exclude(resident__in=_matchable(owner).values("pk"))
        gone += rows.delete()[0]
    known = Mark.objects.values("pk")
    orphans = Match.objects.written_here().exclude(ours__in=known, theirs__in=known)
    for found in orphans.locked():
        desk.close_item(
            queue=QUEUE, subject_kind=SUBJECT, subject_id=str(found.pk), outcome="lapsed", actor=SYSTEM
        )
        record(action="match.lapsed", actor=SYSTEM, subject=found)
        Match.objects.filter(pk=found.pk).delete()
    return gone


@transaction.atomic
def find_matches() -> int:
    """Every two marks that are alike are one open match of their pair, waiting at the desk of her home; how many are new."""
    with connection.cursor() as cursor:
        cursor.execute(PAIR, [list(settings.HOSTED_PROVINCES)])
        rows = cursor.fetchall()
    for ours, theirs, owner, other, resident in rows:
        days = rule("match_settle_days", on=today(), member=owner)
        found = Match.objects.create(
            owner=owner, other=other, ours=ours, theirs=theirs, resident=resident, found_at=now()
        )
        record(action="match.found", actor=SYSTEM, subject=found, member=other)
        person = Resident.objects.get(pk=resident)
        desk.open_item(
            queue=QUEUE,
            subject=Subject(
                SUBJECT,
                str(found.pk),
                _("疑似跨省重复登记：{number}").format(number=person.number),
                person.home_division_id,
            ),
            facts={"member": other},
            due_on=today() + timedelta(days=days),
            actor=SYSTEM,
        )
    return len(rows)


@transaction.atomic
def dispose_match(*, match_id: UUID, verb: str, actor: Actor) -> Match:
    """A member says who is meant; once both say the same, the match is settled."""
    found = Match.objects.visible_to(actor).locked().filter(pk=match_id).first()
    if found is None:
        raise NoSuchMatch
    if not policy.can_dispose(actor, Resident.objects.get(pk=str(found.resident))):
        raise NotYourConsent
    if is_settled(found):
        raise AlreadySettled
    found.disposition = MATCH_FLOW.after(verb, Disposition(found.disposition))
    found.disposed_at = now()
    found.save(update_fields=["disposition", "disposed_at"])
    record(action=f"match.{found.disposition}", actor=actor, subject=found)
    _close_if_settled(found)
    return found


def confirm_match(*, match_id: UUID, actor: Actor) -> Match:
    """This member says that both registrations are of one person."""
    return dispose_match(match_id=match_id, verb="confirm", actor=actor)


def dismiss_match(*, match_id: UUID, actor: Actor) -> Match:
    """This member says that the registrations are of two people."""
    return dispose_match(match_id=match_id, verb="dismiss", actor=actor)


def is_settled(found: Match) -> bool:
    """Whether both members say the same of the pair."""
    said = found.disposition != Disposition.OPEN
    return said and Match.objects.said_by_the_other(found).filter(disposition=found.disposition).exists()


@transaction.atomic
def settle_matches() -> int:
    """Matches that the other member disposed of as we did wait at no desk any more; how many."""
    said = Match.objects.written_here().exclude(disposition=Disposition.OPEN)
    waiting = WorkItem.objects.unfinished().filter(queue=QUEUE).values_list("subject_id", flat=True)
    return sum(_close_if_settled(found) for found in said.filter(pk__in=list(waiting)))


def _close_if_settled(found: Match) -> bool:
    settled = is_settled(found)
    if settled:
        desk.close_item(
            queue=QUEUE,
            subject_kind=SUBJECT,
            subject_id=str(found.pk),
            outcome=found.disposition,
            actor=SYSTEM,
        )
    return settled


def _matchable(owner: str):
    """Residents of a member who leave a mark: registered, with an identity number, their whereabouts not protected."""
    return Resident.objects.unprotected().filter(
        owner=owner, status=ResidentStatus.REGISTERED, identity_cipher__isnull=False
    )


def _with_keys(residents: list[Resident]) -> list[tuple[Resident, str]]:
    keys = dict(ResidentKey.objects.filter(pk__in=[r.pk for r in residents]).values_list("pk", "wrapped"))
    return [(resident, keys[resident.pk]) for resident in residents if resident.pk in keys]


def _mark(resident: Resident, wrapped: str, key: Key) -> tuple[UUID, str]:
    text = resident.identity_cipher
    assert text is not None
    safe = Safe.unlocked(resident.pk, wrapped)
    return resident.pk, safe.marked(PrivateField.IDENTITY_NUMBER, text, key=key).hex()
