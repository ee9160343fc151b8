"""Check that the sealed days of the trail are whole."""

from django.core.management.base import BaseCommand, CommandError

from sojourn.core.models import TrailSeal
from sojourn.core.services import broken_seals

REASONS = {
    "chain": "its seal does not continue the seal of the day before",
    "entries": "entries were added or removed",
    "digest": "an entry, or the seal itself, was changed",
}


class Command(BaseCommand):
    help = "Verifies every seal of the trail; names the broken days and ends with status 1 if there is one."

    def handle(self, **_options) -> None:
        broken = broken_seals()
        if broken:
            raise CommandError("\n".join(f"{seal.day}: {REASONS[seal.reason]}" for seal in broken))
        last = TrailSeal.objects.order_by("day").last()
        if last is None:
            self.stdout.write("No day is sealed yet.")
            return
        self.stdout.write(f"{TrailSeal.objects.count()} days are whole; the last is {last.day} {last.digest}")
