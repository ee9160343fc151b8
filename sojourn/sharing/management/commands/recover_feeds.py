"""After the database was put back to an earlier time: take this node's own pages back from its peers."""

from django.core.management.base import BaseCommand, CommandError

from sojourn.sharing.services.recovering import find_restored, recover_feeds


class Command(BaseCommand):
    help = "Finds own feeds whose database stands behind the vault and takes their signed pages back from the peers."

    def handle(self, **_options):
        restored = find_restored()
        pages = recover_feeds()
        left = find_restored()
        self.stdout.write(f"{restored} feeds stood behind the vault; {pages} pages came back.")
        if left:
            raise CommandError(f"{left} feeds still do: see the alarms.")
