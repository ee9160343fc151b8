"""A household moves to a member of another node: what is needed to register her travels there, the answer comes back.

The old home alone decides (decision 0042): until it has moved her out she is at home there, and it may take her back or
let the term end whatever the other side said meanwhile. Only what travels after that says that she moved out, and only
on that the new home registers her.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from residents.consents import grounds
from residents.consents.errors import NotReceivable
from residents.consents.models import EXTRACTS, Arrival, LegalShare
from residents.consents.services.by_law import Duty, drafted, end_legal_share, stood
from residents.consents.services.extracting import stand_extract
from residents.consents.services.terms import Receiver, Terms
from residents.consents.states import ArrivalStatus, LegalShareStatus, ReceiverKind
from residents.registry.models import Resident, Transfer
from residents.registry.services import move_out, return_transfer
from residents.registry.services.leaving import held_with_person
from residents.registry.services.moving import province_of
from residents.registry.states import Purpose, ResidentStatus, TransferStatus
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import today
from sojourn.provinces.rules import rule
from sojourn.sharing.models import Grant

MOST_AT_ONCE = 500
TERM = "transfer_elsewhere_days"
ANSWERED = (
    ArrivalStatus.ACCEPTED,
    ArrivalStatus.REGISTERED,
    ArrivalStatus.REFUSED,
    ArrivalStatus.LAPSED,
)


def hand_out(transfer: Transfer, notice: str, actor: Actor) -> None:
    """Her facts travel to the member of her new home alone, under the transfer's id, until the term is over.

    Refused where that member may have nothing of residents until then, where no law carries it or nobody told her.
    """
    ground = grounds.ground_on(grounds.MOVE, today())
    assert ground is not None
    resident, member = transfer.resident, province_of(transfer.to_division_id)
    expires_on = today() + timedelta(days=rule(TERM, on=today(), member=resident.owner))
    grants = Grant.objects.live_on(today()).filter(valid_to__gt=expires_on)
    if not grants.between(owner=resident.owner, to=(member,), resource=EXTRACTS).exists():
        raise NotReceivable
    _end_earlier(resident, member)
    receiver = Receiver(ReceiverKind.MEMBER, member)
    terms = Terms(Purpose.HOUSEHOLD_MOVE, sorted(ground.fields), receiver, expires_on)
    share = drafted(resident, terms, Duty(grounds.MOVE, transfer.reason, notice), moving=True)
    share.id = transfer.pk
    stood(share, actor)


def take_back(transfer: Transfer, actor: Actor) -> None:
    """The old home takes her back: what travelled is withdrawn, and what is said of it later moves nobody."""
    if LegalShare.objects.standing_still().filter(pk=transfer.pk).exists():
        end_legal_share(share_id=transfer.pk, of_move=True, actor=actor)


def settle_moves() -> int:
    """Moves that were answered, or whose sharing is over, are decided; how many there were."""
    shares = LegalShare.objects.filter(pk=OuterRef("pk"), purpose=Purpose.HOUSEHOLD_MOVE)
    over = Exists(shares.exclude(status=LegalShareStatus.LIVE))
    answered = Exists(Arrival.objects.copies().filter(pk=OuterRef("pk"), status__in=ANSWERED))
    waiting = Transfer.objects.filter(Exists(shares), over | answered, status=TransferStatus.OUT)
    settled = sum(_settle(pk) for pk in list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE]))
    registered = Arrival.objects.copies().filter(status=ArrivalStatus.REGISTERED).values("pk")
    moved = Transfer.objects.filter(pk__in=registered, status=TransferStatus.IN).values("pk")
    done = LegalShare.objects.standing_still().filter(purpose=Purpose.HOUSEHOLD_MOVE, pk__in=moved)
    for pk in list(done.values_list("pk", flat=True)[:MOST_AT_ONCE]):
        end_legal_share(share_id=pk, of_move=True, actor=SYSTEM)
    return settled


@transaction.atomic
def _settle(transfer_id: UUID) -> bool:
    """One move, decided under the locks of her, the transfer and the sharing: whoever comes later finds it decided."""
    person, transfer = held_with_person(transfer_id)
    share = LegalShare.objects.locked().get(pk=transfer_id)
    if transfer.status != TransferStatus.OUT:
        return False
    answer = Arrival.objects.copies().filter(pk=transfer_id, owner=share.receiver_member).first()
    said = answer.status if answer is not None else ArrivalStatus.WAITING
    stands, is_home = share.status == LegalShareStatus.LIVE, person.status == ResidentStatus.REGISTERED
    # Nobody is registered there before she moved out: so a backup came back that has forgotten it.
    if is_home and (said == ArrivalStatus.REGISTERED or (stands and said == ArrivalStatus.ACCEPTED)):
        move_out(transfer_id=transfer_id, actor=SYSTEM)
        if stands:
            person.refresh_from_db()
            stand_extract(share, person)
    elif answer is not None and said == ArrivalStatus.REFUSED:
        _returned(transfer_id, "refuse_transfer", answer.opinion)
    elif said == ArrivalStatus.LAPSED or not stands:
        _returned(transfer_id, "lapse_transfer", "")
    else:
        return False  # who died or was erased is withdrawn by the sweep
    return True


def _returned(transfer_id: UUID, verb: str, opinion: str) -> None:
    transfer = return_transfer(transfer_id=transfer_id, verb=verb, opinion=opinion, actor=SYSTEM)
    take_back(transfer, SYSTEM)


def _end_earlier(resident: Resident, member: str) -> None:
    """What an earlier move to the same member left standing, because its last word never came, is over."""
    rows = LegalShare.objects.of(resident.pk).standing_still()
    earlier = rows.filter(purpose=Purpose.HOUSEHOLD_MOVE, receiver_member=member)
    for pk in list(earlier.values_list("pk", flat=True)):
        end_legal_share(share_id=pk, of_move=True, actor=SYSTEM)
