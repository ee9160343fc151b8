"""The documents say what is so: words, capabilities, packages, variables and links."""

import importlib
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.urls import get_resolver
from pghistory.models import Event

from sojourn.core.flow import Flow
from tests.architecture import house
from tests.architecture.test_deployment import variables

DOCS = house.ROOT / "docs"
PAGES = sorted([*house.ROOT.glob("*.md"), *DOCS.rglob("*.md")])
# The rows that stand on capabilities.md; it grows with what is built.
BUILT = [
    "A1",
    "A2",
    "A5",
    "A6",
    "A7",
    "A11",
    "B12",
    "C1",
    "C2",
    "C3",
    "C4",
    "C5",
    "C6",
    "C7",
    "C8",
    "C9",
    "C10",
    "C11",
    "D1",
    "D2",
    "D3",
    "D4",
    "D5",
    "D6",
    "F1",
    "F2",
    "F3",
    "F4",
    "F5",
    "F6",
    "F7",
    "F8",
    "F9",
    "F10",
    "F11",
    "F12",
    "I1",
    "I14",
    "J1",
    "J2",
    "J3",
    "J6",
    "J7",
    "J8",
    "K1",
    "K2",
    "K3",
    "K5",
    "K6",
    "K7",
    "K8",
    "L1",
    "L2",
    "L3",
    "L4",
    "L5",
    "L6",
    "M1",
    "M2",
    "M3",
    "M4",
    "M8",
    "M9",
]
UNWANTED = re.compile("黑名单|black[ _-]?list", re.IGNORECASE)

Word = tuple[str, str]


def text_of(*path: str) -> str:
    return house.ROOT.joinpath(*path).read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of every table row of a page, without heads and rules."""
    lines = [line.strip().strip("|") for line in text.splitlines() if line.startswith("|")]
    ruled = [number for number, line in enumerate(lines) if re.fullmatch(r"[\s|:-]+", line)]
    skipped = {number - 1 for number in ruled} | set(ruled)
    return [[cell.strip() for cell in line.split("|")] for n, line in enumerate(lines) if n not in skipped]


def glossary() -> list[tuple[str, set[str]]]:
    return [
        (chinese, set(re.findall(r"`(\w+)`", code)))
        for chinese, code, _note in rows(text_of("docs", "glossary.md"))
    ]


def own_modules() -> list[str]:
    paths = (path.relative_to(house.ROOT).with_suffix("") for path in house.sources())
    return [".".join(path.parts) for path in paths if path.name == "states"] + ["sojourn.core.actors"]


def own_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in house.WINGS and not issubclass(model, Event)
    ]


def closed_lists() -> list[type[models.TextChoices]]:
    found = [
        value
        for name in own_modules()
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, type) and issubclass(value, models.TextChoices) and value.__module__ == name
    ]
    return [choices for choices in found if choices.choices]


def flows() -> list[Flow]:
    modules = [importlib.import_module(name) for name in own_modules()]
    return [value for module in modules for value in vars(module).values() if isinstance(value, Flow)]


def admin_verbs() -> list:
    assert get_resolver().url_patterns  # loading the addresses loads every room's admin
    return [verb for site in admin.site._registry.values() for verb in getattr(site, "verbs", ())]


def words_of_the_code() -> set[Word]:
    """Every (Chinese, code) of a model, of a value of a closed list and of a verb."""
    words = {(str(model._meta.verbose_name), model.__name__) for model in own_models()}
    words |= {(str(choice.label), choice.value) for choices in closed_lists() for choice in choices}
    words |= {(str(label), verb) for flow in flows() for verb, label in flow.labels.items()}
    words |= {(str(verb.label), verb.service.__name__) for verb in admin_verbs()}
    return words


def unexplained(words: set[Word], table: list[tuple[str, set[str]]]) -> list[Word]:
    """Words that the glossary does not hold in exactly one row."""
    return sorted(
        (chinese, code)
        for chinese, code in words
        if sum(chinese == term and code in codes for term, codes in table) != 1
    )


def test_the_code_is_read_for_its_words():
    words = words_of_the_code()

    assert ("养老机构", "Facility") in words
    assert ("开放旅居", "open") in words
    assert ("关闭机构", "close") in words
    assert ("关闭机构", "close_facility") in words


def test_every_model_status_and_verb_stands_in_the_glossary_once():
    assert unexplained(words_of_the_code(), glossary()) == []


def test_a_chinese_term_has_one_row():
    terms = Counter(chinese for chinese, _ in glossary())

    assert [term for term, times in terms.items() if times > 1] == []


@pytest.mark.parametrize("planted", [[], [("养老机构", {"Facility"})] * 2, [("养老机构", {"Home"})]])
def test_a_word_that_is_missing_doubled_or_called_otherwise_is_found(planted):
    assert unexplained({("养老机构", "Facility")}, planted) == [("养老机构", "Facility")]


def test_nothing_in_the_code_or_on_a_page_calls_a_list_black():
    files = [
        *house.sources(),
        *(house.ROOT / "templates").rglob("*.html"),
        *house.ROOT.glob("sojourn/locale/*/*/*.po"),
    ]

    assert len(files) > 50
    assert [str(path) for path in files if UNWANTED.search(path.read_text(encoding="utf-8"))] == []
    assert [word for word in words_of_the_code() if UNWANTED.search(" ".join(word))] == []


def capabilities() -> dict[str, list[str]]:
    return {cells[0]: cells for cells in rows(text_of("docs", "capabilities.md"))}


def test_every_capability_built_here_has_its_row():
    assert sorted(capabilities()) == sorted(BUILT)


@pytest.mark.parametrize("row", BUILT)
def test_a_capability_names_the_tests_that_show_it(row):
    named = re.findall(r"`(tests/[\w/]+\.py)`", capabilities()[row][3])

    assert named
    assert [path for path in named if not (house.ROOT / path).is_file()] == []


def test_every_direct_dependency_has_its_line_of_reason():
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    direct = {re.match(r"[\w-]+", requirement)[0] for group in groups for requirement in group}
    explained = dict(rows(text_of("docs", "dependencies.md")))

    assert set(explained) == direct
    assert [name for name, reason in explained.items() if len(reason) < 10] == []


def test_every_variable_of_the_settings_is_explained():
    explained = {name.strip("`") for name, *_ in rows(text_of("docs", "operations.md"))}

    assert set(variables()) - explained == set()


def test_no_variable_is_explained_that_nothing_reads():
    named = {cells[0].strip("`") for cells in rows(text_of("docs", "operations.md"))}
    explained = {name for name in named if re.fullmatch(r"[A-Z][A-Z_]+", name)}

    assert explained - set(variables()) == {"DJANGO_SETTINGS_MODULE"}


def test_every_scheduled_job_is_explained_and_no_other():
    named = {cells[0].strip("`") for cells in rows(text_of("docs", "operations.md"))}
    explained = {name for name in named if ".tasks." in name}

    assert explained == {job["task"] for job in settings.CELERY_BEAT_SCHEDULE.values()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_named_in_a_page_exist(page):
    named = re.findall(
        r"`((?:sojourn|providers|tests|docs|requirements)/[\w./-]+)`", page.read_text(encoding="utf-8")
    )

    assert [path for path in named if not (house.ROOT / path).exists()] == []


def decisions() -> list[Path]:
    return sorted((DOCS / "decisions").glob("*.md"))


def test_decisions_are_numbered_without_a_gap():
    assert [path.name[:4] for path in decisions()] == [
        f"{number:04}" for number in range(1, len(decisions()) + 1)
    ]


@pytest.mark.parametrize("path", decisions(), ids=lambda path: path.stem)
def test_a_decision_is_short_and_names_choice_reason_and_rejected_road(path):
    text = path.read_text(encoding="utf-8")

    assert text.startswith(f"# {path.name[:4]} · ")
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Choice", "Reason", "Rejected"]
    assert len(text.splitlines()) <= 18


def test_every_decision_the_code_cites_is_written():
    numbers = {path.name[:4] for path in decisions()}
    cited = {
        found
        for path in house.sources()
        for found in re.findall(r"decision (\d{4})", path.read_text(encoding="utf-8"))
    }

    assert cited
    assert cited - numbers == set()


def test_the_readme_names_its_two_commands_first_and_stays_short():
    text = text_of("README.md")
    commands = re.findall(r"^make \w+", text, re.MULTILINE)

    assert commands[:2] == ["make demo", "make test"]
    assert len(text.splitlines()) <= 100


def test_the_changelog_speaks_to_every_audience():
    unreleased = text_of("CHANGELOG.md").partition("## Unreleased")[2].partition("\n## ")[0]

    assert re.findall(r"^### (.+)$", unreleased, re.MULTILINE) == [
        "Bureau",
        "Facility",
        "Family",
        "Peer province",
    ]


def test_the_licence_is_whole():
    text = text_of("LICENSE")

    assert "Apache License" in text.splitlines()[0]
    assert text.rstrip().endswith("limitations under the License.")
