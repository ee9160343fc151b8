"""How alike two registrations are, worked out by hand."""

from datetime import date
from uuid import uuid4

import pytest

from residents.registry.likeness import Known, likeness
from residents.registry.naming import search_columns
from sojourn.core.hanzi import similarity

BORN, OTHER = date(1948, 3, 9), date(1948, 3, 10)
PHONE = b"\1" * 32


def known(name: str, birth_on: date = BORN, *phones: bytes) -> Known:
    columns = search_columns(name)
    return Known(uuid4(), columns["name_normal"], columns["pinyin"], birth_on, frozenset(phones))


@pytest.mark.parametrize(
    ("first", "second", "score", "reasons"),
    [
        (known("单雪雁", BORN, PHONE), known("单雪雁", BORN, PHONE), 100, "same_birth same_phone same_name"),
        (known("单雪雁", OTHER, PHONE, b"2"), known("仇归林", BORN, b"3", PHONE), 20, "same_phone"),
        (known("单雪雁"), known("单雪雁"), 80, "same_birth same_name"),
        (known("单雪雁"), known("单雪燕"), 74, "same_birth same_sound"),
        (known("單雪雁"), known("单雪雁"), 80, "same_birth same_name"),
        (known("单雪雁"), known("单冰雁"), 66, "same_birth similar_name"),
        (known("单雪雁", OTHER, PHONE), known("单雪雁", BORN, PHONE), 60, "same_phone same_name"),
        (known("单雪雁", OTHER, PHONE), known("仇归林", BORN, PHONE), 20, "same_phone"),
        (known("单雪雁"), known("仇归林"), 40, "same_birth"),
        (known("单雪雁", OTHER), known("单雪雁"), 40, "same_name"),
        (known("单雪雁", OTHER), known("仇归林"), 0, ""),
    ],
)
def test_birth_phone_and_name_add_up(first, second, score, reasons):
    found = likeness(first, second)

    assert (found.score, " ".join(found.reasons)) == (score, reasons)
    assert likeness(second, first) == found


@pytest.mark.parametrize(
    ("first", "second", "per_cent"),
    [
        ("王小明", "王晓明", 66),
        ("王明", "王小明", 80),
        ("王小明", "明小王", 33),
        ("王", "李", 0),
        ("", "", 0),
    ],
)
def test_names_are_as_similar_as_what_they_share_in_order(first, second, per_cent):
    assert similarity(first, second) == per_cent
