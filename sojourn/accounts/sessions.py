"""Where sessions stand: one table, in which each says whose it is, and one that was ended why."""

from datetime import UTC, datetime
from typing import cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import transaction

from sojourn.accounts import services
from sojourn.accounts.models import Session
from sojourn.accounts.states import SessionEnd


class SessionStore(db.SessionStore):
    """A session as the frame knows it, that can be ended from elsewhere and then still says why.

    One that was ended holds nothing and is nobody's; its cookie stays, so that the sign-in page can tell why. What a
    request still under way would write into it is refused, as into one that is gone.
    """

    ended = ""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @property
    def why_ended(self) -> str:
        return str(SessionEnd(self.ended).label) if self.ended else ""

    def load(self) -> dict:
        row = self._get_session_from_db()  # type: ignore[attr-defined]  # the stubs leave it out
        if row is None or not row.ended:
            return {} if row is None else self.decode(row.session_data)
        self.ended, self._session_key = row.ended, None
        return {}

    def is_empty(self) -> bool:
        return not self.ended and super().is_empty()

    def create_model_instance(self, data: dict) -> Session:
        row = cast(Session, super().create_model_instance(data))
        row.user_id, row.device = data.get(SESSION_KEY), data.get("device", "")
        row.began_at, row.seen_at = _instant(data.get("began_at")), _instant(data.get("seen_at"))
        return row

    def save(self, must_create: bool = False) -> None:
        with transaction.atomic():
            if self.session_key is not None and not must_create:
                standing = Session.objects.locked().filter(pk=self.session_key, ended="")
                if not standing.exists():
                    raise UpdateError
            super().save(must_create)

    def end(self, why: str) -> None:
        """This session is over."""
        services.end_session(key=self.session_key or "", why=SessionEnd(why))
        self.ended, self._session_key = why, None
        self._session_cache: dict = {}


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
