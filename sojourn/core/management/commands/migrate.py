"""Migrate as the owner role, then give the app role its rights."""

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from sojourn.core.grants import apply_grants


class Command(migrate.Command):
    help = "Brings the database to the current schema, and the app role to its rights on it."

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
        with connection.cursor() as cursor:
            apply_grants(cursor)
