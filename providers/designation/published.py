"""What members published about their bases, read from the data of this room.

Real bodies carry only what is public: a listed name, a city, a batch and dates. An operator is split
off only where the listed name itself says so: a branch (1), two sites of one company (2, 3), a company
(4), a company with its site in brackets (8). Guangdong's list gives no credit code, type, bed or price.

The report of 2021-11-15 covers the six members of the agreement of 2019–2020; of these only Jilin has
no figure, kept as null. The other five members stand in no report and so have no row.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from providers.designation.listing import ListEntry, NewBatch, NewScheme

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class PublishedBase:
    """One line of a published list with the city it names and, where the name says so, the operator."""

    entry: ListEntry
    city_code: str
    operator: str | None


@dataclass(frozen=True)
class PublishedList:
    member_code: str
    scheme: NewScheme
    batch: NewBatch
    bases: tuple[PublishedBase, ...]


@dataclass(frozen=True)
class PublishedCount:
    """A reported number of bases; None is a member that the report covers without a figure."""

    member_code: str
    period: str
    reported_on: date
    bases: int | None
    source: str
    note: str


def first_guangdong_list() -> PublishedList:
    """The eleven bases that Guangdong designated on 2021-11-15, in the order of the list."""
    published = json.loads((DATA / "guangdong_2021.json").read_text("utf-8"))
    scheme, batch = published["scheme"], published["batch"]
    announced_on = date.fromisoformat(batch["announced_on"])
    return PublishedList(
        member_code=scheme["member"],
        scheme=NewScheme(
            name=scheme["name"],
            edition=scheme["edition"],
            source=scheme["source"],
            stages=tuple(scheme["stages"]),
        ),
        batch=NewBatch(
            ordinal=batch["ordinal"],
            announced_on=announced_on,
            announced_by=batch["announced_by"],
            source=batch["source"],
            plaques_on=date.fromisoformat(batch["plaques_on"]),
        ),
        bases=tuple(
            PublishedBase(ListEntry(base["no"], base["name"], announced_on), base["city"], base["operator"])
            for base in published["bases"]
        ),
    )


def reported_counts() -> list[PublishedCount]:
    """How many bases each member of the agreement of 2019–2020 had, as reported on 2021-11-15."""
    report = json.loads((DATA / "reported_2019_2020.json").read_text("utf-8"))
    reported_on = date.fromisoformat(report["reported_on"])
    return [
        PublishedCount(
            count["member"], report["period"], reported_on, count["bases"], report["source"], count["note"]
        )
        for count in report["counts"]
    ]
