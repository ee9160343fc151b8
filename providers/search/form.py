"""The search form: what may be chosen, what was typed, and what is wrong with it."""

from collections.abc import Iterable, Mapping

from django.http import HttpRequest

from providers.facilities.features import BY_CODE, in_groups
from providers.search import errors
from providers.search.months import month_names
from providers.search.places import name_of
from providers.search.plain import LEVELS, RADII_KM, STARS
from providers.search.reading import LABELS, RADIUS_KM
from providers.search.seasons import HARBIN
from providers.search.shelves import Choices
from sojourn.provinces.models import Division

PLACES = ("province", "city", "county")
# The words that stand in the folded part of the form.
FOLDED = ("star", "feature", "designated", "near", "radius", "from", "to", "home")
ALWAYS = frozenset({"q", "province", "month", "level", "budget", "star", "feature", "designated", "near"})
ALWAYS |= {"radius", "from", "to", "home"}


def form_of(request: HttpRequest, choices: Choices, problems: Iterable[dict] = ()) -> dict:
    """The form as it was filled in, cut to what a field can hold; ``problems`` are shown beside their fields."""
    values = {name: errors.printable(request.GET.get(name, "")) for name in LABELS}
    wrong = {problem["field"]: problem["detail"] for problem in problems}
    return {
        "values": values,
        "chosen": _places(values),
        "features": {code for code in request.GET.getlist("feature") if code in BY_CODE},
        "fields": ALWAYS | {name for name in ("city", "county") if getattr(choices, _plural(name))},
        "wrong": wrong,
        "is_open": any(values[name] for name in FOLDED) or bool(wrong.keys() & set(FOLDED)),
    } | _offered(choices, values)


def _places(values: Mapping[str, str]) -> dict[str, str]:
    """The codes of the chosen places; a smaller one chooses those it lies in."""
    chosen = {name: values[name].ljust(6, "0") for name in PLACES if values[name]}
    smallest = next((chosen[name] for name in reversed(PLACES) if name in chosen), "")
    return {"province": f"{smallest[:2]}0000", "city": f"{smallest[:4]}00"} | chosen if smallest else {}


def point_of(place: Division) -> str:
    """The point of a place as the word ``near`` takes it."""
    return f"{place.lat:.4f},{place.lng:.4f}"


def _offered(choices: Choices, values: Mapping[str, str]) -> dict:
    """Everything that the form's lists offer."""
    points = [
        (name_of(province), [(point_of(city), name_of(city)) for city in cities])
        for province, cities in choices.seats
    ]
    known = {value for _province, cities in points for value, _label in cities}
    return {
        "provinces": choices.provinces,
        "cities": choices.cities,
        "counties": choices.counties,
        "months": month_names(),
        "levels": LEVELS.items(),
        "stars": STARS.items(),
        "feature_groups": in_groups(),
        "points": points,
        "own_point": values["near"] if values["near"] not in known else "",
        "radii": RADII_KM,
        "radius": RADIUS_KM,
        "homes": choices.capitals,
        "home": values["home"].ljust(6, "0") if values["home"] else HARBIN,
    }


def _plural(name: str) -> str:
    return {"city": "cities", "county": "counties"}[name]
