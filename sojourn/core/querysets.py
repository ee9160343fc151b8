"""Read vocabulary that every room shares, and of the trail."""

from collections.abc import Callable, Iterable
from functools import cached_property

from django.db import connection, models
from django.db.models import BinaryField, Lookup, Q, QuerySet, UUIDField

from sojourn.core.actors import Actor, Role


@UUIDField.register_lookup
class Among(Lookup):
    """``pk__among=[…]``: as ``in``, but one parameter however many there are, so that a statement can be kept."""

    lookup_name = "among"
    prepare_rhs = False
    kind = "uuid"

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY (%s::{self.kind}[])", [*params, list(self.rhs)]


@BinaryField.register_lookup
class AmongBytes(Among):
    """The same for blind indexes, of which a spreadsheet asks thousands."""

    kind = "bytea"


class KeptStatement:
    """Mappings of a queryset with one ``among``, compiled once and read for other ids each time.

    For the hot lists: the ORM takes longer to compile such a statement than PostgreSQL to answer it.
    """

    def __init__(self, make: Callable[[], QuerySet]) -> None:
        self.make = make

    @cached_property
    def _compiled(self) -> tuple[str, tuple, tuple[str, ...]]:
        rows = self.make()
        return (*rows.query.sql_with_params(), rows._fields)  # type: ignore[attr-defined]

    def read(self, ids: Iterable) -> list[dict]:
        statement, params, names = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(ids) if isinstance(param, list) else param for param in params])
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class LockingQuerySet(models.QuerySet):
    def locked(self):
        """Rows held until commit, always taken in primary-key order (decision 0001)."""
        return self.select_for_update(of=("self",)).order_by("pk")


class TrailQuerySet(models.QuerySet):
    def managed_by(self, actor: Actor):
        """Auditors and administrators read what was done within their reach; an officer her own lines."""
        match actor.role:
            case Role.SYSTEM:
                return self
            case Role.OFFICER:
                return self.filter(actor_user_id=actor.user_id)
            case Role.AUDITOR | Role.ADMIN if "" in actor.divisions:
                return self
            case Role.AUDITOR | Role.ADMIN if actor.divisions:
                within = Q()
                for prefix in actor.divisions:  # an actor of several divisions stands there as "44,4501"
                    within |= Q(actor_divisions__startswith=prefix) | Q(
                        actor_divisions__contains=f",{prefix}"
                    )
                return self.filter(within)
        return self.none()


class SealQuerySet(LockingQuerySet):
    def managed_by(self, actor: Actor):
        """Seals hold no names: every auditor and administrator may check the chain."""
        return self if actor.role in {Role.SYSTEM, Role.AUDITOR, Role.ADMIN} else self.none()
