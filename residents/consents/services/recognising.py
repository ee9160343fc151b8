"""What came with an extract counts here as members agreed, row by row; where no row stands, she is assessed anew."""

from uuid import UUID

from django.db import transaction

from residents.assessments.errors import AssessedInFuture
from residents.assessments.naming import RECOGNITION_COUNTER, RECOGNITION_PREFIX
from residents.assessments.services.holding import number_of
from residents.assessments.services.recognising import OriginalResult, counted_as
from residents.assessments.states import RecognitionStatus
from residents.consents import assessed, envelopes
from residents.consents.errors import NoSuchExtract, NotReadable
from residents.consents.models import Extract, ReceivedRecognition
from residents.consents.services.reading import told_of
from sojourn.core.actors import Actor, Role
from sojourn.core.ciphers import Undecipherable
from sojourn.core.clock import today
from sojourn.core.trail import record


@transaction.atomic(durable=True)  # the result is looked at when its home will be told, never before
def recognise_received(
    *, extract_id: UUID, agreement_code: str, case: str, actor: Actor
) -> ReceivedRecognition:
    """The result that another member shared stands beside what it counts as here today, or beside "assess anew".

    Refused as every recognition (residents.assessments); to look at it is told at home as every reading.
    """
    if actor.role != Role.OFFICER:
        raise NoSuchExtract
    extract, _asked = told_of(extract_id=extract_id, fields=[assessed.RESULT], case=case, actor=actor)
    original = original_of(extract)
    if original.assessed_on > today():
        raise AssessedInFuture
    agreement, crosswalk = counted_as(original, agreement_code, member=extract.receiver)
    recognition = ReceivedRecognition.objects.create(
        number=number_of(RECOGNITION_PREFIX, RECOGNITION_COUNTER, extract.receiver),
        extract=extract.pk,
        status=RecognitionStatus.REASSESS if crosswalk is None else RecognitionStatus.RECOGNISED,
        level=None if crosswalk is None else crosswalk.level,
        agreement=agreement,
        crosswalk=crosswalk,
        paper_reference=original.paper_reference,
        valid_until=original.valid_until,
        recognised_on=today(),
    )
    record(action="extract.recognised", actor=actor, subject=extract, status=recognition.status)
    return recognition


def recognised_of(extract: Extract, actor: Actor) -> ReceivedRecognition | None:
    """What the extract's result counts for here; None where nobody said so of the result that stands in it now."""
    last = ReceivedRecognition.objects.visible_to(actor).of(extract).first()
    if last is None or assessed.RESULT not in extract.sealed:
        return None
    return last if original_of(extract).paper_reference == last.paper_reference else None


def original_of(extract: Extract) -> OriginalResult:
    """The result as its owner shared it; NotReadable where its key is not here or it is none."""
    try:
        original = assessed.original_in(envelopes.opened(extract, [assessed.RESULT])[assessed.RESULT])
    except (Undecipherable, AttributeError, TypeError, ValueError):
        raise NotReadable from None
    if original.from_member != extract.owner:
        raise NotReadable
    return original
