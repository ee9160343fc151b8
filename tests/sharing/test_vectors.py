import json
from datetime import UTC, datetime

import pytest

from sojourn.sharing.protocol import strict
from sojourn.sharing.protocol.pages import FeedName, Signature
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import registry_of
from sojourn.sharing.protocol.verifying import Place, verified
from tests.sharing import second_verifier, vectors, wire_vectors

INDEX = json.loads((vectors.FOLDER / "index.json").read_bytes())
REGISTRARS = {
    name.replace("_", "-"): public
    for name, public in strict.read((vectors.FOLDER / "registrars.json").read_bytes()).items()
}
DOCUMENT = (vectors.FOLDER / "registry.json").read_bytes()
SIGNED = (vectors.FOLDER / "registry.signatures").read_bytes().split(b"\n")


def page_named(name):
    return (vectors.FOLDER / f"{name}.page").read_bytes()


def registry():
    lines = [strict.read(line) for line in SIGNED]
    return registry_of(
        DOCUMENT,
        [Signature(line["suite"], line["key"], bytes.fromhex(line["value"])) for line in lines],
        registrars={name: bytes.fromhex(public) for name, public in REGISTRARS.items()},
        needed=2,
        at=datetime(2026, 11, 22, tzinfo=UTC),
        held=1,
    )


def test_the_files_are_what_this_code_writes():
    written = {
        path.relative_to(vectors.FOLDER).as_posix(): path.read_bytes()
        for path in vectors.FOLDER.rglob("*")
        if path.is_file()
    }

    assert written == wire_vectors.files()


@pytest.mark.parametrize("vector", INDEX, ids=lambda vector: vector["page"])
def test_each_page_is_accepted_or_refused_with_its_reason(vector):
    after = Place(**vector["after"] | {"feed": FeedName(**vector["after"]["feed"])})

    try:
        verified(page_named(vector["page"]), after=after, registry=registry())
        outcome = "accepted"
    except Refused as refusal:
        outcome = refusal.reason

    assert outcome == vector["expect"]


@pytest.mark.parametrize("vector", INDEX, ids=lambda vector: vector["page"])
def test_a_second_verifier_of_another_library_decides_the_same(vector):
    read = second_verifier.read_registry(DOCUMENT, SIGNED, REGISTRARS)

    accepted = second_verifier.accepts(page_named(vector["page"]), vector["after"], read)

    assert accepted == (vector["expect"] == "accepted")


def test_every_reason_to_refuse_a_page_has_a_vector():
    of_requests = {Reason.NOT_SIGNED, Reason.WRONG_TARGET, Reason.WRONG_TIME, Reason.WRONG_BODY}
    of_requests |= {Reason.REPLAYED, Reason.NOT_GRANTED}
    of_the_registry = {Reason.BAD_REGISTRY, Reason.REGISTRY_EXPIRED, Reason.REGISTRY_OLDER}
    of_the_registry |= {Reason.REGISTRY_FORKED}
    of_the_receiver = {Reason.UNKNOWN_SCHEMA}

    shown = {vector["expect"] for vector in INDEX} - {"accepted"}

    assert shown == set(Reason) - of_requests - of_the_registry - of_the_receiver
