"""The map: every city within the frame, none distorted, labels that do not cover each other."""

from types import SimpleNamespace

import pytest

from providers.search.city_map import EDGE, TALLEST, WIDTH, map_of
from providers.search.results import CityCount
from sojourn.provinces.models import Division


def place(code: str, name: str, lng: float, lat: float) -> Division:
    return Division(code=code, name=f"{name}市", short_name=name, lng=lng, lat=lat, pinyin=name)


def count(code: str, many: int, fee: int | None = None) -> CityCount:
    return CityCount(code, "", None, None, many, 0, fee)


def drawn(found, places):
    return map_of(found, places, lambda code: f"/?city={code}")


SOUTH = [place("440100", "广州", 113.28, 23.13), place("440300", "深圳", 114.09, 22.55)]
NORTH = [place("230100", "哈尔滨", 126.64, 45.76)]


def test_every_point_lies_within_the_frame():
    shown = drawn([count("440100", 3), count("230100", 1)], SOUTH + NORTH)

    assert shown.height <= TALLEST
    for dot in (*shown.dots, *shown.others):
        assert EDGE <= dot.x <= WIDTH - EDGE
        assert EDGE <= dot.y <= shown.height - EDGE


def test_north_is_up_and_east_is_right():
    shown = drawn([count("440100", 3), count("230100", 1)], SOUTH + NORTH)

    guangzhou, harbin = shown.dots
    assert harbin.y < guangzhou.y
    assert harbin.x > guangzhou.x


def test_more_facilities_make_a_larger_dot_and_the_fullest_city_is_named():
    shown = drawn([count("440300", 1), count("440100", 9)], SOUTH)

    assert [dot.count for dot in shown.dots] == [9, 1]
    assert shown.dots[0].radius > shown.dots[1].radius
    assert shown.fullest.name == "广州"


def test_cities_without_an_answer_are_faint_points():
    shown = drawn([count("440100", 1)], SOUTH)

    assert len(shown.others) == 1


def test_headings_of_a_municipality_are_one_with_it():
    chongqing = [place("500000", "重庆", 106.55, 29.56)]

    shown = drawn([count("500100", 2, 300_000), count("500200", 3, 250_000)], chongqing)

    assert [(city.code, city.count, city.lowest_fee_fen) for city in shown.cities] == [("500000", 5, 250_000)]


def test_a_single_city_is_drawn_too():
    assert len(drawn([count("440100", 1)], SOUTH[:1]).dots) == 1


@pytest.mark.parametrize("found", [[], [count("999900", 1)]])
def test_without_a_city_that_has_a_place_there_is_no_map(found):
    assert drawn(found, SOUTH) is None


def test_labels_never_cover_each_other():
    crowd = [
        place(f"44{at:02}00", f"城市{at}", 113 + at % 6 * 0.2, 23 + at // 6 * 0.2) for at in range(1, 30)
    ]

    shown = drawn([count(city.code, 5) for city in crowd], crowd)

    boxes = [_box(SimpleNamespace(**vars(dot))) for dot in shown.dots if dot.label]
    assert len(boxes) > 2
    for at, one in enumerate(boxes):
        assert not any(_meet(one, other) for other in boxes[:at])


def _box(dot) -> tuple:
    width = 12 * 2 + 12 * 0.6 * (len(dot.label) - 2)
    left = dot.label_x - width if dot.ends_at_dot else dot.label_x
    return left, dot.label_y - 11, left + width, dot.label_y + 2


def _meet(one: tuple, other: tuple) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
