import secrets
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from django.conf import settings
from django.db import connection

from residents.registry.errors import AlreadyRegistered
from residents.registry.models import Resident, ResidentKey
from residents.registry.services import correct_resident, find_by_identity, find_by_phone, masked_facts_of
from residents.registry.states import PrivateField
from sojourn.core import services
from sojourn.core.ciphers import key_name_of
from sojourn.core.identifiers import sample_identity
from sojourn.core.keyring import LOOKUP, KeyMissing
from sojourn.core.models import KeyRotation
from sojourn.core.services import rotate_keys, unfinished_rotations
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff

NUMBERS = [sample_identity(seed, BORN) for seed in range(9_000_000, 9_000_016, 2)]
PHONE, ANOTHER = "0000-0000210", "0000-0000211"
DATA_KEYS = "registry.data_keys"


@pytest.fixture
def ring(tmp_path, keyring_folder, monkeypatch):
    """The tests' keyring, to which keys can be added."""
    folder = tmp_path / "keyring"
    shutil.copytree(keyring_folder, folder)
    monkeypatch.setattr(settings, "KEYRING", str(folder))
    monkeypatch.setattr(services, "BATCH", 3)
    return folder


def add_key(ring, purpose, number=2):
    (ring / f"{purpose}-{number}.key").write_text(secrets.token_hex(32))


def take_away(ring, purpose, number=1):
    (ring / f"{purpose}-{number}.key").unlink()


def key_names():
    return {key_name_of(key.wrapped) for key in ResidentKey.objects.all()}


def identity_of(resident):
    return masked_facts_of(resident)[PrivateField.IDENTITY_NUMBER].plain


@pytest.mark.django_db
def test_a_members_new_key_wraps_every_data_key_and_the_old_one_can_go(ring):
    residents = [ResidentFactory(identity_number=number) for number in NUMBERS]
    others = ResidentFactory(identity_number=sample_identity(9_000_220, BORN), home_division_code="510104")
    add_key(ring, "440000")

    rotate_keys()
    take_away(ring, "440000")

    assert key_names() == {"440000-2", "510000-1"}
    assert [identity_of(resident) for resident in residents] == NUMBERS
    assert key_name_of(ResidentKey.objects.get(pk=others.pk).wrapped) == "510000-1"


@pytest.mark.django_db
def test_without_the_rotation_the_old_key_is_missed(ring):
    resident = ResidentFactory(identity_number=NUMBERS[0])
    add_key(ring, "440000")
    take_away(ring, "440000")

    with pytest.raises(KeyMissing):
        masked_facts_of(resident)


@pytest.mark.django_db
def test_people_are_found_before_while_and_after_a_look_up_key_is_replaced(ring):
    officer = staff("4401")
    for number in NUMBERS:
        ResidentFactory(identity_number=number, phone=f"{PHONE}、{ANOTHER}")
    found = lambda: (  # noqa: E731
        [find_by_identity(identity_number=number, actor=officer) is not None for number in NUMBERS],
        [len(find_by_phone(phone=phone, actor=officer)) for phone in (PHONE, ANOTHER)],
    )
    everybody = ([True] * len(NUMBERS), [len(NUMBERS)] * 2)
    add_key(ring, LOOKUP)

    assert found() == everybody
    while not KeyRotation.objects.filter(rows="registry.look_up", after__isnull=False).exists():
        rotate_keys(at_most=1)
    assert found() == everybody
    rotate_keys()
    take_away(ring, LOOKUP)

    assert found() == everybody


@pytest.mark.django_db
@pytest.mark.parametrize("is_rotated", [False, True])
def test_nobody_is_registered_twice_under_two_look_up_keys(ring, is_rotated):
    ResidentFactory(identity_number=NUMBERS[0])
    other = ResidentFactory(identity_number=NUMBERS[1])
    add_key(ring, LOOKUP)
    if is_rotated:
        rotate_keys()

    with pytest.raises(AlreadyRegistered):
        ResidentFactory(identity_number=NUMBERS[0])
    with pytest.raises(AlreadyRegistered):
        correct_resident(resident_id=other.pk, facts={"identity_number": NUMBERS[0]}, actor=staff("4401"))


@pytest.mark.django_db
def test_a_rotation_goes_on_where_it_was_cut_off(ring):
    for number in NUMBERS:
        ResidentFactory(identity_number=number)
    add_key(ring, "440000")
    before = [line for line in unfinished_rotations() if line.startswith(DATA_KEYS) and "440000-2" in line]

    while (
        KeyRotation.objects.filter(rows=DATA_KEYS, key="440000-2").values_list("after", flat=True).first()
        is None
    ):
        rotate_keys(at_most=1)
    assert key_names() == {"440000-1", "440000-2"}
    while rotate_keys(at_most=1):
        pass

    assert before == [f"{DATA_KEYS} → 440000-2"]
    assert key_names() == {"440000-2"}
    assert unfinished_rotations() == []


@pytest.mark.django_db
def test_the_second_round_finds_what_was_written_with_the_old_key_meanwhile(ring):
    late = ResidentFactory(identity_number=NUMBERS[0])
    for number in NUMBERS[1:]:
        ResidentFactory(identity_number=number)
    old = ResidentKey.objects.get(pk=late.pk).wrapped
    add_key(ring, "440000")
    while KeyRotation.objects.filter(rows=DATA_KEYS, key="440000-2", rounds=1).first() is None:
        rotate_keys(at_most=1)
    ResidentKey.objects.filter(pk=late.pk).update(wrapped=old)

    rotate_keys()

    assert key_names() == {"440000-2"}


@pytest.mark.django_db(transaction=True)
def test_keys_are_replaced_while_people_are_registered_corrected_and_found(ring, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 100)
    officer, seeds, over = staff("4401"), count(9_100_000, 2), threading.Event()
    residents = [ResidentFactory(identity_number=number) for number in NUMBERS]

    def work():
        try:
            done = 0
            while not over.is_set():
                fresh = sample_identity(next(seeds), BORN)
                ResidentFactory(identity_number=fresh)
                correct_resident(resident_id=residents[done % 8].pk, facts={"phone": PHONE}, actor=officer)
                assert find_by_identity(identity_number=fresh, actor=officer) is not None
                done += 1
            return done
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        working = [pool.submit(work) for _ in range(2)]
        for number in (2, 3):
            add_key(ring, "440000", number)
            add_key(ring, LOOKUP, number)
            while unfinished_rotations():
                rotate_keys()
        over.set()
        done = [each.result() for each in working]

    assert min(done) > 0
    for purpose in ("440000", LOOKUP):
        for number in (1, 2):
            take_away(ring, purpose, number)
    assert key_names() == {"440000-3"}
    assert all(find_by_identity(identity_number=number, actor=officer) for number in NUMBERS)
    assert Resident.objects.count() == len(NUMBERS) + sum(done)
