"""What somebody looks for among the facilities open to sojourners: one reading behind page and API."""

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self

from django.utils.http import urlencode

from providers.facilities.states import AbilityLevel
from providers.search.errors import QueryInvalid
from providers.search.reading import LABELS, RADIUS_KM, Parameters, Point, Typed, typed_in, values_of
from providers.search.states import Sort
from sojourn.provinces.models import Division
from sojourn.provinces.seasons import months_between

# The words that page and API share, and those that only a page takes.
FILTERS = tuple(name for name in LABELS if name not in {"home", "page"})
WORDS = tuple(LABELS)
# The words that leave facilities out; the others say in which order, or what is shown beside them.
NARROWING = (
    "q", "province", "city", "county", "designated", "level", "budget", "star", "feature", "near",
)  # fmt: skip
# A word that means nothing without another goes with it.
COMPANIONS = {"near": ("radius",), "from": ("to",), "to": ("from",)}
ATTRIBUTES = {"from": "arrives_on", "to": "departs_on", "feature": "features"}


@dataclass(frozen=True)
class Chosen:
    """One word of a query as it was chosen: a feature each, everything else once."""

    name: str
    value: Any
    text: str


@dataclass(frozen=True)
class BaseQuery:
    """A readable search. Places are divisions that exist; an empty filter asks for nothing.

    ``budget`` is in yuan a month, ``radius`` in kilometres, ``star`` the least grade; ``departs_on`` is the
    day after the last night.
    """

    q: str = ""
    province: Division | None = None
    city: Division | None = None
    county: Division | None = None
    designated: bool = False
    month: int | None = None
    arrives_on: date | None = None
    departs_on: date | None = None
    level: AbilityLevel | None = None
    budget: int | None = None
    star: int | None = None
    features: tuple[str, ...] = ()
    near: Point | None = None
    radius: int = RADIUS_KM
    sort: Sort = Sort.FIT
    unreported: bool = False
    home: Division | None = None
    page: int = 1
    texts: Typed = field(default_factory=dict)  # as typed, so that an address repeats it

    @classmethod
    def from_params(
        cls, params: Parameters, *, words: Collection[str] = WORDS, beside: Collection[str] = ()
    ) -> Self:
        """The query that a query string asks; raises QueryInvalid with an error for each unreadable word.

        ``words`` are those this door takes, ``beside`` names parameters that the caller reads itself.
        """
        typed, problems = typed_in(params, words, beside)
        values = values_of(typed, problems)
        if problems:
            raise QueryInvalid(errors=problems)
        return cls(**{ATTRIBUTES.get(name, name): value for name, value in values.items()}, texts=typed)

    @property
    def places(self) -> list[Division]:
        return [place for place in (self.province, self.city, self.county) if place is not None]

    @property
    def months(self) -> list[int]:
        """The months of the stay, 1 to 12; none where no time was asked for."""
        if self.month is not None:
            return [self.month]
        if self.arrives_on is None or self.departs_on is None:
            return []
        return months_between(self.arrives_on, self.departs_on)

    @property
    def filters(self) -> list[str]:
        """The names of the words that leave facilities out, in the order of the form."""
        return [name for name in NARROWING if self.value_of(name)]

    @property
    def chosen(self) -> list[Chosen]:
        """Everything that was chosen, in the order of the form; each can be dropped by name and text."""
        shown = (name for name in self.texts if name not in {"page", "home", "sort", "radius", "unreported"})
        found = []
        for name in sorted(shown, key=WORDS.index):
            value = self.value_of(name)
            for text in self.texts[name]:
                found.append(Chosen(name, text if name == "feature" else value, text))
        return found

    def value_of(self, name: str) -> Any:
        return getattr(self, ATTRIBUTES.get(name, name))

    def without(self, name: str, text: str | None = None) -> Self:
        """The same search with one word dropped, from its first page on; ``text`` names one of several."""
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        left = () if text is None else tuple(other for other in self.texts.get(name, ()) if other != text)
        gone = {name, "page"} if left else {name, "page", *COMPANIONS.get(name, ())}
        if name == "near" and self.sort == Sort.DISTANCE:
            gone.add("sort")
        for word in gone:
            kept.pop(ATTRIBUTES.get(word, word), None)
        texts = {word: said for word, said in self.texts.items() if word not in gone}
        if left:
            texts[name] = left
            kept[ATTRIBUTES.get(name, name)] = left
        return type(self)(**kept | {"texts": texts})

    def address(self, **changes: object) -> str:
        """The query string that asks exactly this again, with these words otherwise; None drops one.

        ``from`` is given as ``from_``. A changed word leads to the first page unless it is the page itself.
        """
        texts: dict[str, Any] = {**self.texts}
        for name, value in changes.items():
            word = name.rstrip("_")
            texts[word] = () if value is None else value if isinstance(value, tuple | list) else (str(value),)
        if changes and "page" not in changes:
            texts.pop("page", None)
        return urlencode([(name, text) for name in WORDS for text in texts.get(name, ())])
