"""The residents of the sample world: pure values, the same for the same seed and the same divisions.

Nobody in it can be anybody. Identity numbers begin with 00, a region no number was ever issued for
(sojourn.core.identifiers); telephones with 0000, which no exchange can route (sojourn.local.sample.names). Names
are drawn from characters that people of that age bear, so some of them are borne by somebody: a name alone tells
nobody, and every row is marked as sample.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import repeat
from math import sqrt
from random import Random

from providers.facilities import features
from residents.registry.contacts import BETWEEN, with_relation
from residents.registry.facts import ResidentFacts
from residents.registry.services import NewResident
from residents.registry.states import BenefitCategory, ContactRelation, Mobility, Sex
from sojourn.core.identifiers import sample_identity
from sojourn.local.sample import names
from sojourn.local.sample.places import Seat, local_speech
from sojourn.local.sample.sizes import Size, apportioned

# Whatever day it is, the same people: from ninety-four down to sixty years of age on the last of these days.
FIRST_BIRTH, LAST_BIRTH, LAST_DAY = date(1932, 1, 1), date(1966, 9, 30), date(2026, 9, 30)
# A facility of the sample has a number below this, so no telephone stands at two places.
FIRST_TELEPHONE, TELEPHONES_EACH = 2_000_000, 4
WEIGHT_OF_A_CAPITAL = 25

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘"
    "袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏"
)
_RARE_SURNAMES = ("欧阳", "司徒", "上官", "单", "仇", "区", "冼", "覃", "韦", "莫", "逄", "仉", "亓官")
_WOMEN = "秀桂玉凤淑兰英珍芳琴梅霞云翠素惠月莲芬红香爱丽华娥菊"
_MEN = "国建德志文明永福贵长春成海林山金宝荣祥根生庆义富昌树"
_BOTH = "平安民和新宁远恒光瑞龑翀喆㛃"
_WITH_INTERPUNCT = ("吉克·阿依", "阿牛·木呷", "沙玛·拉且", "扎西·平措", "娜仁·格日勒", "库尔班·艾力")
_MOBILITY = (
    (Mobility.WALKS, 70),
    (Mobility.WALKS_WITH_AID, 18),
    (Mobility.WHEELCHAIR, 6),
    (Mobility.BEDRIDDEN, 2),
)
_RELATIONS = (
    (ContactRelation.CHILD, 62),
    (ContactRelation.SPOUSE, 16),
    (ContactRelation.RELATIVE, 10),
    (ContactRelation.NEIGHBOUR_OR_FRIEND, 8),
    (ContactRelation.COMMITTEE, 4),
)
_BENEFITS = (
    (BenefitCategory.ORDINARY, 78),
    (BenefitCategory.MINIMUM_LIVING, 8),
    (BenefitCategory.NEAR_MINIMUM_LIVING, 4),
    (BenefitCategory.DESTITUTE, 3),
    (BenefitCategory.LOST_ONLY_CHILD, 3),
    (BenefitCategory.ENTITLED_VETERAN, 4),
)


@dataclass(frozen=True)
class PlannedResident:
    """A resident as she will be registered, and the day she died on if she did."""

    row: NewResident
    died_on: date | None

    @property
    def member_code(self) -> str:
        return f"{self.row.home_division_code[:2]}0000"


def plan_residents(size: Size, seed: int, seats: Mapping[str, list[Seat]]) -> list[PlannedResident]:
    """The residents of a world of this size, at home in every city of all eleven members.

    ``seats`` are the divisions of each city, in order of their codes.
    """
    rng = Random(f"sojourn residents {size.name} {seed}")  # noqa: S311 - reproducible, not secret
    homes = _homes(rng, size, seats)
    return [_resident(rng, home, serial) for serial, home in enumerate(homes, start=1)]


def _homes(rng: Random, size: Size, seats: Mapping[str, list[Seat]]) -> list[Seat]:
    """The home of each resident, member by member in the order of the divisions."""
    places: dict[str, list[Seat]] = defaultdict(list)
    for code in sorted(seats):
        places[code[:2]] += seats[code]
    members = list(places.values())
    shares = apportioned([sqrt(len(here)) for here in members], size.residents, [0] * len(members))
    return [home for here, share in zip(members, shares, strict=True) for home in _spread(rng, here, share)]


def _spread(rng: Random, places: Sequence[Seat], residents: int) -> Iterator[Seat]:
    """In a member most live in its capital, whose offices so have something to look at."""
    weights = [rng.lognormvariate(0, 0.4) * (WEIGHT_OF_A_CAPITAL if _is_in_capital(p) else 1) for p in places]
    for place, share in zip(places, apportioned(weights, residents, [0] * len(places)), strict=True):
        yield from repeat(place, share)


def _is_in_capital(place: Seat) -> bool:
    """GB/T 2260 gives the seat of a province's government the first number within it."""
    return place.code[2:4] == "01"


def _resident(rng: Random, home: Seat, serial: int) -> PlannedResident:
    sex = rng.choice((Sex.FEMALE, Sex.FEMALE, Sex.MALE))
    born = FIRST_BIRTH + timedelta(days=round((LAST_BIRTH - FIRST_BIRTH).days * rng.betavariate(3, 1.6)))
    facts = ResidentFacts(name=_name(rng, sex), **_identity(rng, sex, born, serial))
    facts |= _told(rng, home, serial)
    died_on = LAST_DAY - timedelta(days=rng.randrange(1, 200)) if rng.random() < 0.01 else None
    return PlannedResident(NewResident(home.code, facts, is_sample=True), died_on)


def _identity(rng: Random, sex: Sex, born: date, serial: int) -> ResidentFacts:
    """Nearly everybody showed her identity card; of the others birth and sex were told."""
    if rng.random() < 0.03:
        return ResidentFacts(birth_on=born, sex=sex)
    return ResidentFacts(identity_number=sample_identity(2 * serial + (sex == Sex.MALE), born))


def _name(rng: Random, sex: Sex) -> str:
    if rng.random() < 0.01:
        return rng.choice(_WITH_INTERPUNCT)
    surname = rng.choice(_RARE_SURNAMES) if rng.random() < 0.06 else rng.choice(_SURNAMES)
    given = _WOMEN if sex == Sex.FEMALE else _MEN
    first = rng.choice(given)
    second = rng.choice(given + _BOTH) if rng.random() < 0.85 else ""
    return surname + first + second


def _told(rng: Random, home: Seat, serial: int) -> ResidentFacts:
    """Telephone, contact, speech, diet, mobility and benefit, with the gaps that a real register has."""
    asked = rng.random()  # two of a hundred are protected, of one more nobody has asked
    facts = ResidentFacts(whereabouts_protected=None if asked > 0.99 else asked < 0.02)
    telephone = FIRST_TELEPHONE + TELEPHONES_EACH * serial
    if rng.random() < 0.9:
        facts["phone"] = BETWEEN.join(names.telephone(telephone + n) for n in range(1 + (serial % 6 == 0)))
    if rng.random() < 0.8:
        facts |= _contacts(rng, 1 + (serial % 4 == 0), telephone + 2)
    if rng.random() < 0.85:
        facts["dialect"] = rng.choice(["mandarin", *local_speech(f"{home.code[:4]}00")])
    if rng.random() < 0.6:
        facts["diets"] = rng.sample(list(features.DIETS), rng.randint(1, 2))
    if rng.random() < 0.9:
        facts["mobility"] = _drawn(rng, _MOBILITY)
    if rng.random() < 0.8:
        facts["benefit_category"] = _drawn(rng, _BENEFITS)
    return facts


def _contacts(rng: Random, people: int, telephone: int) -> ResidentFacts:
    """Who is to be called about her, each with what she is to her."""
    called = (
        with_relation(_name(rng, rng.choice((Sex.FEMALE, Sex.MALE))), _drawn(rng, _RELATIONS))
        for _ in range(people)
    )
    return ResidentFacts(
        contact_name=BETWEEN.join(called),
        contact_phone=BETWEEN.join(names.telephone(telephone + n) for n in range(people)),
    )


def _drawn(rng: Random, weighted):
    return rng.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]
