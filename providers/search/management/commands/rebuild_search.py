"""Make every row of the search anew from its sources."""

from django.core.management.base import BaseCommand

from providers.search.services import rebuild_search


class Command(BaseCommand):
    help = "Makes every row of the search anew from its sources."

    def handle(self, *_args, **_options) -> None:
        self.stdout.write(f"{rebuild_search()} rows stand.")
