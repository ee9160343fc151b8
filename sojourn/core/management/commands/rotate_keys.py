"""Bring what older keys lock under the newest ones, to its end."""

from django.core.management.base import BaseCommand

from sojourn.core.services import needed_keys, rotate_keys, unfinished_rotations


class Command(BaseCommand):
    help = "Bring what older keys of the keyring lock under the newest ones; nothing stops meanwhile."

    def handle(self, *_args, **_options) -> None:
        """Go on until nothing is left that somebody else is not doing; say what is, and what needs each older key."""
        while rotate_keys():
            pass
        for line in unfinished_rotations():
            self.stdout.write(line)
        for key, needing in needed_keys().items():
            for what in needing:
                self.stdout.write(f"{key}: {what}")
            if not needing:
                self.stdout.write(f"{key}: nothing; retire_key {key} takes it away")
        self.stdout.write("unfinished" if unfinished_rotations() else "every row stands under the newest key")
