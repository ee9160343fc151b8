"""A user and all that decides who she is today, read at once."""

from datetime import date
from uuid import UUID

from allauth.mfa.models import Authenticator

from sojourn.accounts.models import Membership, Passkey, User

_COLUMNS = ("role", "division_code", "holder_kind", "holder_id")
# Written out, because the framework takes longer to put the same statement together than the database to answer.
_STATEMENT = f"""
SELECT u.*, {", ".join(f"m.{column} AS post_{column}" for column in _COLUMNS)},
       LEAST((SELECT min(a.created_at) FROM {Authenticator._meta.db_table} a
               WHERE a.user_id = u.id AND a.type = %(app)s),
             (SELECT min(p.created_at) FROM {Passkey._meta.db_table} p
               WHERE p.user_id = u.id)) AS second_factor_since,
       ARRAY(SELECT p.id::text FROM {Passkey._meta.db_table} p WHERE p.user_id = u.id) AS passkey_ids
  FROM {User._meta.db_table} u
  LEFT JOIN {Membership._meta.db_table} m
    ON m.user_id = u.id AND m.valid_from <= %(day)s AND (m.valid_to IS NULL OR m.valid_to > %(day)s)
 WHERE u.id = %(user_id)s
"""  # noqa: S608 -- names of our own models


def user_as_of(day: date, user_id: UUID) -> User | None:
    """The user with the posts that are live on this day, her passkeys, and since when a second factor is set.

    What was read is true of this moment: a request reads it once, and nothing keeps it for the next.
    """
    rows = list(
        User.objects.raw(_STATEMENT, {"day": day, "user_id": user_id, "app": Authenticator.Type.TOTP.value})
    )
    if not rows:
        return None
    user = rows[0]
    user.live_memberships = [
        Membership(user_id=row.pk, **{column: getattr(row, f"post_{column}") for column in _COLUMNS})
        for row in rows
        if row.post_role is not None  # type: ignore[attr-defined]  # the join brings it
    ]
    return user
