"""Bring the feeds of a node to what the catalogue and the member registry say."""

from django.core.management.base import BaseCommand

from sojourn.sharing.services.membership import beat_hearts, load_registry, open_feeds


class Command(BaseCommand):
    help = "Takes the member registry this node was set up with and opens every feed it writes or follows."

    def handle(self, **_options):
        edition = load_registry()
        opened = open_feeds()
        beat_hearts()
        self.stdout.write(f"Registry edition {edition or '-'}; {opened} feeds are new.")
