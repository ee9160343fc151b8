"""Print what the bodies of every resource hold, for whoever writes another node."""

from django.core.management.base import BaseCommand

from sojourn.sharing.describing import resources_page


class Command(BaseCommand):
    help = (
        "Prints docs/protocol/resources.md: the fields of every resource, its share class, ground and reason."
    )

    def handle(self, **_options):
        self.stdout.write(resources_page(), ending="")
