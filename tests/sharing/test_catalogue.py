"""What the catalogue says of every resource: how sensitive, why shared so, in which form; and the page for other makers."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils.translation import override

from residents.consents import facts
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Part
from sojourn.sharing.describing import form_digest, resources_page
from sojourn.sharing.models import Heartbeat
from sojourn.sharing.shelf import fields_of
from sojourn.sharing.states import Sensitivity, ShareClass
from tests.sharing.sample_resource import resource as sample_of

FORMS = Path(__file__).with_name("forms.json")
PAGE = Path(__file__).parents[2] / "docs" / "protocol" / "resources.md"
RESOURCES = list(catalogue.resources())


def each_resource(test):
    return pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)(test)


def levels(name):
    resource = catalogue.known(name)
    return {line.name: line.sensitivity for line in fields_of(resource)}


# --- how sensitive, and why -------------------------------------------------------------------------------
@each_resource
def test_every_resource_says_why_it_is_shared_so(resource):
    assert str(resource.reason).strip()
    assert str(resource.ground).strip()


@each_resource
def test_what_differs_in_sensitivity_is_a_field(resource):
    named = {line.name for line in fields_of(resource)}

    assert set(resource.otherwise) <= named
    assert {path.removesuffix("[]") for path in resource.inside} <= set(resource.facts)


def test_what_needs_a_consent_of_its_own_is_sensitive_in_the_catalogue():
    found = levels("resident_extracts")

    for fact in facts.known():
        expected = Sensitivity.SENSITIVE if fact.is_sensitive else Sensitivity.PERSONAL
        assert found[f"sealed.{fact.code}"] == expected
    assert found["sealed"] == Sensitivity.SENSITIVE
    assert found["resident_number"] == Sensitivity.PERSONAL


def test_a_mark_made_of_an_identity_number_is_as_sensitive_as_that():
    assert levels("match_marks")["mark"] == levels("resident_extracts")["sealed.identity_number"]


@each_resource
def test_what_everyone_is_given_holds_no_personal_information(resource):
    if not resource.addressed_by:
        assert {line.sensitivity for line in fields_of(resource)} == {Sensitivity.IMPERSONAL}


# --- a form and its version -------------------------------------------------------------------------------
@each_resource
def test_a_form_that_changes_has_a_new_version(resource):
    """A form that was ever published stays in forms.json; a changed or new one is a line more, under its version."""
    forms = json.loads(FORMS.read_text())

    assert forms.get(resource.schema) == form_digest(resource)


def test_no_form_is_forgotten_and_no_version_falls():
    forms = json.loads(FORMS.read_text())

    newest = {}
    for schema in forms:
        name, _, version = schema.partition("/")
        newest[name] = max(newest.get(name, 0), int(version))

    assert {resource.name: resource.version for resource in RESOURCES} == newest
    assert set(forms) == {f"{name}/{no}" for name, last in newest.items() for no in range(1, last + 1)}


SAMPLE = sample_of("sample", ShareClass.UNCONDITIONAL)
OTHER_FORMS = {
    "a fact more": replace(SAMPLE, facts=(*SAMPLE.facts, "epoch")),
    "a fact less": replace(SAMPLE, facts=SAMPLE.facts[:1]),
    "for one member": replace(SAMPLE, addressed_by="owner"),
    "with parts": replace(SAMPLE, parts=(Part("parts", Heartbeat, "id", ("owner",), ("owner",)),)),
}


@pytest.mark.parametrize("other", OTHER_FORMS)
def test_the_digest_tells_another_form(other):
    assert form_digest(OTHER_FORMS[other]) != form_digest(SAMPLE)


@pytest.mark.parametrize(
    ("fact", "attribute", "value"),
    [
        ("owner", "max_length", 7),
        ("owner", "blank", True),
        ("owner", "choices", [("a", "甲")]),
        ("beaten_at", "null", True),
    ],
    ids=["longer", "may be empty", "of a list", "may be null"],
)
def test_the_digest_tells_another_field(monkeypatch, fact, attribute, value):
    before = form_digest(replace(SAMPLE))

    monkeypatch.setattr(Heartbeat._meta.get_field(fact), attribute, value)

    assert form_digest(replace(SAMPLE)) != before


def test_what_is_said_of_a_form_does_not_make_it_another():
    said = replace(
        SAMPLE, label="别名", reason="别的理由", sensitivity=Sensitivity.PERSONAL, facts=SAMPLE.facts[::-1]
    )

    assert form_digest(said) == form_digest(SAMPLE)


# --- the page for other makers ----------------------------------------------------------------------------
def test_the_page_is_what_the_catalogue_says_in_whatever_language():
    with override("en"):
        written = resources_page()

    assert written == PAGE.read_text(), "manage.py describe_resources > docs/protocol/resources.md"


@each_resource
def test_every_fact_of_a_body_stands_on_the_page(resource):
    section = PAGE.read_text().partition(f"## `{resource.name}` ")[2].partition("\n## ")[0]

    for name in resource.shape.names:
        assert f"`{name}`" in section
    for name in resource.parents.values():
        assert f"(`{name}`)" in section
