"""Take an older key out of this machine's keyring, once nothing needs it."""

from django.core.management.base import BaseCommand, CommandError

from sojourn.core.keyring import KeyMissing
from sojourn.core.services import retire_key


class Command(BaseCommand):
    help = "Take an older key out of the keyring of this machine, if nothing in the database needs it."

    def add_arguments(self, parser) -> None:
        parser.add_argument("name", help="the key's name, such as 440000-1")

    def handle(self, *_args, name: str, **_options) -> None:
        """Walk its purpose once more and count; take the file away, or say what still needs it and leave it."""
        try:
            needing = retire_key(name=name)
        except KeyMissing:
            raise CommandError("there is no such key in the keyring") from None
        if needing:
            raise CommandError("\n".join([f"{name} stays, it is needed by:", *needing]))
        self.stdout.write(f"{name} is gone from this machine's keyring")
