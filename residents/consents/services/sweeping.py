"""What time or the register ended is ended here too: consents, sharings by law and mandates."""

from collections.abc import Callable, Iterable
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from residents.consents.errors import EndsWithTheMove
from residents.consents.models import EXTRACTS, Consent, LegalShare, Mandate
from residents.consents.querysets import OfResidentsQuerySet
from residents.consents.services.by_law import end_legal_share
from residents.consents.services.giving import end_consent
from residents.consents.services.mandating import end_mandate
from residents.registry.models import Transfer
from residents.registry.states import ResidentStatus, TransferStatus
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import now
from sojourn.core.refusals import WrongStatus
from sojourn.sharing.models import Withdrawal

MOST_AT_ONCE = 1000
# Of a registration that went into another it is asked of the one that stands for her.
_IS_MERGED = Q(resident__status=ResidentStatus.MERGED)
_LEFT = _IS_MERGED & ~Q(resident__merged_into__status=ResidentStatus.REGISTERED) | ~_IS_MERGED & ~Q(
    resident__status=ResidentStatus.REGISTERED
)


def sweep() -> int:
    """Everything that ran out, or whose resident died or was erased, opens nothing any more; how many there were."""
    return sum(
        _ended(rows, verb)
        for rows, verb in (
            (Consent.objects.all(), lambda pk, how: end_consent(consent_id=pk, verb=how, actor=SYSTEM)),
            (LegalShare.objects.all(), lambda pk, how: end_legal_share(share_id=pk, verb=how, actor=SYSTEM)),
            (Mandate.objects.all(), lambda pk, how: end_mandate(mandate_id=pk, verb=how, actor=SYSTEM)),
        )
    )


def _ended(rows: OfResidentsQuerySet, verb: Callable[[UUID, str], object]) -> int:
    moved = Transfer.objects.filter(status=TransferStatus.IN).values("pk")
    standing = rows.exclude(pk__in=moved)  # what she is registered by elsewhere stands until she is
    # Why a move was withdrawn before a restore, the other side says again.
    forgotten = Q(pk__in=_withdrawn_before_a_restore()) & ~Q(pk__in=Transfer.objects.values("pk"))
    gone = standing.standing_still().filter(_LEFT | forgotten)
    late = standing.run_out_at(now())
    return _each(gone, partial(_by, verb, "close")) + _each(late, partial(_by, verb, "expire"))


def _withdrawn_before_a_restore() -> QuerySet:
    """What this node published as withdrawn before its database was put back: it does not open again."""
    own = Withdrawal.objects.filter(resource=EXTRACTS, owner__in=settings.HOSTED_PROVINCES)
    return own.values("entity")


def _by(verb: Callable[[UUID, str], object], how: str, pk: UUID) -> object:
    return verb(pk, how)


def _each(rows: Iterable, end: Callable[[UUID], object]) -> int:
    done = 0
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE]):  # type: ignore[attr-defined]
        try:
            end(pk)
        except (WrongStatus, EndsWithTheMove):
            continue  # somebody else ended it, or moved her out, meanwhile
        done += 1
    return done
