import shutil
from uuid import UUID

import pytest
from django.conf import settings

from residents.registry.services.asking_links import TABLE
from sojourn.accounts import phones
from sojourn.core import ciphers, contacts
from sojourn.core.ciphers import Undecipherable
from sojourn.core.keyring import CONTACTS, keyring
from sojourn.messages import sealing
from tests.architecture.house import ROOT, sources

ROW, OTHER = UUID(int=7), UUID(int=8)
PHONE = "10012345001"
AT = {"table": "a_table", "column": "phone_cipher", "row": ROW}


def test_a_contact_opens_where_it_was_locked_and_nowhere_else():
    text = contacts.sealed(PHONE, **AT)

    assert contacts.opened(text, **AT) == PHONE
    assert PHONE not in text
    for elsewhere in ({"table": "another"}, {"column": "body_cipher"}, {"row": OTHER}):
        with pytest.raises(Undecipherable):
            contacts.opened(text, **AT | elsewhere)


def test_its_keeper_may_lock_it_for_the_place_without_showing_it():
    text = contacts.sealed(lambda key, of: ciphers.encrypted(PHONE, key=key, of=of), **AT)

    assert contacts.opened(text, **AT) == PHONE


def test_what_stood_under_the_older_key_opens_beside_a_newer_one(tmp_path, keyring_folder, monkeypatch):
    folder = tmp_path / "keyring"
    shutil.copytree(keyring_folder, folder)
    monkeypatch.setattr(settings, "KEYRING", str(folder))
    text = contacts.sealed(PHONE, **AT)
    (folder / f"{CONTACTS}-2.key").write_text("ab" * 32)

    assert contacts.opened(text, **AT) == PHONE
    assert ciphers.key_name_of(contacts.sealed(PHONE, **AT)) == "contacts-2"


@pytest.mark.parametrize(
    ("of", "read"),
    [
        (
            f"accounts_signinphone.phone_cipher.{ROW}",
            lambda text: phones.opened(text, table=phones.OF_ACCOUNTS, row=ROW),
        ),
        (
            f"accounts_signincode.phone_cipher.{ROW}",
            lambda text: phones.opened(text, table=phones.OF_CODES, row=ROW),
        ),
        (
            f"outbox_message.recipient_cipher.{ROW}",
            lambda text: sealing.opened(text, message_id=ROW, column=sealing.RECIPIENT),
        ),
        (
            f"outbox_message.body_cipher.{ROW}",
            lambda text: sealing.opened(text, message_id=ROW, column=sealing.BODY),
        ),
        (
            f"registry_linkrequest.identity_cipher.{ROW}",
            lambda text: contacts.opened(text, table=TABLE, column="identity_cipher", row=ROW),
        ),
    ],
)
def test_what_stood_locked_before_opens_in_its_place(of, read):
    """The places are part of what is stored: a row locked by an earlier edition must open in this one."""
    stored = ciphers.encrypted(PHONE, key=keyring().newest(CONTACTS), of=of)

    assert read(stored) == PHONE


def test_one_part_of_the_kernel_locks_with_the_key_for_contacts():
    own_ways = {
        str(path.relative_to(ROOT))
        for path in sources()
        if "newest(CONTACTS)" in path.read_text(encoding="utf-8")
    }

    assert own_ways == {"sojourn/core/contacts.py"}
