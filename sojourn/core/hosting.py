"""Whose facts this node writes: the settings say it, the database holds everybody to it."""

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from sojourn.core.models import HostedMember


def apply_hosting(connection: BaseDatabaseWrapper) -> None:
    """The hosted members are exactly those of the settings, where the schema has a table of them yet."""
    if HostedMember._meta.db_table in connection.introspection.table_names():
        members = HostedMember.objects.using(connection.alias)
        members.exclude(member__in=settings.HOSTED_PROVINCES).delete()
        members.bulk_create(
            [HostedMember(member=code) for code in settings.HOSTED_PROVINCES], ignore_conflicts=True
        )


def hosted_members() -> frozenset[str]:
    """The codes of the members whose facts this node writes, as its database holds everybody to it."""
    return frozenset(HostedMember.objects.values_list("member", flat=True))
