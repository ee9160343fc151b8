"""Compare every row of the search with its sources."""

from django.core.management.base import BaseCommand, CommandError

from providers.search.models import SearchRow
from providers.search.services import stray_rows

SHOWN = 10


class Command(BaseCommand):
    help = "Compares every row of the search with its sources; fails where one differs."

    def handle(self, *_args, **_options) -> None:
        strays = stray_rows()
        if strays:
            some = ", ".join(map(str, strays[:SHOWN]))
            raise CommandError(
                f"{len(strays)} rows differ from their sources (rebuild_search mends them): {some}"
            )
        self.stdout.write(f"All {SearchRow.objects.count()} rows are what their sources say.")
