"""Bring what older keys lock under the newest ones, to its end."""

from django.core.management.base import BaseCommand

from sojourn.core.services import rotate_keys, unfinished_rotations


class Command(BaseCommand):
    help = "Bring what older keys of the keyring lock under the newest ones; nothing stops meanwhile."

    def handle(self, *_args, **_options) -> None:
        """Go on until nothing is left that somebody else is not doing, and say what still is."""
        while rotate_keys():
            pass
        for line in unfinished_rotations():
            self.stdout.write(line)
        self.stdout.write(
            "unfinished" if unfinished_rotations() else "every row that is walked stands under the newest key"
        )
