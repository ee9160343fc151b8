from datetime import date

import pytest

from sojourn.core.identifiers import sample_identity
from sojourn.core.plain_words import NamesSomebody, names_somebody, plain_words
from sojourn.core.refusals import Invalid


class Missing(Invalid):
    code = "missing"


SOMEBODY = sample_identity(7, date(1948, 3, 2))


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "来电13800138000，要求更正",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "１３８００１３８０００",
        "家里电话020-12345678",
        SOMEBODY,
        f"身份证{SOMEBODY}不清",
        f"{SOMEBODY[:6]} {SOMEBODY[6:14]} {SOMEBODY[14:]}",
        SOMEBODY[:6] + SOMEBODY[8:17],
    ],
)
def test_a_number_of_somebody_is_found_however_it_is_spelt(text):
    assert names_somebody(text)
    with pytest.raises(NamesSomebody) as refused:
        plain_words(text, 200, Missing)
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "GD-2026-001138",
        "穗民〔2026〕17号",
        "办件20261123000123",
        "2026-11-23 上午来过两次",
        "办件012345678901",
        "第11条第3款",
        "110000200001010002",
        "112345678901",
        "录音2026112310223300",
    ],
)
def test_numbers_of_papers_and_days_are_words_like_others(text):
    assert plain_words(f"  {text} ", 200, Missing) == text


@pytest.mark.parametrize("text", ["", " \t", "长" * 201, "a\0b"])
def test_nothing_and_too_much_is_missing(text):
    with pytest.raises(Missing):
        plain_words(text, 200, Missing)
