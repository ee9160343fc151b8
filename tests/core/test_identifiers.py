"""Credit codes and identity numbers: what is read, what is refused, and what only the sample world has."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from sojourn.core import identifiers
from sojourn.core.clock import frozen
from sojourn.core.identifiers import (
    BirthDateImpossible,
    BirthDateOutOfRange,
    CreditCodeInvalid,
    IdentityCharactersWrong,
    IdentityCheckWrong,
    IdentityInvalid,
    IdentityLengthWrong,
    ResidentIdentity,
    Sex,
    credit_code,
    is_sample_credit_code,
    is_sample_identity,
    resident_identity,
    sample_credit_code,
    sample_identity,
)

anything = st.text(st.characters(exclude_categories=()))
divisions = st.integers(110000, 659999).map(str)
birth_dates = st.dates(date(1880, 1, 1), date(2025, 12, 31))


def with_check(body: str) -> str:
    return body + mod_11_2.calc_check_digit(body)


# Unified social credit codes. The real one is the example of stdnum's own documentation.


@pytest.mark.parametrize(
    "typed",
    [
        "91110000600037341L",
        "91110000600037341l",
        " 9 1 110000 600037341 L ",
        "91-110000-600037341-L",
        "９１１１００００６０００３７３４１Ｌ",
    ],
)
def test_however_it_is_typed_the_credit_code_is_the_same(typed):
    assert credit_code(typed) == "91110000600037341L"


@pytest.mark.parametrize("department", ["A1", "N2", "Y1"])
def test_codes_of_departments_with_a_letter_are_codes(department):
    body = department + "440106" + "MF0000010"
    code = body + uscc.calc_check_digit(body)

    assert credit_code(code) == code
    assert not uscc.is_valid(code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "91110000600037341M",
        "91110000600037314L",
        "9111000060003734L",
        "911100006000373411L",
        "9111O000600037341L",
        "91110000600037341\x00",
        "91110000６0003734١L",
        "\ud800" * 18,
        "9111000060003734" + " " * 64 + "1L",
        "9" * 10_000,
    ],
)
def test_what_is_no_credit_code_is_refused(text):
    with pytest.raises(CreditCodeInvalid):
        credit_code(text)


@given(text=anything)
@example("ß" * 9)
def test_whatever_is_typed_as_a_credit_code_is_refused_by_its_own_refusal(text):
    with pytest.raises(CreditCodeInvalid):
        credit_code(text)
    assert not is_sample_credit_code(text)


@given(seed=st.integers(0, 31**8 - 1), division=divisions, data=st.data())
def test_every_single_wrong_character_of_a_credit_code_is_refused(seed, division, data):
    code = sample_credit_code(seed, division)
    position = data.draw(st.integers(0, 17))
    wrong = data.draw(
        st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY").filter(lambda c: c != code[position])
    )

    with pytest.raises(CreditCodeInvalid):
        credit_code(code[:position] + wrong + code[position + 1 :])


def test_sample_credit_codes_are_fixed_by_their_seed():
    assert sample_credit_code(0, "440106") == "004401060000000007"
    assert sample_credit_code(1, "440106") == "004401060000000194"
    assert sample_credit_code(31**8 - 1, "610000") == "00610000YYYYYYYY76"


@given(seed=st.integers(0, 31**8 - 1), division=divisions)
def test_a_sample_credit_code_passes_every_check_of_form_and_belongs_to_nobody(seed, division):
    code = sample_credit_code(seed, division)

    assert credit_code(code) == uscc.validate(code) == code
    assert is_sample_credit_code(code)
    assert is_sample_credit_code(code.lower())
    assert code[0] not in "123456789ANY"
    assert code[2:8] == division


def test_the_organisation_part_of_a_sample_carries_its_own_check_character():
    # GB 11714: the organisation code D2143569-X is the standard's example.
    assert identifiers._organisation_check("D2143569") == "X"


def test_no_two_seeds_share_a_credit_code():
    assert len({sample_credit_code(seed, "440106") for seed in range(5000)}) == 5000


def test_a_real_credit_code_is_no_sample():
    neighbour = "01440106" + "000000000"

    assert not is_sample_credit_code(neighbour + uscc.calc_check_digit(neighbour))
    assert not is_sample_credit_code("91110000600037341L")


@pytest.mark.parametrize(("seed", "division"), [(-1, "440106"), (31**8, "440106"), (1, "44"), (1, "44010A")])
def test_a_sample_credit_code_needs_a_seed_in_range_and_a_division(seed, division):
    with pytest.raises(ValueError, match="six-digit division code"):
        sample_credit_code(seed, division)


# Resident identity numbers. 11010519491231002X is the example printed in GB 11643-1999.


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_however_it_is_typed_the_identity_number_is_the_same(typed):
    identity = resident_identity(typed)

    assert identity == ResidentIdentity("11010519491231002X", date(1949, 12, 31), Sex.FEMALE, "110105")


def test_the_second_example_of_the_standard_is_read():
    # GB 11643-1999, annex: 440524188001010014
    identity = resident_identity("440524188001010014")

    assert (identity.birth_on, identity.sex) == (date(1880, 1, 1), Sex.MALE)


def test_a_number_of_fifteen_digits_is_upgraded():
    identity = resident_identity("110105491231002")

    assert identity == resident_identity("11010519491231002X")


@pytest.mark.parametrize(("sequence", "year"), [("995", 1985), ("996", 1885), ("999", 1885)])
def test_the_old_sequences_of_centenarians_were_born_a_century_earlier(sequence, year):
    assert resident_identity("440524850101" + sequence).birth_on == date(year, 1, 1)


@pytest.mark.parametrize("place", ["000000", "999999", "440199", "513021", "910156"])
def test_a_place_nobody_knows_is_no_reason_to_refuse(place):
    assert resident_identity(with_check(place + "19500615" + "123")).place_code == place


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", IdentityLengthWrong),
        ("11010519491231002", IdentityLengthWrong),
        ("11010519491231002X0", IdentityLengthWrong),
        ("1" * 10_000, IdentityLengthWrong),
        ("1101051949123100XX", IdentityCharactersWrong),
        ("1101054912310O2", IdentityCharactersWrong),
        ("11010549123100X", IdentityCharactersWrong),
        ("11010519491231002\x00", IdentityCharactersWrong),
        ("\ud800" * 18, IdentityCharactersWrong),
        ("١" * 18, IdentityCharactersWrong),
        (with_check("110105" + "19490230" + "002"), BirthDateImpossible),
        (with_check("110105" + "19001301" + "002"), BirthDateImpossible),
        (with_check("110105" + "00000101" + "002"), BirthDateImpossible),
        ("110105490230002", BirthDateImpossible),
        (with_check("110105" + "18791231" + "002"), BirthDateOutOfRange),
        (with_check("110105" + "99991231" + "002"), BirthDateOutOfRange),
        ("110105194912310021", IdentityCheckWrong),
        ("11010519491231020X", IdentityCheckWrong),
    ],
)
def test_every_mistake_has_its_own_refusal(text, refusal):
    with pytest.raises(IdentityInvalid) as refused:
        resident_identity(text)

    assert type(refused.value) is refusal
    assert refused.value.status == 400


def test_nobody_is_born_tomorrow():
    born_today = with_check("110105" + "20260315" + "002")

    with frozen(date(2026, 3, 15)):
        assert resident_identity(born_today).birth_on == date(2026, 3, 15)
    with frozen(date(2026, 3, 14)), pytest.raises(BirthDateOutOfRange):
        resident_identity(born_today)


@given(text=anything)
def test_whatever_is_typed_as_an_identity_number_is_refused_by_its_own_refusal(text):
    with pytest.raises(IdentityInvalid):
        resident_identity(text)
    assert not is_sample_identity(text)


@given(seed=st.integers(0, 10**7 - 1), birth_on=birth_dates, data=st.data())
def test_every_single_wrong_character_of_an_identity_number_is_refused(seed, birth_on, data):
    number = sample_identity(seed, birth_on)
    position = data.draw(st.integers(0, 17))
    wrong = data.draw(st.sampled_from("0123456789X").filter(lambda c: c != number[position]))

    with pytest.raises(IdentityInvalid):
        resident_identity(number[:position] + wrong + number[position + 1 :])


@pytest.mark.parametrize(
    "refusal",
    [CreditCodeInvalid, IdentityInvalid, *IdentityInvalid.__subclasses__()],
    ids=lambda r: r.__name__,
)
def test_a_refusal_has_its_own_code_and_no_place_for_the_number(refusal):
    assert refusal.code not in {other.code for other in refusal.__mro__[1:] if hasattr(other, "code")}
    assert str(refusal()) == str(refusal.title)


def test_printing_an_identity_shows_none_of_it():
    identity = resident_identity("11010519491231002X")

    assert repr(identity) == str(identity) == "ResidentIdentity()"


def test_sample_identities_are_fixed_by_their_seed():
    assert sample_identity(0, date(1950, 1, 1)) == "000000195001010001"
    assert sample_identity(1_234_567, date(1944, 2, 29)) == "001234194402295678"


@given(seed=st.integers(0, 10**7 - 1), birth_on=birth_dates)
def test_a_sample_identity_passes_every_check_and_belongs_to_nobody(seed, birth_on):
    identity = resident_identity(sample_identity(seed, birth_on))

    assert identity.birth_on == birth_on
    assert identity.sex is (Sex.MALE if seed % 2 else Sex.FEMALE)
    assert identity.place_code[0] == "0"
    assert is_sample_identity(identity.number18)


def test_no_two_seeds_share_an_identity():
    assert len({sample_identity(seed, date(1950, 1, 1)) for seed in range(5000)}) == 5000


def test_a_real_identity_is_no_sample():
    assert not is_sample_identity("11010519491231002X")


@pytest.mark.parametrize("seed", [-1, 10**7])
def test_a_sample_identity_needs_a_seed_in_range(seed):
    with pytest.raises(ValueError, match="seed from 0"):
        sample_identity(seed, date(1950, 1, 1))
