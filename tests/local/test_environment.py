import pytest

from sojourn.local import environment
from sojourn.local.nodes import nodes


@pytest.fixture
def clean(monkeypatch):
    for name in ("SOJOURN_NODE", "SOJOURN_HOSTS_PROVINCES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def node(local):
    node = nodes(local)[0]
    node.local.make()
    return node


def test_the_secret_is_random_private_and_kept(tmp_path):
    first = environment.secret(tmp_path / "one")

    assert len(first) > 50
    assert environment.secret(tmp_path / "one") == first
    assert environment.secret(tmp_path / "two") != first
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600


def test_only_the_process_that_migrates_is_the_owner(node):
    demo = environment.for_demo(node)

    assert "sojourn_app@" in demo["DATABASE_URL"]
    assert "sojourn_owner@" in environment.as_owner(demo)["DATABASE_URL"]
    assert "sojourn_app@" in environment.unhurried(demo, node.local)["DATABASE_URL"]


def test_each_node_has_everything_of_its_own_but_the_static_files(local):
    for one in nodes(local):
        one.local.make()
    first, second = (environment.of_node(one) for one in nodes(local))

    same = {name for name in first if first[name] == second[name]}
    assert same == {
        "DJANGO_SETTINGS_MODULE",
        "SOJOURN_ALLOWED_HOSTS",
        "SOJOURN_INSECURE_HTTP",
        "SOJOURN_PASSKEY_DOMAINS",
        "SOJOURN_REGISTRARS",
        "SOJOURN_REGISTRARS_NEEDED",
        "SOJOURN_SAMPLE_WORLD",
        "SOJOURN_STATIC_ROOT",
    }
    assert first.keys() == second.keys()


def test_the_nodes_host_all_eleven_members_once(local, clean):
    for one in nodes(local):
        one.local.make()
    hosted = [environment.of_node(one)["SOJOURN_HOSTS_PROVINCES"].split(",") for one in nodes(local)]
    every = environment.variables(local)["SOJOURN_HOSTS_PROVINCES"].split(",")

    assert [len(members) for members in hosted] == [6, 5]
    assert sorted(member for members in hosted for member in members) == every


@pytest.mark.parametrize("name", environment.OF_ONE_NODE)
def test_neither_tests_nor_checks_know_the_vault_or_the_keys_of_a_node(local, clean, monkeypatch, name):
    monkeypatch.setenv(name, "1")

    assert name not in environment.for_tests(local)
    assert name not in environment.for_production_checks(local)


def test_a_node_is_told_of_its_own_keyring_whatever_the_caller_has(node, monkeypatch):
    monkeypatch.setenv("SOJOURN_KEYRING", "/elsewhere")

    assert environment.for_demo(node)["SOJOURN_KEYRING"] == str(node.keyring)
    assert "SOJOURN_KEYRING" not in environment.for_tests(node.local)


def test_production_checks_know_nothing_of_the_demo(local, clean):
    strict = environment.for_production_checks(local)

    assert "SOJOURN_INSECURE_HTTP" not in strict
    assert "SOJOURN_SAMPLE_WORLD" not in strict
    assert strict["DJANGO_SETTINGS_MODULE"] == "sojourn.settings.production"


def test_the_callers_settings_of_postgresql_do_not_reach_ours(node, monkeypatch):
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/real")

    assert "PGPORT" not in environment.for_demo(node)
    assert "elsewhere" not in environment.for_demo(node)["DATABASE_URL"]


def test_a_user_without_a_home_gets_one_in_name(node, monkeypatch):
    monkeypatch.delenv("HOME")

    assert environment.for_demo(node)["HOME"]
