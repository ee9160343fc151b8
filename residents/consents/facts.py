"""The facts of a resident that can be opened to others, each by name; a room above adds its own.

``is_sensitive`` facts need a consent of their own (Personal Information Protection Law, articles 28 and 29); those
that tell of health are never opened to an agent; those that tell where she is are withheld of the protected.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from providers.facilities.features import DIETS, LANGUAGES
from residents.consents import assessed
from residents.registry.models import Resident
from residents.registry.safe import in_words
from residents.registry.states import BenefitCategory, HealthField, Mobility, PrivateField, Sex
from sojourn.accounts.reach import names_of
from sojourn.core.actors import reach_of

Label = str | Promise
PROTECTED, MOVED_OUT = "whereabouts_protected", "moved_out_on"


@dataclass(frozen=True)
class Fact:
    """One fact: its code on the wire, what it is called, and how it reads for a resident.

    ``read`` gives the words of the fact, or None where it was never reported; without it the fact is one of the
    registry's private fields and stands in the resident's safe. ``shown`` turns stored words into those of a reader.
    What is ``of_moves`` goes along when her household moves, and nobody is asked to open it otherwise.
    """

    code: str
    label: Label
    read: Callable[[Resident], str | None] | None = None
    is_sensitive: bool = False
    is_health: bool = False
    is_whereabouts: bool = False
    of_moves: bool = False
    shown: Callable[[str], str] = str

    @property
    def private(self) -> PrivateField | None:
        return None if self.read else PrivateField(self.code)


_facts: dict[str, Fact] = {}


def register(fact: Fact) -> None:
    """A fact can be consented to and travels where it was."""
    _facts[fact.code] = fact


def known() -> list[Fact]:
    return list(_facts.values())


def offered() -> list[Fact]:
    """The facts that can be asked for."""
    return [fact for fact in _facts.values() if not fact.of_moves]


def named(codes: Iterable[str]) -> list[Fact]:
    """The facts of these codes in the order of the list; what nobody registered is left out."""
    asked = set(codes)
    return [fact for fact in _facts.values() if fact.code in asked]


def labels(codes: Iterable[str]) -> str:
    """What these facts are called, one after the other."""
    return gettext("、").join(str(fact.label) for fact in named(codes))


def _chosen(field: str) -> Callable[[Resident], str | None]:
    """The stored code of a fact with a closed list."""
    return lambda resident: getattr(resident, field)


def _diets(resident: Resident) -> str | None:
    return ",".join(resident.diets) if resident.diets else None


def _home(resident: Resident) -> str | None:
    return resident.home_division_id


def _protected(resident: Resident) -> str | None:
    """Only that she asked for it: whoever takes her in asks all others anew, and protects them until then."""
    return "yes" if resident.whereabouts_protected else None


def _moved_out(resident: Resident) -> str | None:
    return f"{resident.moved_out_on:%Y-%m-%d}" if resident.moved_out_on else None


def _label_in(labels: Mapping) -> Callable[[str], str]:
    """Codes, parted by commas, by what they are called."""
    return lambda text: "、".join(str(labels.get(code, code)) for code in text.split(","))


def _place(code: str) -> str:
    return names_of([reach_of(code)])[reach_of(code)]


for _field in PrivateField:
    register(
        Fact(
            _field.value,
            _field.label,
            is_sensitive=_field == PrivateField.IDENTITY_NUMBER,
            shown=partial(in_words, _field),
        )
    )
register(Fact("sex", _("性别"), _chosen("sex"), shown=_label_in(dict(Sex.choices))))
register(Fact("dialect", _("日常语言"), _chosen("dialect"), shown=_label_in(LANGUAGES)))
register(Fact("diets", _("饮食要求"), _diets, is_sensitive=True, shown=_label_in(DIETS)))
register(
    Fact(
        "mobility",
        _("行动情况"),
        _chosen("mobility"),
        is_sensitive=True,
        is_health=True,
        shown=_label_in(dict(Mobility.choices)),
    )
)
register(
    Fact(
        "benefit_category",
        _("救助优抚类别"),
        _chosen("benefit_category"),
        is_sensitive=True,
        shown=_label_in(dict(BenefitCategory.choices)),
    )
)
register(Fact("home_division", _("户籍所在地区"), _home, is_whereabouts=True, shown=_place))
register(
    Fact(
        HealthField.RESULT.value,
        HealthField.RESULT.label,
        assessed.result_of,
        is_sensitive=True,
        is_health=True,
        shown=assessed.result_in_words,
    )
)
register(
    Fact(
        HealthField.ITEMS.value,
        HealthField.ITEMS.label,
        assessed.items_of,
        is_sensitive=True,
        is_health=True,
        shown=assessed.items_in_words,
    )
)
register(
    Fact(
        PROTECTED,
        _("行踪保护"),
        _protected,
        is_sensitive=True,
        of_moves=True,
        shown=_label_in({"yes": _("是")}),
    )
)
register(Fact(MOVED_OUT, _("迁出日期"), _moved_out, of_moves=True))
