"""Before a verb is done, the staff prove anew that it is they; a form that was opened in time is not lost."""

import time
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.test import Client

from residents.registry.models import Disclosure, Resident
from sojourn.accounts import totp
from sojourn.core.actors import Role
from sojourn.core.clock import now
from tests.factories.accounts import MembershipFactory
from tests.factories.residents import ResidentFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
CONFIRM = "/accounts/confirm/code/"
MINUTE = 60


@pytest.fixture
def officer():
    return MembershipFactory(role=Role.OFFICER, division_code="440106").user


@pytest.fixture
def client(officer):
    return sign_in(officer)


def age(client: Client, minutes: float) -> None:
    """The second factor of this session was proved so long ago; the session itself was not idle."""
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [
        step | {"at": time.time() - minutes * MINUTE} for step in records
    ]
    session["seen_at"] = int(time.time())
    session.save()


@pytest.fixture
def death():
    resident = ResidentFactory()
    return f"/admin/registry/resident/{resident.pk}/record-death/"


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 302)])
def test_a_form_opens_for_half_an_hour_after_the_proof(client, officer, death, minutes, status):
    Authenticator.objects.update(created_at=now().replace(year=2020))
    age(client, minutes)

    assert client.get(death).status_code == status


def test_what_was_opened_in_time_is_done(client, death):
    Authenticator.objects.update(created_at=now().replace(year=2020))
    age(client, 44)

    client.post(death, {"died_on": "2026-01-02"})

    assert Resident.objects.get().died_on == date(2026, 1, 2)


def test_what_was_not_is_not_done_and_kept_nowhere(client, death):
    Authenticator.objects.update(created_at=now().replace(year=2020))
    age(client, 46)

    answer = client.post(death, {"died_on": "2026-01-02"})

    assert answer.url == f"{CONFIRM}?next={death.replace('/', '%2F')}"
    assert Resident.objects.get().died_on is None
    assert "2026-01-02" not in str(dict(client.session))


def test_nothing_is_revealed_on_an_old_proof(client, death):
    Authenticator.objects.update(created_at=now().replace(year=2020))
    age(client, 46)
    asked = {"fields_asked": ["phone"], "purpose": "check_in", "case": "W-1"}

    answer = client.post(death.replace("record-death", "reveal"), asked)

    assert answer.status_code == 302
    assert not Disclosure.objects.exists()


def test_after_a_new_code_she_is_back_at_the_form(client, officer, death):
    Authenticator.objects.update(created_at=now().replace(year=2020))
    age(client, 31)
    secret = decrypt(Authenticator.objects.get().data["secret"])
    confirm = client.get(death).url

    back = client.post(confirm, {"code": totp.code_at(secret, totp.step_at(now()))})

    assert back.url == death
    assert client.get(death).status_code == 200


def test_reading_needs_no_new_proof(client, death):
    Authenticator.objects.update(created_at=now().replace(year=2020))
    age(client, 120)

    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/registry/resident/").status_code == 200
