from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from sojourn.accounts import services
from sojourn.accounts.actors import actor_for
from sojourn.accounts.errors import (
    BeyondYourReach,
    ClientClosed,
    ClientUnproven,
    HolderUnknown,
    KeyRevoked,
    KeysHeld,
    ScopeRefused,
    ScopeUnknown,
    SignInLocked,
    TooManyTokens,
)
from sojourn.accounts.models import AccessToken, ApiClient, ApiKey
from sojourn.accounts.services.programs import MOST_TOKENS_A_KEY
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import frozen, today
from sojourn.core.models import AuditEntry
from tests.factories.accounts import ApiClientFactory, ApiKeyFactory, token_of
from tests.factories.facilities import FacilityFactory
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

OF_GUANGDONG = Actor(role=Role.ADMIN, divisions=("44",))
READ = ["facilities.read"]
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
NOT_ADMINISTRATORS = [
    Actor(role=role, divisions=("",)) for role in Role if role not in {Role.ADMIN, Role.SYSTEM}
]
SECRET = "sjk_only-for-this-test"


def trail() -> list[str]:
    ours = AuditEntry.objects.filter(subject_kind__startswith="accounts.")
    return list(ours.order_by("id").values_list("action", flat=True))


def opened(facility, **changes) -> ApiClient:
    arguments = {"name": "护理系统", "holder_kind": "facility", "number": facility.number, "scopes": READ}
    return services.open_client(**arguments | changes, actor=OF_GUANGDONG)


def exchanged(key: ApiKey, secret: str, scopes=None, address: str = "192.0.2.1"):
    return services.exchange_key(client_id=str(key.client_id), secret=secret, scopes=scopes, address=address)


@pytest.fixture
def key() -> ApiKey:
    return ApiKeyFactory(secret=SECRET)


# --- accounts -----------------------------------------------------------------------------------------
def test_an_account_is_opened_for_a_facility_by_the_number_as_it_is_typed():
    facility = FacilityFactory(division_id="440106")

    client = opened(facility, number=facility.number.lower().replace("-", " "))

    assert (client.holder_kind, client.holder_id) == ("facility", facility.pk)
    assert (client.holder_number, client.division_code) == (facility.number, "440106")
    assert trail() == ["client.opened"]


@pytest.mark.parametrize("number", ["", "FC44-999999-0", "no number", "FC44"])
def test_a_number_that_no_facility_has_opens_nothing(number):
    with pytest.raises(HolderUnknown) as refused:
        opened(FacilityFactory(division_id="440106"), number=number)

    assert refused.value.errors[0]["field"] == "number"
    assert not ApiClient.objects.exists()


def test_a_kind_of_holder_that_no_room_knows_opens_nothing():
    with pytest.raises(HolderUnknown):
        opened(FacilityFactory(division_id="440106"), holder_kind="resident")


@pytest.mark.parametrize("scopes", [[], ["facilities.write"], ["facilities.read", "everything"]])
def test_a_scope_that_no_room_offers_is_not_given(scopes):
    with pytest.raises(ScopeUnknown):
        opened(FacilityFactory(division_id="440106"), scopes=scopes)

    assert not ApiClient.objects.exists()


def test_an_account_beyond_the_administrators_reach_is_not_opened():
    with pytest.raises(BeyondYourReach):
        opened(FacilityFactory(division_id="230103"))

    assert not ApiClient.objects.exists()


@pytest.mark.parametrize("actor", NOT_ADMINISTRATORS, ids=lambda actor: actor.role)
def test_only_an_administrator_opens_gives_keys_changes_revokes_and_closes(actor, key):
    client = key.client
    number = FacilityFactory(division_id="440106").number
    verbs = [
        partial(services.open_client, name="x", holder_kind="facility", number=number, scopes=READ),
        partial(services.issue_key, client_id=client.pk),
        partial(services.change_scopes, client_id=client.pk, scopes=["bases.read"]),
        partial(services.revoke_key, key_id=key.pk),
        partial(services.close_client, client_id=client.pk),
    ]

    for verb in verbs:
        with pytest.raises(BeyondYourReach):
            verb(actor=actor)

    assert ApiClient.objects.get().scopes == READ
    assert ApiClient.objects.get().closed_at is None
    assert ApiKey.objects.get().revoked_at is None
    assert trail() == []


def test_a_closed_account_takes_no_key_and_no_scope():
    client = ApiClientFactory(closed_at=NOON)

    for verb in (services.issue_key, services.close_client, partial(services.change_scopes, scopes=READ)):
        with pytest.raises(ClientClosed):
            verb(client_id=client.pk, actor=OF_GUANGDONG)

    assert not ApiKey.objects.exists()


# --- keys ---------------------------------------------------------------------------------------------
def test_a_key_is_told_once_and_kept_as_a_digest_until_the_day_of_the_rule():
    client = ApiClientFactory()

    with frozen(NOON):
        issued = services.issue_key(client_id=client.pk, actor=OF_GUANGDONG)
        expires_on = today() + timedelta(days=365)

    assert len(issued.secret) >= 47
    assert issued.key.expires_on == expires_on
    assert issued.secret not in repr(issued)
    assert issued.secret not in str(list(ApiKey.objects.values()))
    assert issued.secret not in str(list(AuditEntry.objects.values_list("facts", flat=True)))
    assert trail() == ["key.issued"]


def test_two_keys_are_live_at_once_and_no_third():
    client = ApiClientFactory()
    first, second = (services.issue_key(client_id=client.pk, actor=OF_GUANGDONG) for _ in range(2))

    with pytest.raises(KeysHeld):
        services.issue_key(client_id=client.pk, actor=OF_GUANGDONG)

    assert exchanged(first.key, first.secret)
    assert exchanged(second.key, second.secret)
    assert ApiKey.objects.count() == 2


def test_a_third_live_key_is_refused_by_the_database_too(key):
    ApiKeyFactory(client=key.client, place=2)

    for place in (1, 2, 3):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiKeyFactory(client=key.client, place=place)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_do_not_make_three(key, slow_before_commit):  # noqa: F811
    issue = partial(services.issue_key, client_id=key.client_id, actor=OF_GUANGDONG)

    outcomes = race(issue, issue)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IssuedKey", "KeysHeld"]
    assert ApiKey.objects.count() == 2


def test_a_revoked_key_makes_room_and_so_does_one_that_ran_out():
    client = ApiClientFactory()
    with frozen(NOON):
        first = services.issue_key(client_id=client.pk, actor=OF_GUANGDONG)
        services.issue_key(client_id=client.pk, actor=OF_GUANGDONG)
        services.revoke_key(key_id=first.key.pk, actor=OF_GUANGDONG)
        third = services.issue_key(client_id=client.pk, actor=OF_GUANGDONG)
    with frozen(NOON + timedelta(days=365)):
        fourth = services.issue_key(client_id=client.pk, actor=OF_GUANGDONG)

        with pytest.raises(ClientUnproven):
            exchanged(third.key, third.secret)
        assert exchanged(fourth.key, fourth.secret)


def test_a_key_is_revoked_once(key):
    services.revoke_key(key_id=key.pk, actor=OF_GUANGDONG)

    with pytest.raises(KeyRevoked):
        services.revoke_key(key_id=key.pk, actor=OF_GUANGDONG)

    assert trail() == ["key.revoked"]


# --- tokens -------------------------------------------------------------------------------------------
def test_a_live_key_is_exchanged_for_a_token_of_ten_minutes(key):
    with frozen(NOON):
        issued = exchanged(key, SECRET)
        grant = services.grant_of(issued.secret)
    key.refresh_from_db()

    assert (issued.seconds, issued.scopes) == (600, ("facilities.read",))
    assert (grant.client, grant.scopes) == (key.client, {"facilities.read"})
    assert f"{key.last_used_on}" == "2026-11-22"
    assert issued.secret not in str(list(AccessToken.objects.values()))
    assert issued.secret not in repr(issued)


def test_a_token_opens_for_its_minutes_and_is_forgotten_after(key):
    with frozen(NOON):
        issued = exchanged(key, SECRET)
    with frozen(NOON + timedelta(seconds=599)):
        assert services.grant_of(issued.secret) is not None
    with frozen(NOON + timedelta(seconds=600)) as at:
        assert services.grant_of(issued.secret) is None
        services.forget_tokens(at=at)

    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("token", ["", "sjt_", "x" * 43, "x" * 5000, "\udcff", SECRET])
def test_what_is_no_token_opens_nothing(token, key):
    assert services.grant_of(token) is None


@pytest.mark.parametrize(
    "shut",
    [
        lambda key: services.revoke_key(key_id=key.pk, actor=OF_GUANGDONG),
        lambda key: services.close_client(client_id=key.client_id, actor=OF_GUANGDONG),
        lambda key: ApiKey.objects.update(revoked_at=NOON),
        lambda key: ApiKey.objects.update(expires_on=today()),
        lambda key: ApiClient.objects.update(closed_at=NOON),
    ],
    ids=["revoked", "closed", "revoked row", "run out", "closed row"],
)
def test_a_token_ends_at_once_with_its_key_and_its_account(shut, key):
    token = token_of(key, READ)
    assert services.grant_of(token) is not None

    shut(key)

    assert services.grant_of(token) is None
    with pytest.raises(ClientUnproven):
        exchanged(key, SECRET)


def test_the_other_key_goes_on_when_one_is_revoked(key):
    other = ApiKeyFactory(client=key.client, place=2)
    tokens = [token_of(each, READ) for each in (key, other)]

    services.revoke_key(key_id=key.pk, actor=OF_GUANGDONG)

    assert [services.grant_of(token) is not None for token in tokens] == [False, True]


def test_a_scope_that_is_taken_away_is_gone_from_tokens_that_are_out(key):
    token = token_of(key, READ)

    services.change_scopes(client_id=key.client_id, scopes=["bases.read"], actor=OF_GUANGDONG)

    assert services.grant_of(token).scopes == frozenset()


def test_a_program_may_ask_for_less_and_not_for_more():
    client = ApiClientFactory(scopes=["bases.read", "facilities.read"])
    key = ApiKeyFactory(client=client, secret=SECRET)

    assert exchanged(key, SECRET, ["bases.read"]).scopes == ("bases.read",)
    for scopes in (["designations.read"], ["bases.read", "designations.read"], []):
        with pytest.raises(ScopeRefused):
            exchanged(key, SECRET, scopes)


@pytest.mark.parametrize(
    ("client_id", "secret"),
    [
        ("{id}", "sjk_wrong"),
        ("{id}", ""),
        ("{id}", "x" * 5000),
        ("{{{id}}}", SECRET),
        ("urn:uuid:{id}", SECRET),
        ("00000000-0000-0000-0000-000000000000", SECRET),
        ("nobody", SECRET),
        ("\x00", SECRET),
    ],
)
def test_a_wrong_id_or_key_gets_no_token(client_id, secret, key):
    with pytest.raises(ClientUnproven):
        services.exchange_key(
            client_id=client_id.format(id=key.client_id), secret=secret, scopes=None, address=""
        )

    assert not AccessToken.objects.exists()


def test_the_key_of_another_account_gets_no_token(key):
    other = ApiKeyFactory(secret="sjk_of-another")

    with pytest.raises(ClientUnproven):
        exchanged(key, "sjk_of-another")

    assert exchanged(other, "sjk_of-another")


def test_wrong_keys_lock_the_account_for_their_network_and_for_no_other(key):
    for _ in range(20):
        with pytest.raises(ClientUnproven):
            exchanged(key, "sjk_wrong")

    with pytest.raises(SignInLocked):
        exchanged(key, SECRET)
    assert exchanged(key, SECRET, address="198.51.100.7")


def test_a_key_has_so_many_tokens_and_no_more(key):
    for _ in range(MOST_TOKENS_A_KEY):
        token_of(key, READ)

    with pytest.raises(TooManyTokens):
        exchanged(key, SECRET)


def test_a_program_acts_for_its_facility_and_the_trail_names_both():
    client = ApiClientFactory()

    actor = actor_for(client)

    assert (actor.role, actor.facility_ids) == (Role.FACILITY, {client.holder_id})
    assert actor.holds("facility", client.holder_id)
    assert (actor.user_id, actor.divisions, actor.second_factor) == (None, (), False)
    assert actor.as_columns()["actor_user_id"] == client.pk
    assert actor.as_columns()["on_behalf_of"] == "facility:FC44-000001-0"


def test_the_program_of_an_assessment_body_acts_for_no_facility():
    client = ApiClientFactory(holder_kind="assessment_body")

    actor = actor_for(client)

    assert actor.facility_ids == frozenset()
    assert actor.holds("assessment_body", client.holder_id)
    assert not actor.holds("facility", client.holder_id)


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        (Actor(Role.ADMIN, ("44",)), True),
        (Actor(Role.AUDITOR, ("4401",)), True),
        (Actor(Role.ADMIN, ("",)), True),
        (Actor(Role.ADMIN, ("23",)), False),
        (Actor(Role.ADMIN), False),
        (Actor(Role.OFFICER, ("44",)), False),
        (Actor(Role.FACILITY), False),
    ],
)
def test_an_account_and_its_keys_are_seen_by_those_who_oversee_the_place(actor, seen, key):
    assert ApiClient.objects.managed_by(actor).exists() is seen
    assert ApiKey.objects.managed_by(actor).exists() is seen
