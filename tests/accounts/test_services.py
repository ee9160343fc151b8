from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt

from sojourn.accounts import lockout, services, totp
from sojourn.accounts.errors import (
    AccountClosed,
    AccountOpen,
    BeyondYourReach,
    DivisionUnknown,
    MembershipEnded,
    MembershipHeld,
    SecondFactorHeld,
    SecondFactorMissing,
    SignInLocked,
    UsernameTaken,
    WeakPassphrase,
)
from sojourn.accounts.models import Membership, Session, SignInTries, User
from sojourn.accounts.services import Post
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import frozen, now, today
from sojourn.core.models import AuditEntry
from tests.factories.accounts import PASSPHRASE, MembershipFactory, SecondFactorFactory, UserFactory
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

OF_GUANGDONG = Actor(role=Role.ADMIN, divisions=("44",))
OFFICER = Post(Role.OFFICER, "440106")
NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
OTHERS = [Actor(role=role, divisions=("",)) for role in Role if role not in {Role.ADMIN, Role.SYSTEM}]


def trail() -> list[str]:
    ours = AuditEntry.objects.filter(subject_kind__startswith="accounts.")
    return list(ours.order_by("id").values_list("action", flat=True))


# --- accounts and posts ---------------------------------------------------------------------------
def test_an_account_is_opened_with_its_post_and_both_are_in_the_trail():
    user = services.open_account(
        username="lin", name="样例·林", passphrase=PASSPHRASE, post=OFFICER, actor=OF_GUANGDONG
    )

    assert user.check_password(PASSPHRASE)
    assert Membership.objects.get(user=user).division_code == "440106"
    assert trail() == ["user.created", "membership.granted"]


def test_the_trail_holds_neither_name_nor_passphrase():
    services.open_account(
        username="lin", name="样例·林", passphrase=PASSPHRASE, post=OFFICER, actor=OF_GUANGDONG
    )

    kept = str(
        list(AuditEntry.objects.filter(subject_kind__startswith="accounts.").values_list("facts", flat=True))
    )

    assert "林" not in kept
    assert "lin" not in kept
    assert PASSPHRASE not in kept


@pytest.mark.parametrize("actor", OTHERS, ids=lambda actor: actor.role)
def test_only_an_administrator_opens_accounts(actor):
    with pytest.raises(BeyondYourReach):
        services.create_user(username="lin", name="", passphrase=PASSPHRASE, actor=actor)

    assert not User.objects.exists()
    assert trail() == []


def test_a_sample_is_hashed_lightly_until_its_first_sign_in(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    sample = services.create_user(
        username="lin", name="", passphrase=PASSPHRASE, actor=SYSTEM, is_sample=True
    )
    ordinary = services.create_user(username="shen", name="", passphrase=PASSPHRASE, actor=SYSTEM)
    at_first = iterations_of(sample)

    assert not sample.check_password("another passphrase")
    assert sample.check_password(PASSPHRASE)

    assert at_first < iterations_of(ordinary)
    assert iterations_of(sample) == iterations_of(ordinary)


def iterations_of(user) -> int:
    return int(user.password.split("$")[1])


def test_an_account_beyond_the_administrators_reach_is_not_opened_at_all():
    with pytest.raises(BeyondYourReach):
        services.open_account(
            username="lin",
            name="",
            passphrase=PASSPHRASE,
            post=Post(Role.OFFICER, "450100"),
            actor=OF_GUANGDONG,
        )

    assert not User.objects.exists()


def test_a_login_name_is_taken_once():
    UserFactory(username="lin")

    with pytest.raises(UsernameTaken):
        services.create_user(username="lin", name="", passphrase=PASSPHRASE, actor=SYSTEM)

    assert User.objects.count() == 1


@pytest.mark.parametrize("weak", ["short", "123456789012345", "password1234", "lin-zhiqiu-lin"])
def test_a_weak_passphrase_is_refused_at_its_field(weak):
    with pytest.raises(WeakPassphrase) as refusal:
        services.create_user(username="lin-zhiqiu", name="", passphrase=weak, actor=SYSTEM)

    assert {error["field"] for error in refusal.value.errors} == {"passphrase"}
    assert not User.objects.exists()


@pytest.mark.parametrize("code", ["440199", "999999", ""])
def test_an_officer_is_posted_to_a_division_that_exists(code):
    user = UserFactory()

    with pytest.raises(DivisionUnknown):
        services.grant_post(user_id=user.pk, post=Post(Role.OFFICER, code), actor=SYSTEM)

    assert not user.memberships.exists()


def test_the_same_post_is_granted_once():
    membership = MembershipFactory()

    with pytest.raises(MembershipHeld):
        services.grant_post(user_id=membership.user_id, post=OFFICER, actor=SYSTEM)

    assert membership.user.memberships.count() == 1


def test_an_ended_post_ends_at_once_and_can_be_granted_again():
    membership = MembershipFactory()

    services.end_post(membership_id=membership.pk, actor=OF_GUANGDONG)
    again = services.grant_post(user_id=membership.user_id, post=OFFICER, actor=OF_GUANGDONG)

    assert list(membership.user.memberships.live_on(today())) == [again]
    assert trail() == ["membership.ended", "membership.granted"]


def test_a_post_ends_once():
    membership = MembershipFactory(valid_to=today())

    with pytest.raises(MembershipEnded):
        services.end_post(membership_id=membership.pk, actor=SYSTEM)

    assert trail() == []


def test_a_post_beyond_the_administrators_reach_goes_on():
    membership = MembershipFactory(division_code="230103")

    with pytest.raises(BeyondYourReach):
        services.end_post(membership_id=membership.pk, actor=OF_GUANGDONG)

    membership.refresh_from_db()
    assert membership.valid_to is None


def test_a_closed_account_is_reopened_as_it_was():
    user = MembershipFactory().user

    services.close_account(user_id=user.pk, actor=OF_GUANGDONG)
    with pytest.raises(AccountClosed):
        services.close_account(user_id=user.pk, actor=OF_GUANGDONG)
    reopened = services.reopen_account(user_id=user.pk, actor=OF_GUANGDONG)

    assert reopened.is_active
    assert reopened.check_password(PASSPHRASE)
    assert trail() == ["user.closed", "user.reopened"]


def test_an_open_account_is_not_reopened():
    with pytest.raises(AccountOpen):
        services.reopen_account(user_id=MembershipFactory().user_id, actor=SYSTEM)


OVER_ACCOUNTS = {
    "close": services.close_account,
    "reopen": services.reopen_account,
    "change passphrase": partial(services.change_passphrase, passphrase="另一句 更长的 话 在此"),
    "remove second factor": services.remove_second_factor,
    "set second factor": partial(services.set_second_factor, secret="ABCDEFGH", code_step=0),
}


@pytest.mark.parametrize("verb", OVER_ACCOUNTS.values(), ids=OVER_ACCOUNTS)
def test_an_account_that_also_governs_another_province_is_out_of_reach(verb):
    user = MembershipFactory(division_code="440106").user
    MembershipFactory(user=user, division_code="450000")
    SecondFactorFactory(user=user)
    before = User.objects.filter(pk=user.pk).values().get(), Authenticator.objects.values().get()

    with pytest.raises(BeyondYourReach):
        verb(user_id=user.pk, actor=OF_GUANGDONG)

    assert (User.objects.filter(pk=user.pk).values().get(), Authenticator.objects.values().get()) == before
    assert trail() == []


def test_her_own_passphrase_she_changes_herself():
    user = MembershipFactory().user

    services.change_passphrase(
        user_id=user.pk, passphrase="另一句 更长的 话 在此", actor=Actor(role=Role.OFFICER, user_id=user.pk)
    )

    user.refresh_from_db()
    assert user.check_password("另一句 更长的 话 在此")
    assert trail() == ["user.passphrase_changed"]


# --- tries ----------------------------------------------------------------------------------------
def locks() -> list[lockout.Lock]:
    return lockout.of_sign_in("lin", "192.0.2.1")


def fail(times: int) -> None:
    for _ in range(times):
        services.take_try(locks=locks())


def test_the_sixth_try_after_five_failures_has_to_wait_a_minute():
    with frozen(NOON):
        fail(5)

        with pytest.raises(SignInLocked) as locked:
            services.take_try(locks=locks())

    assert locked.value.wait == timedelta(minutes=1)
    assert str(locked.value) == "登录失败次数过多，请 1 分钟后再试"


def test_trying_while_locked_neither_counts_nor_lengthens_the_wait():
    with frozen(NOON):
        fail(5)
    with frozen(NOON + timedelta(seconds=30)), pytest.raises(SignInLocked) as locked:
        services.take_try(locks=locks())

    assert locked.value.wait == timedelta(seconds=30)
    assert set(SignInTries.objects.values_list("failures", flat=True)) == {5}


def test_each_failure_after_the_lock_doubles_the_wait():
    with frozen(NOON):
        fail(5)
    with frozen(NOON + timedelta(minutes=1)):
        fail(1)
        with pytest.raises(SignInLocked) as locked:
            services.take_try(locks=locks())

    assert locked.value.wait == timedelta(minutes=2)


def test_a_success_wipes_the_count_of_the_name_and_gives_the_network_back_its_try():
    fail(4)

    services.take_try(locks=locks())
    services.forgive_try(locks=locks())

    name, network = locks()
    assert not SignInTries.objects.filter(pk=name.key).exists()
    assert SignInTries.objects.get(pk=network.key).failures == 4


def test_another_network_is_not_locked():
    fail(5)

    services.take_try(locks=lockout.of_sign_in("lin", "192.0.2.2"))


def test_a_network_that_fails_with_many_names_is_locked_too(settings):
    settings.SIGN_IN_TRIES_OF_A_NETWORK = 8
    for number in range(8):
        services.take_try(locks=lockout.of_sign_in(f"name-{number}", "192.0.2.1"))

    with pytest.raises(SignInLocked):
        services.take_try(locks=lockout.of_sign_in("another", "192.0.2.1"))


def test_failures_of_more_than_a_day_ago_are_forgotten():
    with frozen(NOON):
        fail(4)
    with frozen(NOON + timedelta(days=1, minutes=1)):
        fail(1)

    assert set(SignInTries.objects.values_list("failures", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_all_count(slow_before_commit):  # noqa: F811
    outcomes = race(*[partial(services.take_try, locks=locks())] * 8)

    assert [type(outcome).__name__ for outcome in outcomes].count("SignInLocked") == 3
    assert SignInTries.objects.get(pk=locks()[0].key).failures == 5


def test_what_has_ended_is_forgotten_and_what_weighs_is_kept():
    with frozen(NOON):
        fail(2)
    Session.objects.create(session_key="old", session_data="", expire_date=NOON)
    Session.objects.create(session_key="new", session_data="", expire_date=NOON + timedelta(days=30))

    services.forget_ended(at=NOON + timedelta(hours=23))
    assert SignInTries.objects.count() == 2

    services.forget_ended(at=NOON + timedelta(days=2))
    assert not SignInTries.objects.exists()
    assert list(Session.objects.values_list("pk", flat=True)) == ["new"]


# --- the second factor ----------------------------------------------------------------------------
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def user():
    user = MembershipFactory().user
    services.set_second_factor(
        user_id=user.pk, secret=SECRET, code_step=0, actor=Actor(role=Role.OFFICER, user_id=user.pk)
    )
    return user


def shown(instant: datetime = NOON, *, steps: int = 0) -> str:
    return totp.code_at(SECRET, totp.step_at(instant) + steps)


def wrong(instant: datetime = NOON) -> str:
    right = {shown(instant, steps=steps) for steps in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)


def test_a_second_factor_is_kept_encrypted_beside_recovery_codes(user):
    kept = Authenticator.objects.get(user=user, type="totp").data["secret"]

    assert SECRET not in kept
    assert decrypt(kept) == SECRET
    assert Authenticator.objects.filter(user=user, type="recovery_codes").exists()
    assert trail() == ["user.second_factor_set"]


def test_a_second_factor_is_set_once(user):
    with pytest.raises(SecondFactorHeld):
        services.set_second_factor(user_id=user.pk, secret=SECRET, code_step=0, actor=SYSTEM)


def test_the_code_that_the_app_shows_opens(user):
    with frozen(NOON):
        check = services.check_code(user_id=user.pk, code=shown())

    assert check.factor.user_id == user.pk
    assert not SignInTries.objects.exists()


def test_a_code_opens_once_and_those_before_it_no_more(user):
    with frozen(NOON):
        services.check_code(user_id=user.pk, code=shown())

        again = services.check_code(user_id=user.pk, code=shown())
        earlier = services.check_code(user_id=user.pk, code=shown(steps=-1))
        later = services.check_code(user_id=user.pk, code=shown(steps=1))

    assert (again.factor, again.is_used) == (None, True)
    assert (earlier.factor, earlier.is_used) == (None, True)
    assert later.factor is not None


def test_a_recovery_code_opens_once(user):
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()

    assert services.check_code(user_id=user.pk, code=codes[0]).factor is not None
    assert services.check_code(user_id=user.pk, code=codes[0]).factor is None


def test_guessing_codes_locks_the_account_from_every_network(user):
    with frozen(NOON):
        for _ in range(5):
            assert services.check_code(user_id=user.pk, code=wrong()).factor is None

        with pytest.raises(SignInLocked) as locked:
            services.check_code(user_id=user.pk, code=shown())

    assert locked.value.wait == timedelta(minutes=1)


def test_after_the_wait_the_right_code_opens_again(user):
    later = NOON + timedelta(minutes=1)
    with frozen(NOON):
        for _ in range(5):
            services.check_code(user_id=user.pk, code=wrong())
    with frozen(later):
        assert services.check_code(user_id=user.pk, code=shown(later)).factor is not None

    assert not SignInTries.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_code_sent_twice_at_once_opens_once(slow_before_commit):  # noqa: F811
    someone = MembershipFactory().user
    services.set_second_factor(user_id=someone.pk, secret=SECRET, code_step=0, actor=SYSTEM)
    code = shown(now())

    outcomes = race(*[partial(services.check_code, user_id=someone.pk, code=code)] * 2)

    assert sorted(outcome.factor is not None for outcome in outcomes) == [False, True]


def test_a_removed_second_factor_opens_nothing_and_its_failures_are_forgotten(user):
    with frozen(NOON):
        services.check_code(user_id=user.pk, code=wrong())

    services.remove_second_factor(user_id=user.pk, actor=OF_GUANGDONG)

    assert not Authenticator.objects.filter(user=user).exists()
    assert not SignInTries.objects.exists()
    assert trail()[-1] == "user.second_factor_removed"


def test_there_is_nothing_to_remove_where_none_is_set():
    with pytest.raises(SecondFactorMissing):
        services.remove_second_factor(user_id=MembershipFactory().user_id, actor=SYSTEM)


def test_signing_in_leaves_a_line_with_role_and_reach():
    user = MembershipFactory().user

    services.note_sign_in(user_id=user.pk)

    entry = AuditEntry.objects.get(subject_id=str(user.pk))
    assert (entry.action, entry.actor_role, entry.actor_divisions) == ("user.signed_in", "officer", "440106")
    assert entry.actor_user_id == user.pk


def test_a_lock_tells_whole_minutes_and_never_less_than_is_left():
    locked = SignInLocked(wait=timedelta(minutes=3, seconds=1))

    assert "4 分钟" in str(locked)
