"""The one place that lets private facts of a resident out in plain, and what it wrote down about it."""

from collections.abc import Callable, Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from providers.facilities.features import DIETS
from residents.registry import health, policy
from residents.registry.errors import (
    CaseMissing,
    DisclosuresSpent,
    FieldsNotOpen,
    FieldsUnknown,
    NoSuchResident,
    PurposeMissing,
)
from residents.registry.looks import Look, in_words
from residents.registry.models import Disclosure, Resident
from residents.registry.safe import COLUMNS, masked
from residents.registry.services.holding import held, safe_of
from residents.registry.states import (
    OF_STAFF,
    SHOWABLE,
    SHOWABLE_BY_CODE,
    HealthField,
    HolderKind,
    PrivateField,
    Purpose,
    ReadableField,
    ResidentStatus,
    SensitiveField,
    ShownField,
    StaffField,
)
from residents.registry.words import words_of
from sojourn.accounts.models import ApiClient, User
from sojourn.accounts.reach import names_of
from sojourn.core.actors import Actor
from sojourn.core.clock import now, today
from sojourn.core.destroyed import is_destroyed
from sojourn.core.masking import Masked
from sojourn.core.plain_words import plain_words
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import record
from sojourn.provinces.rules import rule

LIMIT = "disclosures_an_hour"
HOUR = timedelta(hours=1)
LONGEST_CASE = 80
MOST_SENTENCES = 200


@transaction.atomic(durable=True)  # a value leaves when its row is committed, never before
def disclose(
    *, resident_id: UUID, fields: Collection[str], purpose: str, case: str, actor: Actor
) -> dict[ShownField, str]:
    """These fields of a resident in plain, for a purpose and a case that she can read about afterwards.

    What was never reported is left out. Refused: staff without a second factor, a resident this actor does
    not see, fields not open to her, no purpose or case, and more than the rule's number in an hour.
    """
    if actor.is_staff and not actor.second_factor:
        raise SecondFactorNeeded
    if not _held_account(actor):
        raise NoSuchResident
    resident = held(resident_id, actor)
    asked, grounds = _asked(fields), policy.fields_open_to(actor, resident)
    if not set(asked) <= set(grounds):
        raise FieldsNotOpen
    row = Disclosure(
        resident=resident,
        at=now(),
        fields=asked,
        purpose=asked_purpose(purpose),
        case=asked_case(case),
        access=next((grounds[field] for field in asked), None),
        **actor.as_columns(),
    )
    _refuse_spent(actor, resident)
    row.save(force_insert=True)
    record(action="resident.disclosed", actor=actor, subject=resident, fields=asked, purpose=row.purpose)
    shown: dict[ShownField, str] = {
        field: value.plain for field, value in _facts(resident).items() if field in asked
    }
    told = {field: _in_words(field, resident) for field in asked if not isinstance(field, PrivateField)}
    return shown | {field: words for field, words in told.items() if words}


def masked_facts_of(resident: Resident) -> dict[PrivateField, Masked]:
    """Every private fact of a resident that was reported, masked; of one who was erased there is none."""
    erased = resident.status == ResidentStatus.ERASED or is_destroyed(resident.pk)
    return {} if erased else _facts(resident)


def other_facts_of(resident: Resident, actor: Actor) -> list[tuple[str, str]]:
    """What else was reported of a resident, in words, for herself and her guardian alone (decision 0052).

    Where she lives is left out for her guardian while her whereabouts are protected (decision 0064).
    """
    if not policy.by_law(actor, resident) or not masked_facts_of(resident):
        return []
    home = names_of([resident.home_division_id])[resident.home_division_id]
    diets = "、".join(str(DIETS[code]) for code in resident.diets or [])
    named = {
        "sex": resident.get_sex_display(),
        "home_division": "" if policy.hides_places(actor, resident) else home,
        "dialect": resident.get_dialect_display(),
        "diets": diets,
        "mobility": resident.get_mobility_display(),
        "benefit_category": resident.get_benefit_category_display(),
    }
    return [
        (str(getattr(Resident, name).field.verbose_name), str(said)) for name, said in named.items() if said
    ]


# Of this resident the newest, at most so many.
LooksAt = Callable[[Resident, int], list[Look]]
_elsewhere: list[LooksAt] = []


def tell_also(source: LooksAt) -> None:
    """What a room above knows of looks at her stands among the disclosures made here, the newest first."""
    _elsewhere.append(source)


def disclosures_of(
    resident: Resident, reader: Actor, *, skip: int = 0, most: int = MOST_SENTENCES
) -> list[str]:
    """Who was shown what of a resident, when and for what, newest first, each as a sentence that this reader may read.

    After the newest ``skip`` the next ones, at most so many. Where somebody works may be where she is: others than
    herself and the staff are told no place while her whereabouts are protected (decision 0064).
    """
    reach = skip + most  # one source may hold all of them
    looks = [
        *_looks_here(resident, reach),
        *(each for source in _elsewhere for each in source(resident, reach)),
    ]
    newest = sorted(looks, key=lambda look: look.at, reverse=True)[skip:reach]
    return in_words(newest, places_hidden=policy.hides_places(reader, resident))


def _looks_here(resident: Resident, most: int) -> list[Look]:
    of_hers = Disclosure.objects.filter(resident__in=Resident.objects.with_merged(resident.pk))
    rows = of_hers.order_by("-at", "-id").select_related("access")[:most]
    return [_look(row) for row in rows]


def asked_fields(fields: Collection[str]) -> list[StaffField]:
    """The fields of the staff's that were asked for, in their order; FieldsUnknown for none and for others."""
    asked = _asked(fields)
    if not set(asked) <= set(OF_STAFF):
        raise FieldsUnknown
    return [field for field in OF_STAFF if field in asked]


def _asked(fields: Collection[str]) -> list[ShownField]:
    """The same, facts of health among them."""
    if isinstance(fields, str) or not fields or not set(fields) <= SHOWABLE_BY_CODE.keys():
        raise FieldsUnknown
    return [field for field in SHOWABLE if field in fields]


def asked_purpose(purpose: str) -> Purpose:
    """The purpose that was given; PurposeMissing for none."""
    if purpose not in Purpose.values:
        raise PurposeMissing
    return Purpose(purpose)


def asked_case(case: str) -> str:
    """The case reference that was given, trimmed; CaseMissing for none and for what is no reference."""
    return plain_words(case, LONGEST_CASE, CaseMissing)


def disclosures_left(actor: Actor, resident: Resident) -> int:
    """How many residents this actor may still be shown within the hour, by the rule of this one's province."""
    limit = rule(LIMIT, on=today(), member=resident.owner)
    return max(0, limit - Disclosure.objects.by_user_since(actor.account_id, now() - HOUR).count())


def _held_account(actor: Actor) -> bool:
    """Whether the row of whoever asks, a person or a program, is held now: her asking is counted one by one."""
    if actor.user_id is not None:
        return User.objects.locked().filter(pk=actor.user_id).exists()
    return actor.client_id is not None and ApiClient.objects.locked().filter(pk=actor.client_id).exists()


def _refuse_spent(actor: Actor, resident: Resident) -> None:
    if not disclosures_left(actor, resident):
        raise DisclosuresSpent(limit=rule(LIMIT, on=today(), member=resident.owner))


def _facts(resident: Resident) -> dict[PrivateField, Masked]:
    """The private facts that were reported, each behind its mask."""
    safe = safe_of(resident)
    open_facts = {
        PrivateField.NAME: masked(PrivateField.NAME, resident.name),
        PrivateField.BIRTH_ON: masked(PrivateField.BIRTH_ON, f"{resident.birth_on:%Y-%m-%d}"),
    }
    texts = {field: getattr(resident, column) for field, column in COLUMNS.items()}
    return open_facts | {field: safe.take(field, text) for field, text in texts.items() if text is not None}


def _in_words(field: HealthField | SensitiveField | ReadableField, resident: Resident) -> str | None:
    """What stands under no mask, in words."""
    return health.words_of(field, resident) if isinstance(field, HealthField) else words_of(resident, field)


def _look(row: Disclosure) -> Look:
    access = row.access
    by_facility = access is not None and access.holder_kind == HolderKind.FACILITY
    return Look(
        at=row.at,
        role=row.actor_role,
        what=_("、").join(str(SHOWABLE_BY_CODE[field].label) for field in row.fields),
        reach="" if by_facility else row.actor_divisions,
        facility=access.holder_id if access is not None and by_facility else None,
        purpose=row.purpose,
        case=row.case,
    )
