"""Every shared fact has one owner: what the triggers of the facts ask, and how they refuse (decision 0012)."""

import psycopg
from django.db import DatabaseError

from sojourn.core.refusals import NotOurs

# Set to "on" for one transaction, by whoever applies a page of another node. Asked in the WHEN of the
# triggers, so that an applied row calls none of them.
APPLYING = "sojourn.applying"
NOT_APPLYING = f"current_setting('{APPLYING}', true) IS DISTINCT FROM 'on'"
NOT_OURS = "SJ001"


def refuse_unless_hosted(*rows: str) -> str:
    """The statement of a trigger that refuses a row, NEW or OLD, whose owner this node does not host."""
    return "".join(
        f"IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = {row}.owner) THEN"
        f" RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, {row}.owner"
        f" USING ERRCODE = '{NOT_OURS}', DETAIL = {row}.owner, TABLE = TG_TABLE_NAME; END IF; "
        for row in rows
    )


def refusal_of_copy(error: DatabaseError) -> NotOurs | None:
    """What the database said, where it refused to write a copy; None where it said something else."""
    said = error.__cause__
    if not isinstance(said, psycopg.Error) or said.sqlstate != NOT_OURS:
        return None
    return NotOurs(owner=said.diag.message_detail)
