"""A key is replaced, and everything it locked stands under the new one, read by whoever read it before."""

import itertools
import os
import secrets
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from residents.consents.models import Extract
from residents.registry.models import ResidentKey
from residents.registry.services import discard_import, withdraw_request
from sojourn.accounts.models import SignInCode
from sojourn.core import services
from sojourn.core.clock import frozen, now
from sojourn.core.models import AuditEntry, KeyRotation
from sojourn.core.services import needed_keys, retire_key, rotate_keys, unfinished_rotations
from sojourn.files.models import StoredFile
from sojourn.messages.models import Message
from sojourn.messages.services import claim, note_sent
from tests.residents.dumping import dump
from tests.residents.locked import Household

SHARE = "share_440000_500000"
PURPOSES = ("440000", "contacts", "lookup", SHARE)


@pytest.fixture
def ring(own_keyring, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 3)
    return own_keyring


def add_key(ring, purpose, number=2):
    (ring / f"{purpose}-{number}.key").write_text(secrets.token_hex(32))


def rotated_to_its_end():
    while rotate_keys():
        pass
    assert unfinished_rotations() == []


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", PURPOSES)
def test_everything_under_a_key_comes_under_the_new_one_and_the_old_one_goes(ring, purpose):
    households = [Household(9_400_000 + 20 * n) for n in range(4)]
    old = f"{purpose}-1"
    add_key(ring, purpose)
    assert needed_keys()[old] != []

    rotated_to_its_end()

    assert needed_keys().get(old, []) == [] or purpose == "lookup"
    assert f"v1.{old}." not in dump()
    if purpose == "lookup":  # codes that were sent before open until they run out, and need it until then
        assert needed_keys()[old] == ["4 of codes that still open"]
        SignInCode.objects.update(expires_at=now())
    assert retire_key(name=old) == []
    assert not (ring / f"{old}.key").exists()
    assert [household.differing() for household in households] == [{}] * 4


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_waited_is_ended_after_its_key_was_replaced(ring, purpose):
    household = Household(9_400_200)
    add_key(ring, purpose)

    rotated_to_its_end()

    assert household.finished()


@pytest.mark.django_db
def test_a_key_that_is_needed_stays_and_the_command_says_by_what(ring, capsys):
    Household(9_400_300)
    add_key(ring, "440000")
    walks = ("files.keys", "registry.data_keys", "registry.waiting_rows", "consents.copies")
    assert needed_keys()["440000-1"] == [
        "1 of files.storedfile.wrapped_key",
        "3 of registry.importrow.sealed",
        "1 of registry.residentkey.wrapped",
        *(f"what {walk} has not walked yet" for walk in walks),
    ]

    with pytest.raises(CommandError) as refused:
        call_command("retire_key", "440000-1")

    said = str(refused.value)
    assert said.startswith("440000-1 stays, it is needed by:\nwhat files.keys has not walked yet")
    assert (ring / "440000-1.key").exists()
    call_command("rotate_keys")
    assert "440000-1: nothing; retire_key 440000-1 takes it away" in capsys.readouterr().out
    call_command("retire_key", "440000-1")
    assert not (ring / "440000-1.key").exists()
    assert AuditEntry.objects.filter(action="keyrotation.retired", facts__key="440000-1").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["440000-2", "440000-7", "../440000-1", "lookup", "destroyed"])
def test_no_newest_key_and_nothing_else_is_taken_away(ring, name):
    add_key(ring, "440000")
    before = {path: path.read_bytes() for path in ring.iterdir()}

    with pytest.raises(CommandError):
        call_command("retire_key", name)

    assert {path: path.read_bytes() for path in ring.iterdir()} == before


@pytest.mark.django_db
def test_what_a_machine_without_the_new_key_wrote_is_found_before_the_old_one_goes(ring):
    household = Household(9_400_400)
    old = ResidentKey.objects.get(pk=household.resident.pk).wrapped
    index = household.resident.identity_index
    SignInCode.objects.update(expires_at=now())
    for purpose in ("440000", "lookup"):
        add_key(ring, purpose)
    rotated_to_its_end()
    ResidentKey.objects.filter(pk=household.resident.pk).update(wrapped=old)
    type(household.resident).objects.filter(pk=household.resident.pk).update(identity_index=index)

    assert needed_keys()["440000-1"] == ["1 of registry.residentkey.wrapped"]
    late = retire_key(name="lookup-1")
    assert "1 of registry.resident.identity_index until a moment ago" in late
    assert (ring / "lookup-1.key").exists()

    assert retire_key(name="lookup-1") == []
    assert retire_key(name="440000-1") == []
    assert household.differing() == {}


@pytest.mark.django_db
def test_a_row_that_does_not_open_holds_up_nobody_and_keeps_its_key(ring):
    household, other = Household(9_400_500), Household(9_400_520)
    spoilt = StoredFile.objects.filter(owner_id=other.request.pk)
    spoilt.update(wrapped_key=spoilt.get().wrapped_key[:-4] + "AAAA")
    add_key(ring, "440000")

    rotated_to_its_end()

    assert needed_keys()["440000-1"] == ["1 of files.storedfile.wrapped_key"]
    assert retire_key(name="440000-1") == ["1 of files.storedfile.wrapped_key"]
    assert (ring / "440000-1.key").exists()
    assert household.differing() == {}


@pytest.mark.django_db
def test_a_code_opens_after_the_look_up_key_was_replaced(ring):
    household = Household(9_400_600)
    add_key(ring, "lookup")

    assert household.finished()


@pytest.mark.django_db
def test_codes_that_ran_out_keep_no_look_up_key(ring):
    Household(9_400_620)
    add_key(ring, "lookup")
    rotated_to_its_end()
    assert "1 of codes that still open" in needed_keys()["lookup-1"]

    with frozen(SignInCode.objects.get().expires_at):
        assert needed_keys()["lookup-1"] == []


# --- while everybody works ---------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_keys_are_replaced_while_everybody_works(ring, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 20)
    standing = [Household(9_500_000 + 20 * n) for n in range(5)]
    seeds, over, last = itertools.count(9_510_000, 20), threading.Event(), []

    def work():
        try:
            done = 0
            while not over.is_set():
                fresh = Household(next(seeds))
                assert fresh.differing() == {}
                assert standing[done % 5].differing() == {}
                note_sent(parcel=claimed(fresh.message.pk), reference="")
                if done % 2:
                    withdraw_request(request_id=fresh.request.pk, actor=fresh.daughter)
                    discard_import(batch_id=fresh.batch.pk, actor=fresh.officer)
                else:
                    last.append(fresh)
                done += 1
            return done
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        working = [pool.submit(work) for _ in range(2)]
        for number in (2, 3):
            for purpose in PURPOSES:
                add_key(ring, purpose, number)
            while unfinished_rotations() and not any(each.done() for each in working):
                rotate_keys()
        over.set()
        done = [each.result() for each in working]
    SignInCode.objects.filter(phone_cipher__contains="contacts-1").delete()

    assert min(done) > 1
    text = dump()
    assert [name for purpose in PURPOSES for name in old_names(purpose) if f"v1.{name}." in text] == []
    SignInCode.objects.update(expires_at=now())
    assert {name: retire_key(name=name) for purpose in PURPOSES for name in old_names(purpose)} == {
        name: [] for purpose in PURPOSES for name in old_names(purpose)
    }
    for household in standing:
        assert household.differing() == {}
    for household in last:
        message = household.readings() | {"message": (lambda: "", "")}  # it was sent, so its words are gone
        assert [name for name, (read, should) in message.items() if read() != should and name != "code"] == []


def claimed(message_id):
    """The message, as soon as nobody holds its row: a walk passes in a moment, and so does the next try."""
    while (parcel := claim(message_id=message_id)) is None:
        assert Message.objects.get(pk=message_id).status == "waiting"
        time.sleep(0.05)
    return parcel


def old_names(purpose):
    return [f"{purpose}-{number}" for number in (1, 2)]


@pytest.mark.django_db(transaction=True)
def test_a_rotation_that_is_killed_again_and_again_comes_to_its_end(ring, monkeypatch):
    """A process of its own walks and is killed with SIGKILL as soon as it has come on; nothing is lost, nothing halved."""
    monkeypatch.setattr(services, "BATCH", 1)
    households = [Household(9_600_000 + 20 * n) for n in range(4)]
    for purpose in PURPOSES:
        add_key(ring, purpose)
    kills = 0

    while unfinished_rotations() and kills < 12:
        before, child = progress(), walking()
        while progress() == before and unfinished_rotations():
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kills += 1
        assert [household.differing() for household in households] == [{}] * 4

    rotated_to_its_end()
    SignInCode.objects.update(expires_at=now())
    assert kills >= 5
    assert [name for purpose in PURPOSES if (name := f"{purpose}-1") and retire_key(name=name)] == []
    text = dump()
    assert [purpose for purpose in PURPOSES if f"v1.{purpose}-1." in text] == []
    assert [household.differing() for household in households] == [{}] * 4


def progress():
    return sorted(KeyRotation.objects.values_list("rows", "key", "after", "rounds"))


def walking() -> int:
    """A child that rotates keys over a connection of its own until it is killed or done; its process id."""
    connection.close()  # a connection must not have two processes
    child = os.fork()
    if child == 0:
        try:
            rotate_keys()
        finally:
            os._exit(0)
    return child


@pytest.mark.django_db
def test_a_sharing_that_ended_meanwhile_is_not_brought_back(ring):
    """What is sealed anew is what stands: a walk makes no extract, and one whose basis ended it leaves alone."""
    household = Household(9_400_700)
    Extract.objects.filter(pk=household.extract).delete()
    add_key(ring, SHARE)

    rotated_to_its_end()

    assert not Extract.objects.filter(pk=household.extract).exists()
    assert retire_key(name=f"{SHARE}-1") == []
