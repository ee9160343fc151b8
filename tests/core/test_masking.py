"""Masked values: the mask is shown by everything that shows, and the content by nothing."""

import copy
import csv
import io
import json
import logging
import pickle
import pprint
import string
import sys
import traceback

import orjson
import pytest
import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import ProgrammingError, connection, models
from django.template import Context, Engine
from django.test import RequestFactory
from django.utils.encoding import force_bytes, force_str
from django.utils.html import conditional_escape, escape, format_html
from django.views.debug import ExceptionReporter
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.utils.encoders import JSONEncoder

from sojourn.core.masking import Masked, mask_identity, mask_name, mask_phone
from sojourn.settings import logs
from sojourn.web.renderers import JSONRenderer

PLAIN, SHOWN = "230103194701011234", "230*************34"
# Whatever shows more of it than the mask does.
HIDDEN_PART = "10319470"


@pytest.fixture
def masked():
    return Masked(PLAIN, SHOWN)


WAYS_TO_SHOW = {
    "str": str,
    "repr": repr,
    "ascii": ascii,
    "f-string": lambda m: f"{m}",
    "f-string !r": lambda m: f"{m!r}",
    "f-string !s": lambda m: f"{m!s}",
    "f-string !a": lambda m: f"{m!a}",
    "str.format": "{}".format,
    "string.Formatter": lambda m: string.Formatter().format("{0}", m),
    "string.Template": lambda m: string.Template("$m").substitute(m=m),
    "%s": lambda m: "%s" % m,  # noqa: UP031
    "%r": lambda m: "%r" % m,  # noqa: UP031
    "%a": lambda m: "%a" % m,  # noqa: UP031
    "%(m)s": lambda m: "%(m)s" % {"m": m},  # noqa: UP031
    "force_str": force_str,
    "force_bytes": lambda m: force_bytes(m).decode(),
    "escape": escape,
    "conditional_escape": conditional_escape,
    "format_html": lambda m: format_html("{}", m),
    "DjangoJSONEncoder": lambda m: json.loads(json.dumps(m, cls=DjangoJSONEncoder)),
    "DRF's encoder": lambda m: json.loads(json.dumps(m, cls=JSONEncoder)),
    "our renderer": lambda m: orjson.loads(JSONRenderer().render(m)),
    "orjson default": lambda m: orjson.loads(orjson.dumps(m, default=str)),
    "DRF CharField": lambda m: serializers.CharField().to_representation(m),
    "pprint": pprint.pformat,
    "copy": lambda m: str(copy.copy(m)),
    "deepcopy": lambda m: str(copy.deepcopy(m)),
}


@pytest.mark.parametrize("show", WAYS_TO_SHOW.values(), ids=WAYS_TO_SHOW)
def test_the_mask_is_shown_by_everything_that_shows(masked, show):
    assert show(masked) == SHOWN


@pytest.mark.parametrize(
    "spec", ["", "s", ">30", "<30", "^30", "*^30", ".2", "30.5s", "0>40", "\x00>30", "_<20"]
)
def test_every_format_spec_is_of_the_mask(masked, spec):
    assert f"{masked:{spec}}" == format(SHOWN, spec)


@given(spec=st.text(max_size=4))
def test_a_format_spec_that_makes_no_sense_tells_nothing(spec):
    try:
        told = format(Masked(PLAIN, SHOWN), spec)
    except ValueError as error:
        told = str(error)

    assert HIDDEN_PART not in told


@pytest.mark.parametrize("inside", [list, tuple, lambda m: {"m": m[0]}, lambda m: [{"m": [m]}]])
def test_inside_other_values_it_is_masked_too(masked, inside):
    value = inside([masked])

    for text in (str(value), repr(value), pprint.pformat(value), orjson.dumps(value, default=str).decode()):
        assert SHOWN in text
        assert HIDDEN_PART not in text


@pytest.mark.parametrize(
    "use",
    [
        json.dumps,
        orjson.dumps,
        bytes,
        int,
        float,
        iter,
        len,
        hash,
        list,
        "".join,
        sorted,
        io.StringIO().write,
        lambda m: m + "",
        lambda m: "" + m,
        lambda m: m[0],
        lambda m: m < m,
        lambda m: "%d" % m,  # noqa: UP031
        lambda m: "%c" % m,  # noqa: UP031
        lambda m: "%x" % m,  # noqa: UP031
        lambda m: "1" in m,
        lambda m: memoryview(m),
        lambda m: sorted([m, m]),
    ],
    ids=lambda use: getattr(use, "__name__", "?"),
)
def test_what_does_not_work_on_it_tells_nothing(masked, use):
    with pytest.raises(TypeError) as refused:
        use(masked)

    assert HIDDEN_PART not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_pickled(masked, protocol):
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(masked, protocol)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps({"deep": [masked]}, protocol)
    with pytest.raises(TypeError, match="not pickled"):
        masked.__reduce_ex__(protocol)


@pytest.mark.parametrize("inner", ["__getstate__", "__reduce__"])
def test_its_state_is_not_handed_out(masked, inner):
    try:
        told = repr(getattr(masked, inner)())
    except TypeError as refused:
        told = str(refused)

    assert HIDDEN_PART not in told


def test_it_has_no_dictionary_to_look_into(masked):
    assert vars(masked) == {}
    assert HIDDEN_PART not in repr(dir(masked))


def test_the_content_is_there_for_who_may_have_it(masked):
    assert masked.plain == PLAIN


@pytest.mark.parametrize("name", ["plain", "_plain", "_shown", "other"])
def test_it_does_not_change(masked, name):
    with pytest.raises(AttributeError) as refused:
        setattr(masked, name, "x")
    with pytest.raises(AttributeError):
        delattr(masked, name)

    assert (masked.plain, str(masked)) == (PLAIN, SHOWN)
    assert HIDDEN_PART not in str(refused.value)


def test_equal_contents_are_equal_whatever_is_shown():
    assert Masked("a", "*") == Masked("a", "?")
    assert Masked("a", "*") != Masked("b", "*")
    assert Masked("长\ud800", "*") == Masked("长\ud800", "*")
    assert not Masked("a", "*") != Masked("a", "*")  # noqa: SIM202


def test_it_equals_no_plain_text_so_that_nobody_guesses(masked):
    assert masked != PLAIN
    assert masked != SHOWN
    assert masked not in [PLAIN, SHOWN, None]


def test_contents_are_compared_in_constant_time(monkeypatch, masked):
    asked = []
    monkeypatch.setattr("hmac.compare_digest", lambda a, b: asked.append((a, b)) or True)

    assert masked == Masked("another", "*")
    assert asked == [(PLAIN.encode(), b"another")]


# Logs and errors.


def test_the_log_shows_the_mask(masked):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s %(resident)s %(args)s"))
    logger = logging.Logger("masked")
    logger.addHandler(handler)

    logger.warning("plain %s and %r in %s", masked, masked, [masked], extra={"resident": masked})

    assert stream.getvalue().count(SHOWN) == 7
    assert HIDDEN_PART not in stream.getvalue()


def test_our_log_lines_show_the_mask(masked):
    configured = logs.configuration(level="INFO")["formatters"]["json"]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=configured["foreign_pre_chain"], processors=configured["processors"]
    )
    record = logging.LogRecord("masked", logging.INFO, "", 1, "%s looked at", (masked,), None)
    rendered = structlog.processors.JSONRenderer(ensure_ascii=False)(
        None, "info", {"m": masked, "n": [masked]}
    )

    for line in (formatter.format(record), rendered):
        assert SHOWN in line
        assert HIDDEN_PART not in line


def failing(masked: Masked):
    return {"inside": masked}[masked.__class__.__name__]


def test_tracebacks_show_the_mask_with_every_local_value(masked):
    try:
        failing(masked)
    except KeyError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
        reporter = ExceptionReporter(RequestFactory().get("/"), *sys.exc_info())
        pages = [reporter.get_traceback_text(), reporter.get_traceback_html()]

    assert SHOWN in told
    assert SHOWN in pages[1]
    assert all(HIDDEN_PART not in text for text in (told, *pages))


def test_an_error_about_it_shows_the_mask(masked):
    error = ValueError("cannot use", masked)

    assert SHOWN in str(error)
    assert HIDDEN_PART not in f"{error}{error!r}" + "".join(traceback.format_exception(error))


def test_a_spreadsheet_row_shows_the_mask(masked):
    sheet = io.StringIO()
    csv.writer(sheet).writerow([masked])

    assert sheet.getvalue() == f"{SHOWN}\r\n"


# Pages and columns.


@pytest.mark.parametrize(
    "template",
    [
        "{{ m }}",
        "{{ m|safe }}",
        "{{ m|escape }}",
        "{{ m|upper }}",
        "{{ m|default:'x' }}",
        "{{ m|stringformat:'s' }}",
        "{% filter force_escape %}{{ m }}{% endfilter %}",
        "{% with n=m %}{{ n }}{% endwith %}",
        "{% firstof m %}",
    ],
)
@pytest.mark.parametrize("autoescape", [True, False])
def test_a_page_shows_the_mask(masked, template, autoescape):
    engine = Engine(autoescape=autoescape)

    assert engine.from_string(template).render(Context({"m": masked}, autoescape=autoescape)) == SHOWN


FILTERS = (
    "length", "first", "last", "make_list", "slice:':9'", "wordcount", "truncatechars:12", "json_script:'x'", "pprint",
    "add:''", "join:','", "linebreaks", "urlencode", "divisibleby:'2'", "random", "slugify", "get_digit:'9'", "dictsort:0",
)  # fmt: skip


@pytest.mark.parametrize("filtered", FILTERS)
def test_no_filter_of_a_page_shows_more(masked, filtered):
    engine = Engine()
    try:
        told = engine.from_string(f"{{{{ m|{filtered} }}}}").render(Context({"m": masked}))
    except Exception as error:  # noqa: BLE001 -- whichever it is, it has to keep silent
        told = "".join(traceback.format_exception(error))

    assert HIDDEN_PART not in told


def test_a_mask_is_escaped_as_any_text():
    engine = Engine()

    assert engine.from_string("{{ m }}").render(Context({"m": Masked("x", "<b>")})) == "&lt;b&gt;"


@pytest.mark.parametrize(
    "field", [models.CharField(), models.TextField(), models.JSONField(), models.BinaryField()]
)
def test_a_mask_never_replaces_the_content_of_a_column(masked, field):
    with pytest.raises(TypeError, match="not stored") as refused:
        field.get_db_prep_save(masked, connection)

    assert HIDDEN_PART not in str(refused.value)


def test_the_database_does_not_take_it_as_a_parameter(db, masked):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="Masked") as refused:
        cursor.execute("SELECT %s", [masked])

    assert HIDDEN_PART not in "".join(traceback.format_exception(refused.value))


# The masks.


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("230103194701011234", "230*************34"),
        ("11010519491231002X", "110*************2X"),
        ("110105491231002", "110**********02"),
        ("12345678901", "123******01"),
        ("1234567890", "**********"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_an_identity_number_keeps_three_and_two(number, shown):
    assert mask_identity(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138******78"),
        ("+8613812345678", "+86*********78"),
        ("02088886666", "020******66"),
        ("88886666", "********"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_a_phone_number_keeps_three_and_two(number, shown):
    assert mask_phone(number) == shown


@given(number=st.text(st.sampled_from("0123456789X+"), max_size=40))
def test_more_of_a_number_is_hidden_than_shown(number):
    for shown in (mask_identity(number), mask_phone(number)):
        assert len(shown) == len(number)
        assert shown.count("*") > len(number) / 2 or not number
        assert all(a in (b, "*") for a, b in zip(shown, number, strict=True))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("王小明", "王**"),
        ("欧阳修", "欧阳*"),
        ("歐陽修", "歐陽*"),
        ("司马相如", "司马**"),
        ("单于明", "单于*"),
        ("欧阳", "欧*"),
        ("张", "*"),
        ("", ""),
        ("   ", ""),
        ("  王小明 ", "王**"),
        ("阿卜杜拉·买买提", "阿***·***"),
        ("John Smith", "J*** *****"),
        ("𮧵𬱖", "𮧵*"),
        ("王\U00031350", "王*"),
        ("王\ue000明", "王**"),
        ("\ue000明", "\ue000*"),
        ("葛\U000e0100城", "葛*"),
        ("欧\ufe00阳修", "欧阳*"),
        ("王\u200b小明", "王**"),
        ("\u202e王小明", "王**"),
    ],
)
def test_a_name_keeps_its_surname(name, shown):
    assert mask_name(name) == shown


@given(name=st.text())
def test_of_any_name_at_most_two_letters_are_shown(name):
    letters = [char for char in mask_name(name) if char not in "*·•‧∙⋅・･ -－"]

    assert len(letters) <= 2
