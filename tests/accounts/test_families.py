"""A code comes to a telephone, and whoever types it has the telephone."""

import contextlib
import re
from datetime import timedelta

import pytest

from sojourn.accounts import services
from sojourn.accounts.errors import AccountClosed, CodesAskedTooOften, PhoneUnreadable, SignInLocked
from sojourn.accounts.models import SignInCode, SignInPhone, SignInTries, User
from sojourn.accounts.states import CodeWay
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import now
from sojourn.core.models import AuditEntry
from sojourn.messages.models import Message
from tests.accounts.telephone import PHONE, last_code, last_message, later, words_of, wrong
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture
from tests.residents.dumping import dump

pytestmark = pytest.mark.django_db
HERE, THERE = "203.0.113.7", "198.51.100.9"


def ask(phone: str = PHONE, *, way: CodeWay = CodeWay.TEXT, address: str = HERE):
    return services.ask_code(phone=phone, way=way, address=address)


def enter(asked, code: str, *, address: str = HERE) -> User | None:
    return services.open_by_code(code_id=asked.code_id, code=code, address=address)


def test_the_right_code_opens_an_account_of_a_family_the_first_time():
    user = enter(ask(), last_code())

    assert list(user.memberships.values_list("role", flat=True)) == [Role.FAMILY]
    assert not user.has_usable_password()
    assert services.phone_of(user.pk) == PHONE


def test_and_the_same_account_every_other_time():
    first = enter(ask(), last_code())
    with later(minutes=2):
        again = enter(ask("+86 100 1234 5678"), last_code())

    assert again == first
    assert User.objects.count() == 1
    assert SignInPhone.objects.count() == 1


def test_telephone_and_code_stand_nowhere_in_the_database():
    asked = ask()
    code = last_code()
    enter(asked, code)

    copy = dump()

    assert str(asked.code_id) in copy
    assert PHONE not in copy
    # As a value: its six digits may well stand inside an instant or an id.
    assert not re.search(rf"(?<![0-9a-f.-]){code}(?![0-9a-f])", copy)


def test_the_trail_tells_that_she_came_and_not_by_which_telephone():
    user = enter(ask(), last_code())

    entries = AuditEntry.objects.filter(subject_id=str(user.pk))
    assert {entry.action for entry in entries} == {"user.created", "user.signed_in"}
    assert PHONE not in str([entry.facts for entry in entries])


def test_a_wrong_code_opens_nothing_and_a_code_opens_once():
    asked = ask()
    code = last_code()

    assert enter(asked, wrong(code)) is None
    assert not User.objects.exists()
    assert enter(asked, code) is not None
    assert enter(asked, code) is None


def test_a_code_opens_for_ten_minutes():
    asked, late = ask(), ask("10012345679")
    first, second = last_code(), last_code("10012345679")

    with later(minutes=9, seconds=58):
        assert enter(asked, first) is not None
    with later(minutes=10, seconds=1):
        assert enter(late, second) is None


def test_a_code_that_was_tried_in_vain_five_times_opens_no_more():
    asked = ask()
    code = last_code()
    for _ in range(5):
        enter(asked, wrong(code))

    with later(minutes=3):
        assert enter(asked, code) is None


def test_after_five_wrong_codes_she_has_to_wait_and_never_for_good():
    asked = ask()
    for _ in range(5):
        enter(asked, wrong(last_code()))

    with pytest.raises(SignInLocked) as locked:
        enter(asked, last_code())
    assert timedelta(0) < locked.value.wait <= timedelta(minutes=1)
    with later(hours=2):
        assert enter(ask(), last_code()) is not None


def test_who_tries_her_number_elsewhere_does_not_lock_her_out():
    asked = ask()
    for _ in range(5):
        enter(asked, wrong(last_code()), address=THERE)

    with later(seconds=61):
        assert enter(ask(), last_code(), address=HERE) is not None


def test_from_many_networks_together_not_more_than_twenty_are_tried():
    asked = ask()
    for place in range(20):
        enter(asked, wrong(last_code()), address=f"192.0.2.{place}")

    with pytest.raises(SignInLocked):
        enter(asked, wrong(last_code()), address="192.0.2.99")


def test_a_network_that_tries_many_telephones_has_to_wait(settings):
    settings.SIGN_IN_TRIES_OF_A_NETWORK = 3
    for number in range(3):
        phone = f"1001111000{number}"
        enter(ask(phone), wrong(last_code(phone)))

    with pytest.raises(SignInLocked):
        enter(ask(), wrong(last_code()))


def test_a_second_code_is_sent_after_a_minute_and_both_open():
    first = ask()
    code = last_code()

    too_soon = ask()
    with later(seconds=61):
        second = ask()
        assert enter(second, code) is not None

    assert (too_soon.is_new, too_soon.code_id) == (False, first.code_id)
    assert timedelta(0) < too_soon.wait <= timedelta(seconds=60)
    assert second.is_new
    assert Message.objects.count() == 2


def test_a_telephone_that_never_answers_is_not_rung_all_day():
    for minute in range(0, 24 * 60, 2):
        with later(minutes=minute), contextlib.suppress(CodesAskedTooOften):
            ask()

    assert Message.objects.count() <= 40
    with later(hours=26):
        assert ask().is_new


def test_a_network_asks_for_so_many_codes_an_hour(monkeypatch):
    monkeypatch.setattr(
        "sojourn.accounts.services.families._limit",
        lambda key: {"sign_in_codes_an_hour_of_a_network": 2}.get(key, 10),
    )
    ask("10011110001")
    ask("10011110002")

    with pytest.raises(CodesAskedTooOften):
        ask("10011110003")
    assert ask("10011110003", address=THERE).is_new
    with later(minutes=61):
        assert ask("10011110004").is_new


def test_a_code_by_telephone_is_said_digit_by_digit_and_twice():
    ask(way=CodeWay.VOICE)

    message = last_message()
    said = "，".join(last_code())
    assert message.kind == "voice"
    assert words_of(message).count(said) == 2


def test_a_fixed_line_is_called():
    assert ask("0755-26540001").way == CodeWay.VOICE

    assert last_message("075526540001").kind == "voice"


@pytest.mark.parametrize("typed", ["", "12", "abc", "110101194901010010", "1" * 60])
def test_what_is_no_number_is_refused_and_not_repeated(typed):
    with pytest.raises(PhoneUnreadable) as refusal:
        ask(typed)

    assert not typed or typed not in str(refusal.value.errors) + repr(refusal.value)
    assert not SignInCode.objects.exists()


def test_a_message_is_of_use_as_long_as_its_code():
    asked = ask()

    assert last_message().expires_at == SignInCode.objects.get(pk=asked.code_id).expires_at


def test_whose_account_was_closed_does_not_come_in():
    user = enter(ask(), last_code())
    services.close_account(user_id=user.pk, actor=SYSTEM)

    with later(minutes=2), pytest.raises(AccountClosed):
        enter(ask(), last_code())


def test_old_codes_are_forgotten_and_the_account_stays():
    user = enter(ask(), last_code())

    assert services.forget_old_codes(at=now() + timedelta(minutes=59)) == 0
    assert services.forget_old_codes(at=now() + timedelta(minutes=61)) == 1
    assert User.objects.get() == user


def test_a_success_opens_again_what_she_had_used_up_and_the_network_keeps_count():
    asked = ask()
    for _ in range(4):
        enter(asked, wrong(last_code()))

    enter(asked, last_code())

    assert list(SignInTries.objects.values_list("failures", flat=True)) == [4]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slow_before_commit")
def test_two_browsers_that_type_the_first_code_at_once_open_one_account():
    asked, code = ask(), last_code()

    outcomes = race(lambda: enter(asked, code), lambda: enter(asked, code))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "User"]
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slow_before_commit")
def test_of_two_who_ask_at_once_one_code_is_sent():
    outcomes = race(ask, ask)

    assert sorted(outcome.is_new for outcome in outcomes) == [False, True]
    assert Message.objects.count() == 1
