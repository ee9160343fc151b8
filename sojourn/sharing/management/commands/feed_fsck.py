"""Check every feed of this node: chains, signatures, versions, markers, rows and watermarks."""

from django.core.management.base import BaseCommand, CommandError

from sojourn.sharing.services.checking import faults


class Command(BaseCommand):
    help = "Says everything that is wrong with the feeds of this node, and fails if anything is."

    def handle(self, **_options):
        found = 0
        for fault in faults():
            found += 1
            self.stdout.write(str(fault))
        if found:
            raise CommandError(f"{found} faults.")
        self.stdout.write("Every feed is whole.")
