"""Load the reference data of every room into this node."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from sojourn.core.actors import SYSTEM


class Command(BaseCommand):
    help = "Load the reference data of every room; a list that did not change is not touched."

    def handle(self, *args, **options) -> None:
        for name in settings.SOJOURN_REFERENCE_LOADERS:
            rows = import_string(name)(actor=SYSTEM)
            self.stdout.write(
                f"{name.rsplit('.', 2)[0]}: {rows} rows" if rows else f"{name.rsplit('.', 2)[0]}: unchanged"
            )
