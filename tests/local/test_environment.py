import pytest

from sojourn.local import environment


@pytest.fixture
def clean(monkeypatch):
    for name in ("SOJOURN_NODE", "SOJOURN_HOSTS_PROVINCES"):
        monkeypatch.delenv(name, raising=False)


def test_the_secret_is_random_private_and_kept(tmp_path):
    first = environment.secret(tmp_path / "one")

    assert len(first) > 50
    assert environment.secret(tmp_path / "one") == first
    assert environment.secret(tmp_path / "two") != first
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600


def test_only_the_process_that_migrates_is_the_owner(local, clean):
    demo = environment.for_demo(local)

    assert "sojourn_app@" in demo["DATABASE_URL"]
    assert "sojourn_owner@" in environment.as_owner(demo)["DATABASE_URL"]
    assert "sojourn_app@" in environment.unhurried(demo, local)["DATABASE_URL"]


def test_the_demo_hosts_all_eleven_members(local, clean):
    hosted = environment.for_demo(local)["SOJOURN_HOSTS_PROVINCES"].split(",")

    assert len(set(hosted)) == 11
    assert "440000" in hosted


def test_production_checks_know_nothing_of_the_demo(local, clean):
    strict = environment.for_production_checks(local)

    assert "SOJOURN_INSECURE_HTTP" not in strict
    assert "SOJOURN_SAMPLE_WORLD" not in strict
    assert strict["DJANGO_SETTINGS_MODULE"] == "sojourn.settings.production"


def test_the_callers_settings_of_postgresql_do_not_reach_ours(local, monkeypatch):
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/real")

    assert "PGPORT" not in environment.for_demo(local)
    assert "elsewhere" not in environment.for_demo(local)["DATABASE_URL"]


def test_a_user_without_a_home_gets_one_in_name(local, monkeypatch):
    monkeypatch.delenv("HOME")

    assert environment.for_demo(local)["HOME"]
