import secrets
import shutil

import pytest
from django.conf import settings

from sojourn.accounts.models import SignInPhone
from sojourn.accounts.services import open_family_account, phone_of
from sojourn.core.actors import SYSTEM
from sojourn.core.keyring import CONTACTS, LOOKUP
from sojourn.core.services import rotate_keys

PHONES = [f"100123450{number:02d}" for number in range(5)]


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", [CONTACTS, LOOKUP])
def test_an_account_is_found_by_its_telephone_before_and_after_a_key_is_replaced(
    tmp_path, keyring_folder, monkeypatch, purpose
):
    folder = tmp_path / "keyring"
    shutil.copytree(keyring_folder, folder)
    monkeypatch.setattr(settings, "KEYRING", str(folder))
    users = [open_family_account(phone=phone, actor=SYSTEM) for phone in PHONES]
    (folder / f"{purpose}-2.key").write_text(secrets.token_hex(32))

    meanwhile = [open_family_account(phone=phone, actor=SYSTEM) for phone in PHONES]
    rotate_keys()
    (folder / f"{purpose}-1.key").unlink()

    assert meanwhile == users
    assert [open_family_account(phone=phone, actor=SYSTEM) for phone in PHONES] == users
    assert [phone_of(user.pk) for user in users] == PHONES
    assert SignInPhone.objects.count() == len(PHONES)
