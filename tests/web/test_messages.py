"""Everything the platform says has its English, and a gap is seen."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from sojourn.web import catalogue


def plant(root: Path, path: str, text: str) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


@pytest.fixture
def tree(tmp_path, settings) -> Path:
    """A source tree that says two things, with a complete English catalogue."""
    settings.ROOT = tmp_path
    plant(tmp_path, "credit/errors.py", 'title = _("床位{bed}已被占用")\n')
    plant(tmp_path, "templates/page.html", '{% translate "首页" %}')
    kept = catalogue.collect(tmp_path)
    for message in kept:
        if message.id:
            message.string = {"床位{bed}已被占用": "Bed {bed} is taken", "首页": "Home"}[message.id]
    plant(tmp_path, catalogue.ENGLISH.as_posix(), catalogue.written(kept).decode())
    return tmp_path


def check() -> None:
    call_command("messages", "--check")


def english(tree: Path, old: str, new: str) -> None:
    """Change the planted catalogue."""
    path = tree / catalogue.ENGLISH
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_message_in_use_has_its_english():
    kept = catalogue.read(settings.ROOT / catalogue.ENGLISH)

    assert catalogue.gaps(kept, catalogue.collect(settings.ROOT)) == []
    assert catalogue.unmarked_templates(settings.ROOT) == []


def test_a_complete_catalogue_passes(tree):
    check()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("credit/pages.py", 'label = gettext_lazy("信用")\n'),
        ("credit/pages.py", 'label = ngettext("{count}家", "{count}家", n)\n'),
        ("templates/credit/list.html", '{% translate "信用" %}'),
        ("templates/credit/list.html", '{{ _("信用") }}'),
        ("templates/credit/list.html", "{% blocktranslate %}信用{{ name }}{% endblocktranslate %}"),
        (
            "templates/credit/list.html",
            "{% blocktranslate count n=n %}一家{% plural %}多家{% endblocktranslate %}",
        ),
        ("templates/credit/list.html", '{% translate "首页" context "网站" %}'),
        ("templates/credit/list.html", "<p>没有标记的中文</p>"),
        ("templates/credit/list.html", '<p title="没有标记的中文">{% translate "首页" %}</p>'),
    ],
)
def test_a_planted_string_without_english_is_found(tree, path, text):
    plant(tree, path, text)

    with pytest.raises(CommandError, match="1 places lack English"):
        check()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('msgstr "Home"', 'msgstr ""', "untranslated"),
        ('msgid "首页"', '#, fuzzy\nmsgid "首页"', "fuzzy"),
        ('msgstr "Home"', 'msgstr "首页"', "Chinese in the English"),
        ("Bed {bed} is taken", "The bed is taken", "other facts"),
        ("Bed {bed} is taken", "Bed {number} is taken", "other facts"),
    ],
)
def test_a_translation_that_will_not_do_is_found(tree, old, new, problem):
    english(tree, old, new)

    with pytest.raises(CommandError, match=problem):
        check()


def test_a_translation_that_lost_a_printed_value_is_found(tree):
    plant(tree, "templates/list.html", "{% blocktranslate %}共{{ many }}家{% endblocktranslate %}")
    call_command("messages")
    english(tree, 'msgid "共%(many)s家"\nmsgstr ""', 'msgid "共%(many)s家"\nmsgstr "%(few)s homes"')

    with pytest.raises(CommandError, match="other facts"):
        check()


def test_updating_keeps_what_was_said_drops_what_nothing_says_and_compiles(tree):
    plant(tree, "credit/errors.py", 'title = _("信用")\n')

    call_command("messages")

    kept = catalogue.read(tree / catalogue.ENGLISH)
    assert {message.id: message.string for message in kept if message.id} == {"信用": "", "首页": "Home"}
    assert (tree / catalogue.ENGLISH).with_suffix(".mo").exists()


def test_updating_twice_changes_nothing(tree):
    call_command("messages")
    before = (tree / catalogue.ENGLISH).read_bytes()

    call_command("messages")

    assert (tree / catalogue.ENGLISH).read_bytes() == before


def test_plural_context_and_files_are_collected(tree):
    plant(
        tree,
        "templates/list.html",
        "{% blocktranslate count n=n trimmed %}\n  一家\n{% plural %}\n  多家\n{% endblocktranslate %}",
    )
    plant(tree, "credit/pages.py", 'x = pgettext_lazy("设施", "有")\n')

    found = {message.id: message for message in catalogue.collect(tree)}

    assert ("一家", "多家") in found
    assert (found["有"].context, found["有"].locations) == ("设施", [("credit/pages.py", 1)])
