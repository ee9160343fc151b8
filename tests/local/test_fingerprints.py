import pytest

from sojourn.local import fingerprints

MIGRATION = "providers/facilities/migrations/0001_first.py"
TREE = {
    MIGRATION: "one",
    "providers/designation/services.py": "load",
    "providers/designation/admin.py": "show",
    "sojourn/provinces/data/divisions.csv": "440000",
    "sojourn/local/sample/people.py": "invent",
    "sojourn/web/static/web/page.css": "body {}",
    "requirements/prod.txt": "django==5.2",
}
ALL = ("migrations", "reference", "sample_world", "static_files")


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprints, "ROOT", tmp_path)
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def prints():
    return {name: getattr(fingerprints, name)() for name in ALL}


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        (MIGRATION, {"migrations", "reference", "sample_world"}),
        ("requirements/prod.txt", set(ALL)),
        ("providers/designation/services.py", {"reference", "sample_world"}),
        ("providers/designation/admin.py", set()),
        ("sojourn/provinces/data/divisions.csv", {"reference", "sample_world"}),
        ("sojourn/local/sample/people.py", {"sample_world"}),
        ("sojourn/web/static/web/page.css", {"static_files"}),
    ],
)
def test_a_change_calls_for_what_is_made_from_it_and_no_more(tree, path, changed):
    before = prints()

    (tree / path).write_text("changed")

    after = prints()
    assert {name for name in ALL if before[name] != after[name]} == changed


def test_a_file_moved_or_added_counts_as_a_change(tree):
    before = fingerprints.migrations()
    (tree / MIGRATION).rename(tree / MIGRATION.replace("first", "renamed"))

    assert fingerprints.migrations() != before


def test_what_a_node_holds_depends_on_whom_it_hosts():
    assert fingerprints.hosting(["440000"], "x") != fingerprints.hosting(["440000", "500000"], "x")
    assert fingerprints.hosting(["500000", "440000"], "x") == fingerprints.hosting(["440000", "500000"], "x")
    assert fingerprints.hosting(["440000"], "x") != fingerprints.hosting(["440000"], "y")


@pytest.mark.parametrize("path", ["providers/facilities/feeds.py", "sojourn/sharing/services.py", "registry"])
def test_feeds_are_opened_again_when_members_or_resources_changed(tree, path):
    before = fingerprints.feeds(tree / "registry", "content")
    (tree / path).parent.mkdir(parents=True, exist_ok=True)
    (tree / path).write_text("changed")

    assert fingerprints.feeds(tree / "registry", "content") != before
    assert fingerprints.feeds(tree / "registry", "other") != fingerprints.feeds(tree / "registry", "content")


def test_the_same_tree_has_the_same_fingerprint(tree):
    assert prints() == prints()


def test_this_tree_has_migrations_and_reference_data():
    assert len({fingerprints.migrations(), fingerprints.digest([])}) == 2
