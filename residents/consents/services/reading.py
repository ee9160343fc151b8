"""What another member shared of a resident is shown in plain, and she reads about it at home."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from residents.consents import envelopes, facts
from residents.consents.errors import (
    CaseMissing,
    FactsNotOpen,
    FactsUnknown,
    NoSuchExtract,
    NotReadable,
    ReadingsSpent,
)
from residents.consents.models import Extract, Reading
from residents.consents.services.terms import LONGEST_PROOF
from residents.registry.safe import MASKS
from residents.registry.states import PrivateField
from sojourn.accounts.models import User
from sojourn.core.actors import Actor, Role
from sojourn.core.announce import after_commit
from sojourn.core.ciphers import Undecipherable
from sojourn.core.clock import now, today
from sojourn.core.masking import HIDDEN, Masked
from sojourn.core.plain_words import plain_words
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import record
from sojourn.provinces.rules import rule

LIMIT, HOUR = "disclosures_an_hour", timedelta(hours=1)


@transaction.atomic(durable=True)  # a value leaves when its row is committed, never before
def disclose(*, extract_id: UUID, fields: Collection[str], case: str, actor: Actor) -> dict[str, str]:
    """These facts of an extract in plain, for the purpose it was given for; her home province is told who looked.

    What was never reported, or does not travel of the protected, is left out.
    """
    extract, asked = told_of(extract_id=extract_id, fields=fields, case=case, actor=actor)
    return {code: fact.plain for code, fact in masked_facts_of(extract, asked).items()}


def told_of(
    *, extract_id: UUID, fields: Collection[str], case: str, actor: Actor
) -> tuple[Extract, list[str]]:
    """The extract and the facts that this actor may be shown now, her looking at them written down for its home.

    For a durable transaction alone: what was found leaves when this is committed.
    """
    if actor.is_staff and not actor.second_factor:
        raise SecondFactorNeeded
    if actor.role not in {Role.OFFICER, Role.FACILITY} or actor.user_id is None:
        raise NoSuchExtract
    if not User.objects.locked().filter(pk=actor.user_id).exists():
        raise NoSuchExtract  # her row is held, so that her asking is counted one by one
    extract = Extract.objects.visible_to(actor).filter(pk=extract_id).first()
    if extract is None:
        raise NoSuchExtract
    asked = _asked(fields, extract)
    _refuse_spent(actor, extract)
    row = Reading.objects.create(
        owner=extract.receiver,
        home=extract.owner,
        extract=extract.pk,
        resident=extract.resident,
        at=now(),
        fields=asked,
        purpose=extract.purpose,
        case=plain_words(case, LONGEST_PROOF, CaseMissing),
        role=actor.role,
        reach=",".join(actor.divisions),
        facility=extract.facility if actor.role == Role.FACILITY else None,
        reader=actor.user_id,
    )
    record(action="extract.disclosed", actor=actor, subject=extract, fields=asked, purpose=row.purpose)
    after_commit("sojourn.sharing.tasks.seal")
    return extract, asked


def masked_facts_of(extract: Extract, codes: Collection[str] | None = None) -> dict[str, Masked]:
    """The facts of an extract, each behind its mask; refused where its key is not here."""
    known = [fact for fact in facts.known() if fact.code in extract.sealed]
    wanted = [fact.code for fact in known if codes is None or fact.code in codes]
    try:
        opened = envelopes.opened(extract, wanted)
    except (Undecipherable, AttributeError, TypeError):
        raise NotReadable from None
    shown = {fact.code: fact.shown for fact in known}
    return {code: Masked(shown[code](text), _mask(code, text)) for code, text in opened.items()}


def _mask(code: str, text: str) -> str:
    return MASKS[PrivateField(code)](text) if code in PrivateField.values else HIDDEN * 3


def _asked(fields: Collection[str], extract: Extract) -> list[str]:
    if isinstance(fields, str) or not fields:
        raise FactsUnknown
    asked = [fact.code for fact in facts.named(fields)]
    if len(asked) != len(set(fields)):
        raise FactsUnknown
    if not set(asked) <= set(extract.sealed):
        raise FactsNotOpen
    return asked


def _refuse_spent(actor: Actor, extract: Extract) -> None:
    limit = rule(LIMIT, on=today(), member=extract.receiver)
    if Reading.objects.by_reader_since(actor.user_id, now() - HOUR).count() >= limit:
        raise ReadingsSpent(limit=limit)
