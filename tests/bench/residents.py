"""Many residents in a database that is kept between runs, and the keyring that opens them beside it.

They are registered by the services themselves, two thousand at a time, and every fourth was assessed on some day of the
last year, so that keys, blind indexes, history and trail are those of the product. A run works on a copy, which it may
change.
"""

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection

from residents.assessments.services import ElsewhereResult, enter_results
from residents.registry.facts import ResidentFacts
from residents.registry.services import NewResident, register_residents
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import today
from sojourn.core.identifiers import sample_identity
from sojourn.local import keyrings
from sojourn.local.cloning import Cloning
from sojourn.local.sample import names
from sojourn.local.sample.residents import FIRST_BIRTH, plan_residents
from sojourn.local.sample.sizes import Size
from sojourn.local.sample.writer import seats
from tests.bench.measure import FIGURES
from tests.bench.worlds import kept
from tests.conftest import point_to
from tests.residents.assessments.answers import EXACTLY_MILD, NOTHING

# A million is what the goals speak of; fewer show whether it works.
HOW_MANY = int(os.environ.get("SOJOURN_BENCH_RESIDENTS", "1000000"))
AT_ONCE, DAYS = 2_000, 12_000
ONE_ASSESSED_OF, ASSESSED_DAYS = 4, 364
BY = (("安一", "medical"), ("白二", "other_background"))


@dataclass(frozen=True)
class Register:
    """A copy of the kept database, to which Django's connection leads, and the folder of its keys."""

    name: str
    keyring: Path


def identity_of(serial: int) -> str:
    """Told by the serial alone, so that a bench knows whom it may ask for."""
    return sample_identity(serial, FIRST_BIRTH + timedelta(days=serial % DAYS))


def phone_of(serial: int) -> str:
    return names.telephone(serial)


def people(first: int, seats_of_cities) -> Sequence[NewResident]:
    """The next residents: everybody with a number and a telephone, and all else as the sample world draws it."""
    planned = plan_residents(Size("register", 0, 0, 0, AT_ONCE), first, seats_of_cities)
    return [
        replace(one.row, facts=_known(one.row.facts, serial))
        for serial, one in enumerate(planned, start=first)
    ]


def _known(facts: ResidentFacts, serial: int) -> ResidentFacts:
    told = {key: value for key, value in facts.items() if key not in {"birth_on", "sex"}}
    return ResidentFacts(**told | {"identity_number": identity_of(serial), "phone": phone_of(serial)})


def _write() -> None:
    everywhere = seats()
    for first in range(0, HOW_MANY, AT_ONCE):
        ids = register_residents(rows=people(first, everywhere), actor=SYSTEM)
        enter_results(
            results=_results(first, Random(first).sample(ids, len(ids) // ONE_ASSESSED_OF)), actor=SYSTEM
        )


def _results(first: int, ids: Sequence[UUID]) -> list[tuple[UUID, ElsewhereResult]]:
    """A paper of each, evenly spread over a year that is not over yet, so that all of them still hold."""
    return [
        (
            key,
            ElsewhereResult(
                source="样例市第一医院",
                paper_reference=f"评2026-{first + place}",
                assessed_on=today() - timedelta(days=place % ASSESSED_DAYS),
                assessors=BY,
                answers=EXACTLY_MILD,
                circumstances=NOTHING,
            ),
        )
        for place, key in enumerate(ids)
    ]


@contextmanager
def register_at(url: str) -> Iterator[Register]:
    """A copy of the kept residents, whose making is told where there was none; it is gone afterwards."""
    world, cloning = f"residents_{HOW_MANY}", Cloning(url)
    ring = FIGURES / f"{world}.keyring"
    is_whole = ring.is_dir()
    keyrings.keep(ring, settings.HOSTED_PROVINCES)
    copy = f"bench_copy_{secrets.token_hex(3)}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "KEYRING", str(ring))
        name = kept(world, url, _write, is_whole=is_whole)
        used = ring.with_name(copy)
        shutil.copytree(ring, used)
        connection.close()
        cloning.clone(name, copy)
        point_to(copy, url)
        patch.setattr(settings, "KEYRING", str(used))
        try:
            yield Register(copy, used)
        finally:
            connection.close()
            cloning.drop(copy)
            shutil.rmtree(used)
            point_to("postgres", url)
