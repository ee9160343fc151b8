"""What every test stands on: a database of its own, cloned from a migrated template with reference data."""

import os

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from sojourn.local import engines, fingerprints, keyrings
from sojourn.local.cloning import Cloning
from sojourn.local.environment import for_tests
from sojourn.local.paths import TESTS, Local, memory
from sojourn.settings import environment

# A slow machine is no reason for a property to fail.
hypothesis_settings.register_profile("suite", deadline=None)
hypothesis_settings.load_profile("suite")


def pytest_configure() -> None:
    """The folders of tests lie in memory too, where there is room: many of them hold hundreds of keys."""
    if place := memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))


def owner_url() -> str:
    """The address of the tests' PostgreSQL: the one we were given, or our own, started if need be."""
    if "DATABASE_OWNER_URL" not in os.environ:
        tests = Local.from_environment(os.environ, purpose=TESTS)
        engines.services(tests, print)
        return for_tests(tests)["DATABASE_OWNER_URL"]
    return os.environ["DATABASE_OWNER_URL"]


def point_to(name: str, url: str) -> None:
    """Let Django's connection, opened at its next use, lead to another database."""
    connection.close()
    connection.settings_dict |= {
        **environment.database(url),
        "NAME": name,
        "OPTIONS": connection.settings_dict["OPTIONS"],
    }


def build_template(name: str, url: str) -> None:
    point_to(name, url)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_reference", verbosity=0)
    connection.close()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Each worker has a clone of the template; a test with real transactions leaves a fresh one behind."""
    url = owner_url()
    cloning = Cloning(url)
    clone = f"test_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"

    def clone_again(_test_case: TransactionTestCase) -> None:
        connection.close()
        cloning.clone(template, clone)

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        cloning.drop_stale()
        template = cloning.template(fingerprints.reference(), lambda name: build_template(name, url))
        cloning.clone(template, clone)
        point_to(clone, url)
        # Instead of truncating tables, which would empty the reference data and is refused to the trail.
        patch.setattr(TransactionTestCase, "_fixture_teardown", clone_again)
        yield
        connection.close()
        cloning.drop(clone)


@pytest.fixture(scope="session", autouse=True)
def keyring_folder(tmp_path_factory):
    """The keys that lock the data of invented residents, made anew for every run."""
    folder = tmp_path_factory.mktemp("keys") / "keyring"
    keyrings.keep(folder, settings.HOSTED_PROVINCES)
    keyrings.keep_between([(folder, settings.HOSTED_PROVINCES)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "KEYRING", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def files_folder(tmp_path_factory):
    """Where the scans and pictures of a run lie."""
    folder = tmp_path_factory.mktemp("scans") / "files"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "FILES", str(folder))
        yield folder


@pytest.fixture
def as_app(transactional_db):
    """A second connection to the test's database, as the role that serves; each statement stands alone."""
    mine = connection.settings_dict
    with psycopg.connect(
        host=mine["HOST"],
        port=mine["PORT"] or None,
        dbname=mine["NAME"],
        user=settings.DATABASE_APP_ROLE,
        autocommit=True,
    ) as app:
        yield app
