"""Identifiers that others issue: the unified social credit code and the resident identity number.

Sample identifiers pass every check of form and begin with ``00``, which no issuer uses:

- Credit codes: the first character is the registering department. GB 32100-2015 and its first amendment
  use 1 to 9, A, N and Y; the second, the kind of body within it, is 1 to 5 or 9. Neither is ever 0.
- Identity numbers: the first digit is the region of GB/T 2260, 1 to 8 for citizens; 9 marks the card of
  permanent foreign residents (National Immigration Administration, cards from 2023-12-01). Never 0.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import mul

from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from sojourn.core import clock
from sojourn.core.refusals import Invalid

SAMPLE_PREFIX = "00"
EARLIEST_BIRTH = date(1880, 1, 1)
LONGEST_TYPED = 64

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = re.compile(rf"[{_CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{_CREDIT_ALPHABET}]{{10}}")
_DIVISION = re.compile(r"[0-9]{6}")
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# 2 to the power of its distance from the check character, by which GB 11643-1999 weighs each digit.
_IDENTITY_WEIGHTS = tuple(pow(2, distance, 11) for distance in range(17, 0, -1))
_CENTENARIANS = frozenset({"996", "997", "998", "999"})


class CreditCodeInvalid(Invalid):
    code = "credit_code_invalid"
    title = _("统一社会信用代码有误，请对照证照逐位核对")


class IdentityInvalid(Invalid):
    code = "identity_invalid"
    title = _("身份证号码有误，请对照证件逐位核对")


class IdentityLengthWrong(IdentityInvalid):
    code = "identity_length_wrong"
    title = _("身份证号码应为18位，旧号码为15位")


class IdentityCharactersWrong(IdentityInvalid):
    code = "identity_characters_wrong"
    title = _("身份证号码应为数字，18位号码的最后一位可以是X")


class BirthDateImpossible(IdentityInvalid):
    code = "birth_date_impossible"
    title = _("身份证号码中的出生日期不存在")


class BirthDateOutOfRange(IdentityInvalid):
    code = "birth_date_out_of_range"
    title = _("身份证号码中的出生日期过早或晚于今天")


class IdentityCheckWrong(IdentityInvalid):
    code = "identity_check_wrong"
    title = _("身份证号码的校验位不符，请对照证件逐位核对")


class Sex(StrEnum):
    """As the identity number says it (GB/T 2261.1): the sequence is odd for men, even for women."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True)
class ResidentIdentity:
    """What an identity number tells; printing the value shows none of it.

    ``place_code`` is the county that first registered the person, by the code of that time: a hint.
    """

    number18: str = field(repr=False)
    birth_on: date = field(repr=False)
    sex: Sex = field(repr=False)
    place_code: str = field(repr=False)


def credit_code(text: str) -> str:
    """The unified social credit code in its one written form (18 characters, GB 32100-2015).

    The check character is stdnum's. The form is ours: stdnum wants digits in the first two places and so
    refuses the codes of departments A, N and Y, village collectives among them.
    """
    code = _compact(text)
    if not _CREDIT_CODE.fullmatch(code) or code[-1] != uscc.calc_check_digit(code[:-1]):
        raise CreditCodeInvalid
    return code


def sample_credit_code(seed: int, division_code: str) -> str:
    """A well-formed credit code that no real body can have, another for every seed below 31^8.

    It begins with 00 (see the head of this module), so nothing ever issued can collide, whatever the
    organisation code. That part carries its own check character (GB 11714-1997), as a real one does.
    """
    if not 0 <= seed < 31**8 or not _DIVISION.fullmatch(division_code):
        raise ValueError("a sample code takes a seed from 0 to 31^8 - 1 and a six-digit division code")
    organisation = "".join(_CREDIT_ALPHABET[seed // 31**power % 31] for power in range(7, -1, -1))
    code = SAMPLE_PREFIX + division_code + organisation + _organisation_check(organisation)
    return code + uscc.calc_check_digit(code)


def is_sample_credit_code(text: str) -> bool:
    """Whether it is a credit code of the sample world; what is no credit code is not one."""
    try:
        return credit_code(text).startswith(SAMPLE_PREFIX)
    except CreditCodeInvalid:
        return False


def resident_identity(text: str) -> ResidentIdentity:
    """Read a resident identity number (GB 11643-1999), or one of 15 digits as issued before 1999-10.

    Length, characters, date and check character decide. The place code is not looked up: codes of
    counties were given out long before and after any list we hold, and stdnum's refuses real people.
    """
    number = _compact(text)
    if len(number) not in (15, 18):
        raise IdentityLengthWrong
    if not re.fullmatch(r"[0-9]{15}|[0-9]{17}[0-9X]", number):
        raise IdentityCharactersWrong
    body = number[:17] if len(number) == 18 else _with_century(number)
    birth_on = _birth_date(body[6:14])
    check = _identity_check(body)
    if len(number) == 18 and number[-1] != check:
        raise IdentityCheckWrong
    sex = Sex.MALE if int(body[16]) % 2 else Sex.FEMALE
    return ResidentIdentity(number18=body + check, birth_on=birth_on, sex=sex, place_code=body[:6])


def sample_identity(seed: int, birth_on: date) -> str:
    """A well-formed identity number that no person can have, another for every seed below 10^7.

    It begins with 00 (see the head of this module). An odd seed is a man's number, an even one a woman's.
    """
    if not 0 <= seed < 10**7:
        raise ValueError("a sample identity takes a seed from 0 to 10^7 - 1")
    place, sequence = divmod(seed, 1000)
    body = f"{SAMPLE_PREFIX}{place:04d}{birth_on:%Y%m%d}{sequence:03d}"
    return body + _identity_check(body)


def is_sample_identity(text: str) -> bool:
    """Whether it is an identity number of the sample world; what is no identity number is not one."""
    try:
        return resident_identity(text).number18.startswith(SAMPLE_PREFIX)
    except IdentityInvalid:
        return False


def _compact(text: str) -> str:
    """Half width, upper case, without spaces and hyphens; empty when far too long to be an identifier."""
    if len(text) > LONGEST_TYPED:
        return ""
    return re.sub(r"[\s\-]+", "", unicodedata.normalize("NFKC", text)).upper()


def _identity_check(body: str) -> str:
    """The eighteenth character of an identity number: ISO 7064 MOD 11-2, X for 10."""
    total = sum(map(mul, map(int, body), _IDENTITY_WEIGHTS))
    return "10X98765432"[total % 11]


def _organisation_check(organisation: str) -> str:
    """The ninth character of an organisation code: GB 11714-1997, modulus 11, X for 10."""
    total = sum(
        int(char, 36) * weight for char, weight in zip(organisation, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[-total % 11]


def _with_century(number15: str) -> str:
    """The 17 digits of an old number: born in the 1900s, or in the 1800s for the centenarians of the
    time, for whom the sequences 996 to 999 were kept (recalled; the rule that converters follow)."""
    century = "18" if number15[12:] in _CENTENARIANS else "19"
    return number15[:6] + century + number15[6:]


def _birth_date(digits: str) -> date:
    try:
        birth_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise BirthDateImpossible from None
    if not EARLIEST_BIRTH <= birth_on <= clock.today():
        raise BirthDateOutOfRange
    return birth_on
