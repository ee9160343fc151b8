"""Migrate as the owner role, then say whom this node hosts and give the app role its rights."""

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from sojourn.core.grants import apply_grants
from sojourn.core.hosting import apply_hosting


class Command(migrate.Command):
    help = "Brings the database to the current schema, its hosted members to the settings, the app role to its rights."

    def handle(self, *args, **options):
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, count(*) FROM pg_roles WHERE rolname = %s", [settings.DATABASE_APP_ROLE]
            )
            user, app_roles = cursor.fetchone()
        if user == settings.DATABASE_APP_ROLE:
            raise CommandError(
                f"Migrate as the owner of the database, not as {user}: set DATABASE_URL to the owner's."
            )
        if not app_roles:
            raise CommandError(f"The role {settings.DATABASE_APP_ROLE} is missing: see docs/operations.md.")
        super().handle(*args, **options)
        apply_hosting(connection)
        with connection.cursor() as cursor:
            apply_grants(cursor)
