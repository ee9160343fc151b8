"""A number is written one way, read in many, and refused when a character is wrong."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from sojourn.core import numbers
from sojourn.core.numbers import Kind, Number, NumberInvalid

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
sequences = st.integers(1, 10**12 - 1)
provinces = st.sampled_from(["44", "21", "22", "23", "36", "45", "43", "50", "51", "52", "61"])


@pytest.fixture(autouse=True, scope="module")
def two_kinds():
    kept = dict(numbers._kinds)
    numbers._kinds.clear()
    numbers.register("FC", "机构")
    numbers.register("OP", "运营主体")
    yield
    numbers._kinds.clear()
    numbers._kinds.update(kept)


@pytest.mark.parametrize(
    ("prefix", "province", "sequence", "text"),
    [
        ("FC", "440000", 123, "FC44-000123-W"),
        ("FC", "44", 123, "FC44-000123-W"),
        ("OP", "610000", 1, "OP61-000001-X"),
        ("FC", "500000", 999_999, "FC50-999999-J"),
        ("FC", "500000", 1_000_000, "FC50-1000000-B"),
    ],
)
def test_a_number_says_what_whose_and_which(prefix, province, sequence, text):
    assert numbers.make(prefix, province, sequence) == text


def test_a_number_read_tells_its_parts():
    number = numbers.parse("FC44-000123-W")

    assert number == Number("FC", "440000", 123, "FC44-000123-W")
    assert str(number) == "FC44-000123-W"
    assert number.kind == Kind("FC", "机构")


@pytest.mark.parametrize(
    "typed",
    [
        "fc44-000123-W",
        "FC44000123W",
        " FC 44 - 000123 - W ",
        "ＦＣ４４－０００１２３－Ｗ",
        "FC44–000123—W",
        "FC44_000123_W",
        "FC44-OOOI23-W",
        "fc44-ooo l23-W",
    ],
)
def test_however_it_is_typed_the_number_is_the_same(typed):
    assert numbers.parse(typed).text == "FC44-000123-W"


def test_a_digit_among_the_letters_is_read_as_the_letter():
    assert numbers.parse(numbers.make("OP", "44", 7).replace("OP", "0P")).prefix == "OP"


@given(sequence=sequences, province=provinces)
def test_what_was_made_is_read_back(sequence, province):
    text = numbers.make("FC", province, sequence)

    assert numbers.parse(text) == Number("FC", f"{province}0000", sequence, text)
    assert re.fullmatch(r"FC\d\d-\d{6,12}-[0-9A-Z]", text)


def alphabet_at(text, position):
    """The characters that stand for something else at this place of a number."""
    if text[position].isdigit() and position != len(text) - 1:
        return "0123456789"
    return CHARACTERS


@given(sequence=sequences, province=provinces)
def test_every_single_wrong_character_is_refused(sequence, province):
    text = numbers.make("FC", province, sequence)

    for position, right in enumerate(text):
        if right == "-":
            continue
        for wrong in set(alphabet_at(text, position)) - {right}:
            assert not numbers.is_valid(text[:position] + wrong + text[position + 1 :])


def test_swapped_neighbours_are_refused_but_for_the_few_that_the_standard_lets_through():
    swapped = escaped = 0
    for sequence in range(1, 3_000):
        compact = numbers.make("FC", "44", sequence).replace("-", "")
        for left in range(len(compact) - 1):
            pair = compact[left : left + 2]
            if pair[0] == pair[1]:
                continue
            swapped += 1
            typed = compact[:left] + pair[::-1] + compact[left + 2 :]
            if numbers.is_valid(typed) and numbers.parse(typed).sequence != sequence:
                escaped += 1
                assert abs(CHARACTERS.index(pair[0]) - CHARACTERS.index(pair[1])) == 1

    assert (swapped, escaped) == (22_000, 30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FC44",
        "FC44-000123",
        "FC44-000123-W-W",
        "FC44-00123-W",
        "FC44-000ı23-W",
        "FC44-" + " " * 64 + "000123-W",
        "FC44-٠٠٠١٢٣-W",
        "FC44-000123-W\x00",
        "\ud800",
        "9" * 10_000,
        "ﷺ" * 60,
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NumberInvalid):
        numbers.parse(text)


@pytest.mark.parametrize(
    ("prefix", "province", "digits"),
    [("FC", "44", "000000"), ("FC", "44", "0000123"), ("FC", "04", "000123"), ("ZZ", "44", "000123")],
)
def test_a_right_check_character_does_not_save_a_number_that_is_never_made(prefix, province, digits):
    text = numbers._written(prefix, province, digits)

    assert mod_37_36.is_valid(text.replace("-", ""))
    with pytest.raises(NumberInvalid):
        numbers.parse(text)


@given(text=st.text(st.characters(exclude_categories=())))
@example("\x00" * 12)
@example("ſſ44000123W")
def test_whatever_is_typed_is_read_or_refused(text):
    assert numbers.is_valid(text) is False


@pytest.mark.parametrize(
    ("prefix", "province", "sequence"),
    [("ZZ", "44", 1), ("FC", "440100", 1), ("FC", "04", 1), ("FC", "44", 0), ("FC", "44", 10**12)],
)
def test_no_number_is_made_of_parts_that_do_not_exist(prefix, province, sequence):
    with pytest.raises(ValueError, match="no such number"):
        numbers.make(prefix, province, sequence)


def test_a_prefix_stands_for_one_kind_only():
    assert numbers.register("FC", "机构") == Kind("FC", "机构")

    with pytest.raises(ValueError, match="already stands"):
        numbers.register("FC", "食堂")

    assert numbers.kinds() == (Kind("FC", "机构"), Kind("OP", "运营主体"))


@pytest.mark.parametrize("prefix", ["F", "fc", "F1", "FCX", "机构", ""])
def test_a_prefix_is_two_capital_letters(prefix):
    with pytest.raises(ValueError, match="two capital letters"):
        numbers.register(prefix, "机构")
