"""The trail of verbs: it shares the fate of the change it describes."""

import json
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Model

from sojourn.core import trace
from sojourn.core.actors import Actor
from sojourn.core.copying import copy_in
from sojourn.core.models import AuditEntry

AS_TEXT = json.JSONEncoder(ensure_ascii=False)


def record(*, action: str, actor: Actor, subject, **facts) -> AuditEntry:
    """Append one line to the audit trail, inside the caller's transaction.

    ``facts`` are old and new values that may stand in a log: never personal data.
    """
    return record_all(action=action, actor=actor, lines=[(subject, facts)])[0]


def record_all(*, action: str, actor: Actor, lines: Iterable[tuple[Model, dict]]) -> list[AuditEntry]:
    """The same for many subjects of one verb, each with its facts, in one statement."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the trail must share the transaction of the change it describes")
    columns = {"action": action, "trace_id": trace.current(), **actor.as_columns()}
    return AuditEntry.objects.bulk_create(
        AuditEntry(subject_kind=subject._meta.label_lower, subject_id=str(subject.pk), facts=facts, **columns)
        for subject, facts in lines
    )


def record_many(*, action: str, actor: Actor, lines: Iterable[tuple[Model, dict]]) -> None:
    """The same for thousands of subjects of one verb, by COPY."""
    named = ((subject._meta.label_lower, subject.pk, facts) for subject, facts in lines)
    _copy(action, actor, named)


def record_rows(
    *, action: str, actor: Actor, model: type[Model], lines: Iterable[tuple[object, dict]]
) -> None:
    """The same for thousands of rows of one model, each by its primary key."""
    kind = model._meta.label_lower
    _copy(action, actor, ((kind, key, facts) for key, facts in lines))


def entries_about(subject):
    """The trail of one row, newest first."""
    return AuditEntry.objects.filter(
        subject_kind=subject._meta.label_lower, subject_id=str(subject.pk)
    ).order_by("-id")


def _copy(action: str, actor: Actor, lines: Iterable[tuple[str, object, dict]]) -> None:
    """Lines of the trail about a kind of row and its primary key each."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the trail must share the transaction of the change it describes")
    columns = {"action": action, "trace_id": trace.current(), **actor.as_columns()}
    shared = [str(value) if isinstance(value, str) else value for value in columns.values()]
    rows = ((kind, str(key), AS_TEXT.encode(facts), *shared) for kind, key, facts in lines)
    copy_in(AuditEntry, ("subject_kind", "subject_id", "facts", *columns), rows)
