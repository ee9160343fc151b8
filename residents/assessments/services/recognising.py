"""What another member found counts here as both agreed, row by row; where no row stands, she is assessed anew."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from providers.facilities.states import AbilityLevel
from residents.assessments import policy
from residents.assessments.errors import (
    CrosswalkTaken,
    FactsInvalid,
    NotAgreed,
    NotYourAssessment,
    OriginalRunOut,
    field_error,
)
from residents.assessments.models import LevelCrosswalk, Recognition
from residents.assessments.naming import RECOGNITION_COUNTER, RECOGNITION_PREFIX
from residents.assessments.scales import scale
from residents.assessments.services.assessing import USUAL_SCALE
from residents.assessments.services.holding import held_resident, number_of, refuse_wrong_day
from residents.assessments.states import RecognitionStatus
from residents.registry.errors import NotYourResident
from sojourn.core.actors import Actor
from sojourn.core.clock import today
from sojourn.core.constraints import refusing
from sojourn.core.plain_words import NamesSomebody, names_somebody
from sojourn.core.trail import record
from sojourn.provinces.models import Agreement
from sojourn.provinces.states import AgreementStatus, RuleFlag

# What an original says in words.
SAID = ("from_scale", "from_edition", "from_level", "from_label", "source", "paper_reference")


@dataclass(frozen=True)
class OriginalResult:
    """A result as another member issued it: its scale, its level by code and in words, its paper, its days."""

    from_member: str
    from_scale: str
    from_edition: str
    from_level: str
    from_label: str
    source: str
    paper_reference: str
    assessed_on: date
    valid_until: date


@dataclass(frozen=True)
class CrosswalkRow:
    """A level of one scale and the level of the usual one that it counts as, from a day on and before another."""

    from_scale: str
    from_edition: str
    from_level: str
    from_label: str
    level: str
    source: str
    flag: str = RuleFlag.SEEN
    valid_from: date | None = None
    valid_to: date | None = None


@transaction.atomic
def add_crosswalk(*, agreement_code: str, row: CrosswalkRow, actor: Actor) -> LevelCrosswalk:
    """Under this agreement the level counts as said; officers of a whole province that is a party enter it."""
    agreement = _agreement(agreement_code)
    parties = set(agreement.parties.values_list("division", flat=True))
    if not policy.can_keep_crosswalks(actor, parties):
        raise NotYourAssessment
    errors = [
        field_error(name, "missing", _("请填写"))
        for name in ("from_scale", "from_edition", "from_level", "from_label", "source")
        if not getattr(row, name).strip() or "\0" in getattr(row, name)
    ]
    if row.level not in AbilityLevel.values:
        errors.append(field_error("level", "unknown", _("请选择互认等级")))
    if row.valid_from and row.valid_to and row.valid_to <= row.valid_from:
        errors.append(field_error("valid_to", "before_its_beginning", _("失效日期须晚于生效日期")))
    if errors:
        raise FactsInvalid(errors=errors)
    used = scale(*USUAL_SCALE)
    crosswalk = LevelCrosswalk(
        agreement=agreement, to_scale=used.code, to_edition=used.edition, **row.__dict__
    )
    with refusing("crosswalk_one_level_a_day", CrosswalkTaken):
        crosswalk.save(force_insert=True)
    record(action="crosswalk.added", actor=actor, subject=crosswalk)
    return crosswalk


@transaction.atomic
def recognise_result(
    *, resident_id: UUID, original: OriginalResult, agreement_code: str, actor: Actor
) -> Recognition:
    """Another member's result stands beside what it counts as here today, or beside "assess anew".

    Refused: an agreement to which both members are not parties, or which does not hold today, and a result
    that has run out or whose days cannot be.
    """
    resident = held_resident(resident_id, actor)
    if not policy.can_assign(actor, resident):
        raise NotYourResident
    agreement, crosswalk = counted_as(original, agreement_code, member=resident.owner)
    refuse_wrong_day(original.assessed_on, resident)
    recognition = Recognition(
        owner=resident.owner,
        number=number_of(RECOGNITION_PREFIX, RECOGNITION_COUNTER, resident.owner),
        resident=resident,
        agreement=agreement,
        crosswalk=crosswalk,
        status=RecognitionStatus.REASSESS if crosswalk is None else RecognitionStatus.RECOGNISED,
        level=None if crosswalk is None else crosswalk.level,
        recognised_on=today(),
        is_sample=resident.is_sample,
        from_member_id=original.from_member,
        **{name: value for name, value in original.__dict__.items() if name != "from_member"},
    )
    recognition.save(force_insert=True)
    record(action="recognition.made", actor=actor, subject=recognition, status=recognition.status)
    return recognition


def counted_as(
    original: OriginalResult, agreement_code: str, *, member: str
) -> tuple[Agreement, LevelCrosswalk | None]:
    """The agreement and its row by which another's result counts with a member today; without a row she is assessed anew."""
    agreement = _agreement(agreement_code)
    _refuse_not_agreed(agreement, {original.from_member, member})
    _refuse_wrong_original(original)
    return agreement, _row_for(agreement, original)


# --- steps ----------------------------------------------------------------------------------------
def _agreement(code: str) -> Agreement:
    agreement = Agreement.objects.filter(code=code).first()
    if agreement is None:
        raise NotAgreed
    return agreement


def _refuse_not_agreed(agreement: Agreement, members: set[str]) -> None:
    """Both are parties as whole provinces, and the agreement holds today."""
    day = today()
    begun = agreement.valid_from is None or agreement.valid_from <= day
    over = agreement.valid_to is not None and agreement.valid_to <= day
    parties = set(agreement.parties.values_list("division", flat=True))
    live = begun and not over and agreement.status != AgreementStatus.ENDED
    if len(members) < 2 or not members <= parties or not live:
        raise NotAgreed


def _refuse_wrong_original(original: OriginalResult) -> None:
    errors = [
        field_error(name, "missing", _("请填写"))
        for name in SAID
        if not getattr(original, name).strip() or "\0" in getattr(original, name)
    ]
    errors += [
        field_error(name, NamesSomebody.code, NamesSomebody.title)
        for name in SAID
        if names_somebody(getattr(original, name))
    ]
    if original.valid_until < original.assessed_on:
        errors.append(field_error("valid_until", "before_its_beginning", _("有效期至不能早于评估日期")))
    if errors:
        raise FactsInvalid(errors=errors)
    if original.valid_until < today():
        raise OriginalRunOut


def _row_for(agreement: Agreement, original: OriginalResult) -> LevelCrosswalk | None:
    """The row that holds today for exactly this scale, edition and level; nothing near it is taken."""
    code, edition = USUAL_SCALE
    return (
        LevelCrosswalk.objects.live_on(today())
        .filter(
            agreement=agreement,
            from_scale=original.from_scale,
            from_edition=original.from_edition,
            from_level=original.from_level,
            to_scale=code,
            to_edition=edition,
        )
        .first()
    )
