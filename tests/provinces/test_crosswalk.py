from datetime import date

import pytest

from sojourn.provinces.crosswalk import resolve
from sojourn.provinces.models import Division, DivisionSuccession

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "now"),
    [
        ("440116", "440112"),  # 萝岗区 joined 黄埔区
        ("440102", "440104"),  # 东山区 joined 越秀区
        ("510124", "510117"),  # 郫县 became 郫都区
        ("512081", "510185"),  # 简阳市 moved from 资阳 to 成都
        ("500234", "500154"),  # 开县 became 开州区
        ("532700", "530800"),  # 思茅地区 became 思茅市, now 普洱市
        ("440101", "440100"),  # the heading 市辖区 of 广州
        ("220604", "220605"),  # 江源区, in two steps
    ],
)
def test_a_withdrawn_code_means_the_division_that_continues_it(code, now):
    assert resolve(code).code == now


@pytest.mark.parametrize(
    ("code", "on", "name"),
    [
        ("500110", date(2010, 1, 1), "綦江区"),  # then 万盛区, which joined 綦江
        ("410307", date(2005, 1, 1), "洛龙区"),  # then 洛龙区, now under 410311
        ("410307", None, "偃师区"),
        ("469025", date(2006, 1, 1), "定安县"),
        ("469025", None, "白沙黎族自治县"),
        ("469031", date(2006, 1, 1), "昌江黎族自治县"),  # then 昌江, later 西沙群岛, both gone
    ],
)
def test_a_code_given_to_another_unit_means_what_it_meant_on_the_day(code, on, name):
    assert resolve(code, on=on).name == name


@pytest.mark.parametrize("on", [None, date(2003, 1, 1), date(2026, 1, 1)])
def test_a_code_in_use_means_itself(on):
    assert resolve("440106", on=on).name == "天河区"


def test_a_withdrawn_code_without_known_successor_keeps_its_last_meaning():
    division = resolve("510902")

    assert (division.name, division.valid_to) == ("市中区", date(2003, 12, 31))


def test_a_code_nobody_listed_means_nothing():
    assert resolve("990101") is None
    assert resolve("") is None


def test_every_withdrawn_code_leads_to_a_division_and_few_to_a_withdrawn_one():
    codes = DivisionSuccession.objects.values_list("code", flat=True).distinct()
    found = {code: resolve(code) for code in codes}

    assert None not in found.values()
    lost = sorted(code for code, division in found.items() if division.valid_to)
    assert len(lost) == 20  # 18 of no known successor, and the headings of two cities among them
    in_members = [c for c in lost if Division.objects.filter(member__code=c[:2] + "0000").exists()]
    assert in_members == ["232702", "232703", "232704", "500300", "510902"]
