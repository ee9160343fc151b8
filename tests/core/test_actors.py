import pytest

from sojourn.core.actors import PUBLIC, SYSTEM, Actor, Role, reach_of


@pytest.mark.parametrize(
    ("code", "reach"),
    [("440000", "44"), ("440100", "4401"), ("440106", "440106"), ("500117", "500117"), ("", "")],
)
def test_a_division_governs_the_codes_numbered_within_it(code, reach):
    assert reach_of(code) == reach


@pytest.mark.parametrize(
    ("divisions", "code", "covered"),
    [
        (("44",), "440106", True),
        (("4401",), "440106", True),
        (("440106",), "440106", True),
        (("440106",), "440100", False),
        (("4401", "45"), "450100", True),
        (("",), "610000", True),
        ((), "440106", False),
    ],
)
def test_an_officer_reaches_the_divisions_within_hers(divisions, code, covered):
    assert Actor(role=Role.OFFICER, divisions=divisions).covers(code) is covered


def test_neither_the_public_nor_the_system_is_staff():
    assert not PUBLIC.is_staff
    assert not SYSTEM.is_staff
    assert Actor(role=Role.AUDITOR).is_staff
