"""After the database was put back to an earlier time: whoever was erased since is erased in it too."""

from django.core.management.base import BaseCommand

from residents.registry import services


class Command(BaseCommand):
    help = "Erases in this database whoever stands on the list of destroyed keys. The web server runs it at its start."

    def handle(self, **_options):
        again = services.erase_again()
        if again:
            self.stdout.write(f"{again} residents had come back with a backup and are erased again.")
