import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import models

from sojourn.sharing.forms import form_of

DAY, INSTANT = form_of(models.DateField()), form_of(models.DateTimeField())
DECIMAL = form_of(models.DecimalField(max_digits=9, decimal_places=6))
WORDS, NUMBERS = form_of(ArrayField(models.CharField())), form_of(ArrayField(models.IntegerField()))


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (DAY, "2026-09-01"),
        (DAY, "9999-12-31"),
        (INSTANT, "2026-09-01T00:00:00.000000Z"),
        (DECIMAL, "113.264000"),
        (DECIMAL, "-1"),
        (WORDS, []),
        (WORDS, ["汉语", "粤语"]),
        (NUMBERS, [1, 2]),
    ],
)
def test_what_we_spell_has_its_form(form, value):
    assert form(value)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        *(
            (DAY, text)
            for text in ("infinity", "today", "12026-01-01", "2026-9-1", "2026-09-01\n", "٢٠٢٦-09-01")
        ),
        *((INSTANT, text) for text in ("now", "2026-09-01", "9999-12-31T23:59:59.000000Z", "-infinity")),
        *((DECIMAL, text) for text in ("NaN", "Infinity", "1e9", "1.", ".5", " 1", "١", "1" * 21)),
        (WORDS, [["a"]]),
        (WORDS, [None]),
        (WORDS, [1]),
        (NUMBERS, ["1"]),
        (NUMBERS, [True]),
    ],
)
def test_what_would_be_read_as_something_else_has_not(form, value):
    assert not form(value)


def test_words_and_numbers_are_left_to_the_database():
    assert form_of(models.CharField()) is None
    assert form_of(models.IntegerField()) is None
