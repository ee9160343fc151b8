"""Wait for a file, so that the commands after it can be loaded before what they need is there."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Ends when a file is there, whoever makes it; without an end of its own, as long as its caller lives."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **_options):
        while not file.exists():
            time.sleep(0.05)
