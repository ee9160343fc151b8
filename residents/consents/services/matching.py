"""Double enrolment: who stands on the registers of two members is found by their own key, and settled by both."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from residents.consents import policy
from residents.consents.errors import AlreadySettled, NoSuchMatch, NotYourConsent
from residents.consents.models import MARKS, EarlierMark, Mark, Match
from residents.consents.services.matching_keys import (
    agreed_key,
    ask_for_new_keys,
    drop_earlier_marks,
    older_keys,
)
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
# Ours stand under every key that either member still uses, so that a pair is found whoever changes first.
PAIR = """
    WITH own AS (
      SELECT id, owner, other, resident, key, mark FROM consents_mark
      WHERE resident IS NOT NULL AND owner = ANY(%(own)s)
      UNION ALL
      SELECT row.id, row.owner, row.other, row.resident, earlier.key, earlier.mark
      FROM consents_earliermark AS earlier JOIN consents_mark AS row ON row.id = earlier.row_id
      WHERE row.owner = ANY(%(own)s)
    )
    SELECT ours.id, theirs.id, ours.owner, ours.other, ours.resident
    FROM own AS ours
    JOIN consents_mark AS theirs
      ON theirs.mark = ours.mark AND theirs.key = ours.key
     AND theirs.owner = ours.other AND theirs.other = ours.owner
    WHERE NOT EXISTS (
      SELECT FROM consents_match AS known
      WHERE known.owner = ours.owner AND known.ours = ours.id AND known.theirs = theirs.id)
    ORDER BY ours.id LIMIT 500
"""
# What the other member found by a key under which our resident has no mark yet.
SAID = """
    SELECT ours.id, theirs.id, ours.owner, ours.other, ours.resident, theirs.key, theirs.mark
    FROM consents_match AS said
    JOIN consents_mark AS ours ON ours.id = said.theirs AND ours.owner = said.other AND ours.other = said.owner
    JOIN consents_mark AS theirs ON theirs.id = said.ours AND theirs.owner = said.owner AND theirs.other = said.other
    WHERE ours.resident IS NOT NULL AND ours.owner = ANY(%(own)s) AND theirs.key <> ours.key AND NOT EXISTS (
      SELECT FROM consents_match AS known
      WHERE known.owner = ours.owner AND known.ours = ours.id AND known.theirs = theirs.id)
    ORDER BY ours.id LIMIT 500
"""


def match_residents() -> None:
    """Marks are made and taken back, what is alike is a match, and what both members settled waits no more."""
    forget_marks()
    grants = Grant.objects.live_on(today()).filter(owner__in=settings.HOSTED_PROVINCES, resource=MARKS)
    for grant in grants.order_by("pk"):
        mark_residents(grant_id=grant.pk)
    find_matches()
    drop_earlier_marks()
    settle_matches()
    ask_for_new_keys()


@transaction.atomic
def mark_residents(*, grant_id: UUID) -> int:
    """Residents who may be matched under a grant have a mark for its member, so many an hour; how many are new.

    That the matching key was used, and how often, is in the trail. Nothing where the key is not here, or was of an
    agreement that is over. Who has no mark at all comes first; what an older key made of the others stays beside.
    """
    grant = Grant.objects.locked().get(pk=grant_id)
    key = agreed_key(grant)
    if key is None:
        return 0
    older = older_keys(grant, key)
    some = _waiting(grant, key, older)[: _left(grant) // (1 + len(older))]
    new = _with_keys(list(some))
    for resident, wrapped in new:
        _keep_marks(grant, resident, wrapped, [key, *older])
    if new:
        facts = {"earlier": [each.name for each in older]} if older else {}
        record(action="matching.marked", actor=SYSTEM, subject=grant, marks=len(new), key=key.name, **facts)
    return len(new)


def _left(grant: Grant) -> int:
    """How often the keys of the two may still be used within this hour."""
    since = now() - HOUR
    used = Mark.objects.of_pair(grant.owner, grant.to).filter(changed_at__gt=since).count()
    used += EarlierMark.objects.filter(row__owner=grant.owner, row__other=grant.to, made_at__gt=since).count()
    return max(0, rule("match_marks_an_hour", on=today(), member=grant.owner) - used)


def _waiting(grant: Grant, newest: Key, older: Sequence[Key]):
    """Who has not yet a mark of every one of these keys; who has none at all first."""
    made = Mark.objects.of_pair(grant.owner, grant.to).filter(resident=OuterRef("pk"))
    beside = EarlierMark.objects.filter(
        row__owner=grant.owner, row__other=grant.to, row__resident=OuterRef("pk")
    )
    lacks = Q(~Exists(made.filter(key=newest.name)))
    for key in older:
        lacks |= Q(~Exists(beside.filter(key=key.name)))
    rows = _matchable(grant.owner).filter(lacks).annotate(is_marked=Exists(made))
    return rows.order_by("is_marked", "pk")


def _keep_marks(grant: Grant, resident: Resident, wrapped: str, keys: Sequence[Key]) -> None:
    """One mark that travels, under the first of these keys, and beside it what the others make of her."""
    newest, *older = keys
    row = Mark.objects.of_pair(grant.owner, grant.to).filter(resident=resident.pk, key=newest.name).first()
    if row is None:
        row, _made = Mark.objects.update_or_create(
            owner=grant.owner,
            other=grant.to,
            resident=resident.pk,
            defaults={"key": newest.name, "mark": _mark(resident, wrapped, newest)},
        )
    for key in older:
        EarlierMark.objects.get_or_create(
            row=row, key=key.name, defaults={"mark": _mark(resident, wrapped, key), "made_at": now()}
        )


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
    own = {"own": list(settings.HOSTED_PROVINCES)}
    with connection.cursor() as cursor:
        cursor.execute(PAIR, own)
        rows = cursor.fetchall()
        cursor.execute(SAID, own)
        rows += _confirmed(cursor.fetchall(), {row[:2] for row in rows})
    for row in rows:
        _open(*row)
    return len(rows)


def _open(ours: UUID, theirs: UUID, owner: str, other: str, resident: UUID) -> None:
    days = rule("match_settle_days", on=today(), member=owner)
    found = Match.objects.create(
        owner=owner, other=other, ours=ours, theirs=theirs, resident=resident, found_at=now()
    )
    record(action="match.found", actor=SYSTEM, subject=found, member=other)
    person = Resident.objects.get(pk=resident)
    title = _("疑似跨省重复登记：{number}").format(number=person.number)
    desk.open_item(
        queue=QUEUE,
        subject=Subject(SUBJECT, str(found.pk), title, person.home_division_id),
        facts={"member": other},
        due_on=today() + timedelta(days=days),
        actor=SYSTEM,
    )


def _confirmed(said: list[tuple], found: set[tuple]) -> list[tuple]:
    """Of what another member found, the pairs that our own copy of its key finds too; every use is in the trail."""
    fresh = [row for row in said if row[:2] not in found]
    residents = Resident.objects.in_bulk([row[4] for row in fresh])
    wrapped = dict(ResidentKey.objects.filter(pk__in=residents).values_list("pk", "wrapped"))
    alike: list[tuple] = []
    used: Counter[tuple[str, str, str]] = Counter()
    for *row, name, mark in fresh:
        try:
            key = keyring().key(name)
        except KeyMissing:
            continue  # it is found when the key is here
        used[(row[2], row[3], name)] += 1
        resident = row[4]
        if resident in wrapped and _mark(residents[resident], wrapped[resident], key) == mark:
            alike.append(tuple(row))
    for (owner, other, name), times in used.items():
        grant = Grant.objects.between(owner=owner, to=(other,), resource=MARKS).order_by("-pk").first()
        record(action="matching.checked", actor=SYSTEM, subject=grant, marks=times, key=name)
    return alike


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


def _mark(resident: Resident, wrapped: str, key: Key) -> str:
    text = resident.identity_cipher
    assert text is not None
    safe = Safe.unlocked(resident.pk, wrapped)
    return safe.marked(PrivateField.IDENTITY_NUMBER, text, key=key).hex()
