"""The sample staff: everybody can sign in with what stands in the file, and again after the file is lost."""

import json
import stat
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from sojourn.accounts import totp
from sojourn.accounts.actors import actor_for
from sojourn.accounts.models import User
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import now
from sojourn.core.models import HostedMember
from sojourn.local.sample.people import Reaches, open_sample_accounts, reaches
from tests.factories.facilities import FacilityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("SOJOURN_VAR", str(tmp_path))
    return tmp_path / "sign-ins.json"


def sign_in(username: str, password: str, totp_secret: str) -> Client:
    client = Client()
    client.post("/accounts/sign-in/", {"login": username, "password": password})
    client.post("/accounts/sign-in/code/", {"code": totp.code_at(totp_secret, totp.step_at(now()))})
    return client


def test_everybody_of_the_sample_staff_signs_in_with_what_the_file_says(file):
    open_sample_accounts(actor=SYSTEM)

    entries = json.loads(file.read_text("utf-8"))
    for entry in entries:
        browser = sign_in(entry["username"], entry["password"], entry["totp_secret"])
        # An assessor comes in once a body has registered her (sojourn.local.sample.abilities).
        assert browser.get("/admin/").status_code == (302 if entry["role"] == "assessor" else 200)
    assert len(entries) == 8
    assert len({entry["password"] for entry in entries}) == 8


def test_the_file_is_for_its_owner_alone(file):
    open_sample_accounts(actor=SYSTEM)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["sign-ins.json"]


def test_neither_passphrase_nor_secret_stands_anywhere_else(file):
    sign_ins = open_sample_accounts(actor=SYSTEM)

    rows = str(list(User.objects.values())) + str(list(Authenticator.objects.values()))

    for sign_in_ in sign_ins:
        assert sign_in_.password not in rows
        assert sign_in_.totp_secret not in rows


def test_the_staff_have_the_reach_of_a_county_its_city_its_province_and_the_node():
    FacilityFactory(division_id="440111")

    open_sample_accounts(actor=SYSTEM)

    actors = {user.username: actor_for(user, second_factor=True) for user in User.objects.all()}
    reach = {username: (actor.role, actor.divisions) for username, actor in actors.items()}
    assert reach == {
        "county-officer": (Role.OFFICER, ("440111",)),
        "city-officer": (Role.OFFICER, ("4401",)),
        "province-officer": (Role.OFFICER, ("44",)),
        "second-officer": (Role.OFFICER, ("44",)),
        "auditor": (Role.AUDITOR, ("",)),
        "administrator": (Role.ADMIN, ("",)),
        "assessor-nurse": (Role.PUBLIC, ()),
        "assessor-social": (Role.PUBLIC, ()),
    }


def test_the_county_is_the_one_with_most_facilities():
    assert reaches() == Reaches("440103", "440100", "440000")
    FacilityFactory(division_id="440104")
    FacilityFactory.create_batch(2, division_id="440111")

    assert reaches() == Reaches("440111", "440100", "440000")


def test_a_node_opens_accounts_of_its_own_members_only(settings):
    settings.NODE = "50"
    HostedMember.objects.exclude(pk__in=["500000", "610000"]).delete()
    FacilityFactory(division_id="500107")
    FacilityFactory(division_id="610113")

    assert [sign_in.username for sign_in in open_sample_accounts(actor=SYSTEM)][:3] == [
        "county-officer",
        "city-officer",
        "province-officer",
    ]

    assert reaches() == Reaches(county="500107", city="610100", province="500000")


def test_a_node_without_a_city_has_no_officer_of_one(settings):
    settings.NODE = "50"
    HostedMember.objects.exclude(pk="500000").delete()

    assert "city-officer" not in [sign_in.username for sign_in in open_sample_accounts(actor=SYSTEM)]


def test_a_node_that_goes_by_another_name_opens_accounts_of_a_member_it_hosts(settings):
    settings.NODE = "west"
    HostedMember.objects.exclude(pk__in=["610000", "510000"]).delete()

    assert reaches().province == "510000"


def test_the_staff_are_invented_and_marked_so():
    open_sample_accounts(actor=SYSTEM)

    assert all(user.is_sample and user.name.startswith("样例·") for user in User.objects.all())


def test_opening_them_again_changes_nothing():
    first = open_sample_accounts(actor=SYSTEM)
    rows = list(User.objects.order_by("pk").values())

    assert open_sample_accounts(actor=SYSTEM) == first
    assert list(User.objects.order_by("pk").values()) == rows


def test_where_the_file_is_lost_everybody_gets_new_ones_that_work(file):
    before = open_sample_accounts(actor=SYSTEM)
    file.unlink()

    after = open_sample_accounts(actor=SYSTEM)

    assert User.objects.count() == 8
    for old, new in zip(before, after, strict=True):
        assert old.password != new.password
        assert old.totp_secret != new.totp_secret
        if new.role != "assessor":
            assert sign_in(new.username, new.password, new.totp_secret).get("/admin/").status_code == 200
        assert sign_in(old.username, old.password, old.totp_secret).get("/admin/").status_code == 302


def test_a_new_database_beside_an_old_file_gets_new_ones_too(file):
    open_sample_accounts(actor=SYSTEM)
    Authenticator.objects.all().delete()

    again = open_sample_accounts(actor=SYSTEM)

    assert (
        sign_in(again[0].username, again[0].password, again[0].totp_secret).get("/admin/").status_code == 200
    )


def test_the_command_tells_the_code_that_opens(capsys):
    entry = open_sample_accounts(actor=SYSTEM)[0]

    call_command("demo_code", entry.username)

    code = capsys.readouterr().out.strip()
    client = Client()
    client.post("/accounts/sign-in/", {"login": entry.username, "password": entry.password})
    assert client.post("/accounts/sign-in/code/", {"code": code}).url == "/admin/"


def test_the_command_tells_nothing_of_an_account_that_is_no_sample(capsys):
    open_sample_accounts(actor=SYSTEM)
    User.objects.filter(username="auditor").update(is_sample=False)

    with pytest.raises(CommandError, match="there are: administrator, assessor-nurse"):
        call_command("demo_code", "auditor")

    assert capsys.readouterr().out == ""
