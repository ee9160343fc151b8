"""Run several commands in one process, which saves starting it anew for each."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Runs commands one after another, each argument being one with its words; the first failure ends it."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("commands", nargs="+")
        parser.add_argument(
            "--notes", type=Path, help="a folder that gets a file by the name of each that is done"
        )

    def handle(self, *, commands, notes, **_options):
        for command in commands:
            name, *words = command.split()
            call_command(name, *words, stdout=self.stdout, stderr=self.stderr)
            if notes is not None:
                (notes / name).touch()
