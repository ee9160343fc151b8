"""Run several commands in one process, which saves starting it anew for each."""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Runs commands one after another, each argument being one with its words; the first failure ends it."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("commands", nargs="+")

    def handle(self, *, commands, **_options):
        for command in commands:
            call_command(*command.split(), stdout=self.stdout, stderr=self.stderr)
