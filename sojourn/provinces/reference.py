"""The files of data/ read into rows: typed, complete, keyed by the columns they fill."""

import csv
import json
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from sojourn.core import hanzi
from sojourn.provinces.states import DivisionKind, DivisionLevel, SuccessionGround

READING = "1"  # raise it when the same files are to be read differently
LEVELS = dict(zip("123", DivisionLevel.values, strict=True))
PRESENT_EDITION = "2024-03"
CLIMATE_PERIOD = (1961, 1990)

Row = dict[str, object]
Texts = dict[str, str]


def digest_of(texts: Texts) -> str:
    """What the files hold and how they are read, as one digest."""
    total = sha256(READING.encode())
    for name, text in sorted(texts.items()):
        total.update(f"\n{name}\n{text}".encode())
    return total.hexdigest()


def divisions(texts: Texts) -> list[Row]:
    """Every code that was ever listed, once: the present divisions, then the withdrawn ones."""
    listed = list(_table(texts["divisions.csv"]))
    since = {row["code"]: _edition_day(row["first_edition"]) for row in _table(texts["division_since.csv"])}
    taken = {row["code"] for row in listed}
    # A code that was withdrawn twice stands with its last meaning; the others are in successions().
    last = {row["code"]: row for row in _table(texts["division_former.csv"]) if row["code"] not in taken}
    present = [_present_division(row, since.get(row["code"])) for row in listed]
    return present + [_withdrawn_division(row, known=taken | set(last)) for row in last.values()]


def successions(texts: Texts) -> list[Row]:
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "valid_from": _first_day(row["first_edition"]),
            "valid_to": _edition_day(row["gone_edition"]),
            "successor_id": row["successor_code"] or None,
            "ground": SuccessionGround(row["ground"]).value,
        }
        for row in _table(texts["division_former.csv"])
    ]


def members(texts: Texts) -> list[Row]:
    names = {row["code"]: row["name"] for row in _table(texts["divisions.csv"])}
    return [
        row | {"division_id": row["code"], "name": names[row["code"]]}
        for row in json.loads(texts["members.json"])
    ]


def agreements(texts: Texts) -> list[Row]:
    items = json.loads(texts["agreed_items.json"])
    return [
        _agreement(row, [item for item in items if item["agreement"] == row["code"]])
        for row in _listed(texts)
    ]


def parties(texts: Texts) -> list[Row]:
    return [
        {
            "agreement_id": UUID(row["id"]),
            "division_id": party["division"],
            "kind": party["kind"],
            "body": party["body"],
            "position": position,
        }
        for row in _listed(texts)
        for position, party in enumerate(row["parties"], start=1)
    ]


def agreed_items(texts: Texts) -> list[Row]:
    ids = {row["code"]: UUID(row["id"]) for row in _listed(texts)}
    rows = json.loads(texts["agreed_items.json"])
    return [
        {name: value for name, value in row.items() if name != "agreement"}
        | {
            "agreement_id": ids[row["agreement"]],
            "reported_on": _day(row["reported_on"]),
            "position": position,
        }
        for position, row in enumerate(rows, start=1)
    ]


def calendar_years(texts: Texts) -> list[Row]:
    return [
        {
            "year": int(row["year"]),
            "announced": (announced := bool(row["notice_urls"])),
            "off_days": int(row["off_days"]) if announced else None,
            "makeup_workdays": int(row["makeup_workdays"]) if announced else None,
            "notices": row["notice_urls"].split(),
        }
        for row in _table(texts["holidays_cn_years.csv"])
    ]


def holidays(texts: Texts) -> list[Row]:
    announced = _table(texts["holidays_cn_2019_2026.csv"])
    legal = _table(texts["holidays_cn_2027_statutory.csv"])
    return [
        {
            "day": date.fromisoformat(row["date"]),
            "calendar_id": int(row["year"]),
            "kind": row["kind"],
            "festival": row["festival"],
            "in_lieu": row.get("in_lieu_day") == "1",
        }
        for row in [*announced, *legal]
    ]


def climate_places(texts: Texts) -> list[Row]:
    first, last = CLIMATE_PERIOD
    return [
        {
            "city_id": row["city_code"],
            "lng": Decimal(row["lng"]),
            "lat": Decimal(row["lat"]),
            "altitude_m": int(row["altitude_m"]),
            "altitude_source": row["altitude_source"],
            "method": row["method"],
            "stations": row["station_ids"].split("|"),
            "nearest_station_km": Decimal(row["nearest_station_km"]),
            "period_from": first,
            "period_to": last,
        }
        for row in _table(texts["climate_city.csv"])
    ]


def climate_normals(texts: Texts) -> list[Row]:
    whole = ("month", "rh_pct", "precip_mm", "sunshine_pct", "sunshine_hours")
    tenths = ("tmean_c", "tmax_c", "tmin_c", "wet_days", "wind_ms", "frost_days")
    return [
        {"place_id": row["city_code"]}
        | {name: int(row[name]) for name in whole}
        | {name: Decimal(row[name]) for name in tenths}
        for row in _table(texts["climate_city_monthly.csv"])
    ]


def rules(texts: Texts) -> list[Row]:
    """The dated rules; ``agreement`` in the file is the code of an instrument."""
    ids = {row["code"]: UUID(row["id"]) for row in _listed(texts)}
    return [
        {name: value for name, value in row.items() if name not in {"member", "agreement"}}
        | {
            "member_id": row["member"],
            "agreement_id": ids[row["agreement"]] if row["agreement"] else None,
            "valid_from": _day(row["valid_from"]),
            "valid_to": _day(row["valid_to"]),
        }
        for row in json.loads(texts["rules.json"])
    ]


def _present_division(row: dict[str, str], valid_from: date | None) -> Row:
    return _division(row) | {
        "parent_id": row["parent_code"] or None,
        "province_code": row["province_code"] or row["code"],
        "city_code": row["city_code"],
        "lng": Decimal(row["lng"]),
        "lat": Decimal(row["lat"]),
        "valid_from": valid_from,
        "valid_to": None,
        "edition": PRESENT_EDITION,
    }


def _withdrawn_division(row: dict[str, str], *, known: set[str]) -> Row:
    """A withdrawn code stands below the city it was numbered in, or below its province."""
    code, province, city = row["code"], row["code"][:2] + "0000", row["code"][:4] + "00"
    in_city = city in known
    return _division(row) | {
        "parent_id": city if in_city and city != code else province,
        "province_code": province,
        "city_code": city if in_city else "",
        "lng": None,
        "lat": None,
        "valid_from": _first_day(row["first_edition"]),
        "valid_to": _edition_day(row["gone_edition"]),
        "edition": row["last_edition"],
    }


def _division(row: dict[str, str]) -> Row:
    syllables = row["pinyin"].split()
    return {
        "code": row["code"],
        "level": LEVELS[row["level"]],
        "kind": DivisionKind(row["kind"]).value,
        "name": row["name"],
        "short_name": row["short_name"],
        "pinyin": "".join(syllables),
        "initials": "".join(syllable[0] for syllable in syllables),
        "search_name": hanzi.search_text(row["name"]),
        "search_pinyin": hanzi.pinyin(row["name"]),
        "search_initials": hanzi.initials(row["name"]),
    }


def _agreement(row: dict, items: list[dict]) -> Row:
    contents = json.dumps([row, items], ensure_ascii=False, sort_keys=True)
    return {name: value for name, value in row.items() if name != "parties"} | {
        "id": UUID(row["id"]),
        "signed_on": _day(row["signed_on"]),
        "valid_from": None,
        "valid_to": None,
        "digest": sha256(contents.encode()).hexdigest(),
    }


def _listed(texts: Texts) -> list[dict]:
    return json.loads(texts["agreements.json"])


def _table(text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(text.splitlines())


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _edition_day(edition: str) -> date:
    """``2009-12``: a list of this edition says how things stood at the end of that month."""
    year, month = map(int, edition.split("-"))
    return date(year, month, monthrange(year, month)[1])


def _first_day(edition: str) -> date | None:
    """Since when a code was listed; the oldest edition cannot say."""
    return None if edition == "2002-12" else _edition_day(edition)
