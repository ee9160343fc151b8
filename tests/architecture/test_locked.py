import re
from collections import Counter

from django.apps import apps
from django.db.models import BinaryField

from sojourn.core.rotations import all_locked, told_columns
from tests.architecture.house import WINGS

# Bytes as they were signed, by us or by others: no key of the keyring locks them as a whole.
SIGNED = {"header", "signature", "signatures", "packed", "document", "body"}
# What stands open beside a passkey: its public half and name, which tell nobody anything, and what chance made.
OPEN = {"credential_id", "public_key", "challenge"}
# How a column is called, for the program or for people, that holds a ciphertext or what a key made.
NAMES = re.compile(r"_cipher$|_index$|^sealed$|^wrapped|^mark$|^code_digest$")
LABELS = re.compile("密文|盲索引|包裹的密钥|比对标记")
HISTORY = "pgh_obj"


def own_models():
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in WINGS]


def is_history(model) -> bool:
    return any(field.name == HISTORY for field in model._meta.get_fields())


def locked_columns(models) -> set[str]:
    """Columns that look as if something locked stood in them, by type, name or label."""
    return {
        f"{model._meta.label_lower}.{field.name}"
        for model in models
        for field in model._meta.concrete_fields
        if LABELS.search(str(field.verbose_name))
        or (
            NAMES.search(field.name)
            and field.get_internal_type() not in {"DecimalField", "SmallIntegerField"}
        )
        or (isinstance(field, BinaryField) and field.name not in SIGNED | OPEN)
    }


def test_every_column_that_a_key_locks_is_told_to_the_kernel_by_one_room():
    found = locked_columns(model for model in own_models() if not is_history(model))

    assert found >= {"files.storedfile.wrapped_key", "outbox.message.body_cipher", "consents.extract.sealed"}
    assert Counter(told_columns()) == Counter(found)


def test_no_row_history_keeps_what_a_walk_cannot_reach():
    """A history row is never rewritten, so nothing that a key of the keyring locks directly may stand in one."""
    walked = {column for locked in all_locked() for column in locked.columns}
    in_history = {
        column.replace("event.", ".", 1)
        for column in locked_columns(model for model in own_models() if is_history(model))
    }

    assert "registry.resident.identity_cipher" in in_history
    assert walked & in_history == set()


def test_every_walk_says_which_columns_it_walks():
    assert [locked.name for locked in all_locked() if not (locked.columns or locked.marks)] == []
