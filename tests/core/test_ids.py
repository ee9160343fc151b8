"""Identities sort by birth, and the wire knows one spelling of each."""

import json
import uuid

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sojourn.core.ids import WireId, WireIdInvalid, parse_wire_id, uuid7, wire_id

KNOWN = uuid.UUID("01901b2c-3d4e-7f60-8a1b-2c3d4e5f6071")
owners = st.integers(10, 99).map("{}0000".format)


def test_a_new_identity_is_a_plain_uuid_of_version_seven():
    identity = uuid7()

    assert type(identity) is uuid.UUID
    assert (identity.version, identity.variant) == (7, uuid.RFC_4122)
    assert orjson.dumps(identity) == json.dumps(str(identity)).encode()


def test_identities_of_one_process_sort_in_the_order_they_were_made():
    made = [uuid7() for _ in range(2000)]

    assert made == sorted(made)
    assert len(set(made)) == 2000


def test_an_entity_is_named_by_its_owner_and_its_uuid():
    assert wire_id("440000", KNOWN) == "440000:01901b2c-3d4e-7f60-8a1b-2c3d4e5f6071"
    assert parse_wire_id("440000:01901b2c-3d4e-7f60-8a1b-2c3d4e5f6071") == WireId("440000", KNOWN)
    assert str(WireId("440000", KNOWN)) == wire_id("440000", KNOWN)


@given(owner=owners, identity=st.uuids())
def test_what_was_written_is_read_back(owner, identity):
    assert parse_wire_id(wire_id(owner, identity)) == (owner, identity)


@pytest.mark.parametrize("owner", ["44", "440100", "440106", "040000", "４４００００", "", "440000\n"])
def test_only_a_province_owns_rows(owner):
    with pytest.raises(ValueError, match="six-digit province code"):
        wire_id(owner, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "440000:01901B2C-3D4E-7F60-8A1B-2C3D4E5F6071",
        "440000:01901b2c-3d4e-7f60-8a1b-2C3D4E5F6071",
        "440000:01901b2c3d4e7f608a1b2c3d4e5f6071",
        "440000:{01901b2c-3d4e-7f60-8a1b-2c3d4e5f6071}",
        " 440000:01901b2c-3d4e-7f60-8a1b-2c3d4e5f6071",
        "440000:01901b2c-3d4e-7f60-8a1b-2c3d4e5f6071\n",
        "440100:01901b2c-3d4e-7f60-8a1b-2c3d4e5f6071",
        "01901b2c-3d4e-7f60-8a1b-2c3d4e5f6071",
        "440000:" + "0" * 10_000,
    ],
)
def test_a_second_spelling_of_a_wire_id_is_refused(text):
    with pytest.raises(WireIdInvalid):
        parse_wire_id(text)


@given(text=st.text(st.characters(exclude_categories=())))
@example("\x00")
@example("\ud800")
def test_anything_else_is_refused_and_nothing_breaks(text):
    with pytest.raises(WireIdInvalid):
        parse_wire_id(text)
