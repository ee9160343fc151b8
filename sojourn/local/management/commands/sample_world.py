"""Fill a local node with the sample world."""

from django.core.management.base import BaseCommand

from sojourn.core.actors import SYSTEM
from sojourn.local.sample.families import write_families
from sojourn.local.sample.people import open_sample_accounts
from sojourn.local.sample.sizes import SIZES
from sojourn.local.sample.writer import Outcome, write_residents, write_world


class Command(BaseCommand):
    help = (
        "Makes the sample world: invented operators, facilities, residents and families, marked as sample; the same for"
        " the same seed."
    )

    def add_arguments(self, parser):
        parser.add_argument("size", choices=list(SIZES))
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, size, seed, **_options):
        outcome = write_world(SIZES[size], seed)
        self.stdout.write(f"The {size} sample world of seed {seed}: {outcome.value}.")
        if outcome is Outcome.ANOTHER_STANDS:
            self.stdout.write("It was left as it is; make demo-reset starts over.")
        else:
            self.stdout.write(f"Its residents: {write_residents(SIZES[size], seed).value}.")
        sign_ins = open_sample_accounts(actor=SYSTEM)
        self.stdout.write(f"{len(sign_ins)} sample accounts can sign in.")
        self.stdout.write(f"Its families: {write_families().value}.")
