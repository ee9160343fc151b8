"""The trail of verbs: it shares the fate of the change it describes."""

import json
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Model

from sojourn.core import trace
from sojourn.core.actors import Actor
from sojourn.core.copying import copy_in
from sojourn.core.models import AuditEntry


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
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the trail must share the transaction of the change it describes")
    columns = {"action": action, "trace_id": trace.current(), **actor.as_columns()}
    shared = [str(value) if isinstance(value, str) else value for value in columns.values()]
    rows = (
        (subject._meta.label_lower, str(subject.pk), json.dumps(facts, ensure_ascii=False), *shared)
        for subject, facts in lines
    )
    copy_in(AuditEntry, ("subject_kind", "subject_id", "facts", *columns), rows)


def entries_about(subject):
    """The trail of one row, newest first."""
    return AuditEntry.objects.filter(
        subject_kind=subject._meta.label_lower, subject_id=str(subject.pk)
    ).order_by("-id")
