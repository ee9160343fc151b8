"""What a sample facility reports of itself, with the gaps that real reports have."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from providers.facilities import features
from providers.facilities.facts import FacilityFacts
from providers.facilities.reports import FacilityGrade, FeatureAnswers, Prices
from providers.facilities.states import (
    AbilityLevel,
    Answer,
    FacilityKind,
    FilingState,
    GradeLevel,
    MedicalCare,
    PlacePrecision,
)
from sojourn.local.sample import names
from sojourn.local.sample.places import City, Seat, Setting, local_speech

# Reports lie between these days, whatever day it is: the same seed gives the same world for ever.
FIRST_REPORT, LAST_REPORT = date(2026, 3, 1), date(2026, 9, 30)
# Grades are given in rounds; those of the first two no longer hold.
GRADING_DAYS = (
    date(2022, 11, 30),
    date(2023, 6, 30),
    date(2024, 6, 28),
    date(2024, 12, 31),
    date(2025, 6, 30),
    date(2025, 12, 31),
    date(2026, 6, 30),
)
GRADES = (
    (None, 45),
    (GradeLevel.ONE, 5),
    (GradeLevel.TWO, 14),
    (GradeLevel.THREE, 22),
    (GradeLevel.FOUR, 10),
    (GradeLevel.FIVE, 4),
)
REPORTERS = ("机构自报", "机构自报", "机构自报", "县级民政部门核实")

LEVELS = {
    FacilityKind.APARTMENT: ("intact", "mild"),
    FacilityKind.NURSING_HOME: ("mild", "moderate", "severe", "complete"),
    FacilityKind.SERVICE_CENTRE: ("intact", "mild", "moderate"),
    FacilityKind.OTHER: ("intact", "mild"),
}
KIND_PRICE = {
    FacilityKind.APARTMENT: 1.15,
    FacilityKind.NURSING_HOME: 1.1,
    FacilityKind.WELFARE_INSTITUTION: 0.8,
}

# How often a facility says yes where it answers at all.
YES_SHARE = {
    "medical_insurance": 0.55,
    "settles_inpatient": 0.4,
    "settles_outpatient": 0.3,
    "settles_chronic": 0.2,
    "room_heating": 0.6,
    "air_conditioning": 0.9,
    "hot_water": 0.9,
    "lift": 0.75,
    "companion_under_60": 0.5,
    "station_pickup": 0.45,
}
USUAL_YES_SHARE = 0.8


def reported_on(rng: Random) -> date:
    return FIRST_REPORT + timedelta(days=rng.randrange((LAST_REPORT - FIRST_REPORT).days + 1))


def public_facts(
    rng: Random, *, place: tuple[City, Seat], kind: FacilityKind | None, brand: str, serial: int
) -> FacilityFacts:
    """Place, people taken, filing, medical care and telephone of one facility."""
    city, seat = place
    facts = FacilityFacts(kind=kind, address=f"{seat.name}样例路{rng.randint(1, 399)}号")
    facts |= _place(rng, seat) | _filing(rng, serial) | _medical(rng, seat, brand)
    if rng.random() < 0.94:
        facts["levels_taken"] = [AbilityLevel(level) for level in LEVELS.get(kind, AbilityLevel.values[:4])]
    if rng.random() < 0.9:
        facts["languages"] = ["mandarin", *local_speech(city.code)]
    if rng.random() < 0.88:
        others = [code for code in features.DIETS if code != "regular"]
        facts["diets"] = ["regular", *rng.sample(others, rng.randint(1, 4))]
    if rng.random() < 0.8:
        facts["shortest_stay_nights"] = rng.choice((3, 7, 7, 14, 15, 30, 30, 60))
    if rng.random() < 0.9:
        facts["telephone"] = names.telephone(serial)
        facts["telephone_hours"] = rng.choice(
            ("每日 8:00–18:00", "每日 8:30–17:30", "工作日 9:00–17:00", "全天")
        )
    return facts


def prices(rng: Random, city: City, kind: FacilityKind | None) -> Prices | None:
    """Monthly fees by the city's price level, in steps of ten yuan; the deposit is one to three bed fees."""
    if rng.random() > 0.88:
        return None
    level = city.price_level * KIND_PRICE.get(kind, 1.0)
    bed = _yuan(rng.uniform(800, 1900) * level)
    return Prices(
        bed_fee_fen=bed,
        care_fee_fen=_yuan(rng.uniform(500, 2400) * level),
        meal_fee_fen=_yuan(rng.uniform(560, 980) * (1 + level) / 2),
        deposit_fen=bed * rng.randint(1, 3) if rng.random() < 0.8 else None,
        as_of=reported_on(rng),
    )


def feature_answers(rng: Random, city: City) -> FeatureAnswers | None:
    """Answers to most questions of the catalogue; a few facilities never answered any."""
    if rng.random() > 0.93:
        return None
    answers = {}
    for feature in features.CATALOGUE:
        drawn, answered = rng.random(), rng.random()
        if answered < 0.86:
            answers[feature.code] = Answer.YES if drawn < _yes_share(feature.code, city) else Answer.NO
        elif answered < 0.9:
            answers[feature.code] = Answer.UNKNOWN
    return FeatureAnswers(answers, reported_on(rng), rng.choice(REPORTERS)) if answers else None


def grade(rng: Random) -> FacilityGrade | None:
    """More than half of the facilities hold a grade, or held one that has run out."""
    given, day = rng.choices(*zip(*GRADES, strict=True))[0], rng.choice(GRADING_DAYS)
    return None if given is None else FacilityGrade(given, day)


def _yes_share(feature: str, city: City) -> float:
    if feature == "central_heating":
        return 0.97 if city.is_heated else 0.03
    if feature == "air_conditioning" and city.setting in {Setting.FOREST, Setting.SUNSHINE}:
        return 0.4
    return YES_SHARE.get(feature, USUAL_YES_SHARE)


def _place(rng: Random, seat: Seat) -> FacilityFacts:
    """A point within about a kilometre of the seat, or the seat itself where only that is known."""
    if rng.random() < 0.15:
        return FacilityFacts(lng=seat.lng, lat=seat.lat, place_precision=PlacePrecision.ABOUT)
    east, north = (Decimal(rng.randint(-11_000, 11_000)).scaleb(-6) for _ in range(2))
    return FacilityFacts(lng=seat.lng + east, lat=seat.lat + north, place_precision=PlacePrecision.EXACT)


def _filing(rng: Random, serial: int) -> FacilityFacts:
    drawn = rng.random()
    if drawn < 0.78:
        number = f"样例备〔{rng.randint(2019, 2025)}〕{serial:04d}号"
        return FacilityFacts(filing_state=FilingState.FILED, filing_number=number)
    return FacilityFacts(filing_state=FilingState.NOT_FILED) if drawn < 0.85 else FacilityFacts()


def _medical(rng: Random, seat: Seat, brand: str) -> FacilityFacts:
    drawn = rng.random()
    if drawn > 0.9:
        return FacilityFacts()
    facts = FacilityFacts(medical_care=MedicalCare.NONE, medical_as_of=reported_on(rng))
    if drawn < 0.35:
        facts["medical_care"] = MedicalCare.IN_HOUSE
    elif drawn < 0.8:
        facts |= FacilityFacts(
            medical_care=MedicalCare.CONTRACTED, contracted_hospital=f"{seat.city}{brand}康复医院（样例）"
        )
    if rng.random() < 0.85:
        facts["hospital_km"] = Decimal(rng.randint(2, 180)).scaleb(-1)
    return facts


def _yuan(amount: float) -> int:
    """An amount in yuan as fen, to the nearest ten yuan."""
    return round(amount / 10) * 1000
