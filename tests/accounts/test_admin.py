"""API accounts in the admin: opened for a holder, a key shown once, revoked at once."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from sojourn.accounts.models import ApiClient, ApiKey, Session
from sojourn.accounts.services import grant_of
from sojourn.core.actors import Role
from sojourn.core.clock import now
from tests.factories.accounts import ApiClientFactory, ApiKeyFactory, MembershipFactory, UserFactory, token_of
from tests.factories.facilities import FacilityFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


def client(role: Role = Role.ADMIN, division: str = "440000") -> Client:
    user = UserFactory()
    MembershipFactory(user=user, role=role, division_code=division)
    return sign_in(user)


@pytest.fixture
def administrator() -> Client:
    return client()


def verb(model: str, name: str, row=None) -> str:
    return reverse(f"admin:accounts_{model}_{name}", args=[row.pk] if row else [])


def test_an_account_is_opened_from_the_list(administrator):
    facility = FacilityFactory(division_id="440106")
    words = {
        "name": "护理系统",
        "holder_kind": "facility",
        "number": facility.number,
        "scopes": ["facilities.read", "bases.read"],
    }

    answer = administrator.post(verb("apiclient", "open"), words, follow=True)

    assert "接口账号已开设" in answer.content.decode()
    assert ApiClient.objects.get().scopes == ["bases.read", "facilities.read"]


def test_an_unknown_number_is_said_at_its_field_and_loses_nothing(administrator):
    words = {"name": "护理系统", "holder_kind": "facility", "number": "FC44", "scopes": ["bases.read"]}

    page = administrator.post(verb("apiclient", "open"), words).content.decode()

    assert "没有这个编号的对象" in page
    assert 'value="护理系统"' in page
    assert not ApiClient.objects.exists()


def test_a_key_is_shown_on_the_page_that_made_it_and_nowhere_after(administrator):
    row = ApiClientFactory()

    asked = administrator.get(verb("apiclient", "issue-key", row))
    shown = administrator.post(verb("apiclient", "issue-key", row))

    secret = re.search(r"sjk_[\w-]{43}", shown.content.decode())[0]
    assert asked.status_code == shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    assert str(row.pk) in shown.content.decode()
    later = [
        reverse("admin:accounts_apiclient_change", args=[row.pk]),
        reverse("admin:accounts_apiclient_history", args=[row.pk]),
        reverse("admin:accounts_apikey_changelist"),
        reverse("admin:accounts_apikey_change", args=[ApiKey.objects.get().pk]),
        reverse("admin:accounts_apikey_history", args=[ApiKey.objects.get().pk]),
    ]
    for address in later:
        page = administrator.get(address)
        assert page.status_code == 200
        assert secret not in page.content.decode()
    assert not [session for session in Session.objects.all() if secret in str(session.get_decoded())]


def test_a_third_key_is_refused_on_the_form(administrator):
    row = ApiClientFactory()
    for place in (1, 2):
        ApiKeyFactory(client=row, place=place)

    page = administrator.post(verb("apiclient", "issue-key", row)).content.decode()

    assert "已有两把有效的密钥" in page
    assert ApiKey.objects.count() == 2


def test_a_key_is_given_only_by_who_proved_of_late_who_she_is(administrator):
    row = ApiClientFactory()
    session = administrator.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**each, "at": time.time() - 3600} for each in records]
    session.save()
    Authenticator.objects.update(created_at=now() - timedelta(days=1))

    answer = administrator.post(verb("apiclient", "issue-key", row))

    assert answer.status_code == 302
    assert "/accounts/confirm" in answer["Location"]
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_from_its_page_and_its_tokens_with_it(administrator):
    key = ApiKeyFactory()
    token = token_of(key, ["facilities.read"])

    answer = administrator.post(verb("apikey", "revoke", key), follow=True)

    assert "密钥已吊销" in answer.content.decode()
    assert grant_of(token) is None


def test_scopes_are_changed_and_an_account_closed(administrator):
    row = ApiClientFactory()

    administrator.post(verb("apiclient", "change-scopes", row), {"scopes": ["bases.read"]})
    administrator.post(verb("apiclient", "close", row))

    row.refresh_from_db()
    assert row.scopes == ["bases.read"]
    assert row.closed_at is not None


@pytest.mark.parametrize(
    ("role", "division"), [(Role.OFFICER, "440106"), (Role.AUDITOR, "440000"), (Role.ADMIN, "450000")]
)
def test_nobody_else_gives_revokes_or_closes(role, division):
    key = ApiKeyFactory()
    stranger = client(role, division)

    for address in (
        verb("apiclient", "issue-key", key.client),
        verb("apiclient", "close", key.client),
        verb("apikey", "revoke", key),
    ):
        assert stranger.post(address).status_code in {302, 403}

    assert ApiKey.objects.get().revoked_at is None
    assert ApiClient.objects.get().closed_at is None


def test_the_list_costs_as_much_at_twenty_accounts_as_at_two(administrator, django_assert_max_num_queries):
    for number in range(2):
        ApiKeyFactory(client=ApiClientFactory(), place=1 + number % 2)
    address = reverse("admin:accounts_apiclient_changelist")
    administrator.get(address)

    with django_assert_max_num_queries(40) as first:
        administrator.get(address)
    for _ in range(18):
        ApiKeyFactory()
    with django_assert_max_num_queries(40) as second:
        administrator.get(address)

    assert len(first) == len(second)
