import pytest
from django.core.management import CommandError, call_command

from sojourn.accounts.actors import actor_for
from sojourn.accounts.models import User
from sojourn.core.actors import Role
from tests.factories.accounts import PASSPHRASE

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch):
    """What is typed at the prompt."""

    def typed(passphrase: str) -> None:
        monkeypatch.setattr(
            "sojourn.accounts.management.commands.create_staff.getpass.getpass", lambda _: passphrase
        )

    return typed


def test_the_first_account_of_a_node_reaches_all_of_it(typed, capsys):
    typed(PASSPHRASE)

    call_command("create_staff", "anna", "--name", "安娜")

    user = User.objects.get(username="anna")
    assert user.check_password(PASSPHRASE)
    actor = actor_for(user, second_factor=True)
    assert (actor.role, actor.divisions) == (Role.ADMIN, ("",))
    assert PASSPHRASE not in capsys.readouterr().out


def test_an_officer_is_opened_for_a_county(typed):
    typed(PASSPHRASE)

    call_command("create_staff", "anna", "--role", "officer", "--division", "440106")

    assert actor_for(User.objects.get(username="anna"), second_factor=True).divisions == ("440106",)


@pytest.mark.parametrize(
    ("passphrase", "division"), [("short", "440106"), (PASSPHRASE, "999999"), (PASSPHRASE, "")]
)
def test_what_will_not_do_is_told_and_leaves_no_account_behind(typed, passphrase, division):
    typed(passphrase)

    with pytest.raises(CommandError):
        call_command("create_staff", "anna", "--role", "officer", "--division", division)

    assert not User.objects.filter(username="anna").exists()
