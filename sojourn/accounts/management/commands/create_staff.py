"""Open the first staff account of a node."""

import getpass

from django.core.management.base import BaseCommand, CommandError

from sojourn.accounts.services import Post, open_account
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.refusals import Refusal


class Command(BaseCommand):
    help = "Opens a staff account; the passphrase is asked for, never taken from the command line."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--name", default="")
        parser.add_argument("--role", choices=["officer", "auditor", "admin"], default="admin")
        parser.add_argument(
            "--division", default="", help="six-digit code; empty (admin, auditor) is the whole node"
        )

    def handle(self, *, username, name, role, division, **_options):
        passphrase = getpass.getpass("Passphrase: ")
        post = Post(role=Role(role), division_code=division)
        try:
            open_account(username=username, name=name, passphrase=passphrase, post=post, actor=SYSTEM)
        except Refusal as refusal:
            said = [str(refusal), *(str(error["detail"]) for error in refusal.errors)]
            raise CommandError(" ".join(dict.fromkeys(said))) from None
        self.stdout.write(
            f"{username}: {role} {division or 'whole node'}. The second factor is set at first sign-in."
        )
