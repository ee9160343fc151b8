"""`manage.py messages`: keep the English catalogue in step with what the sources say."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sojourn.web import catalogue


class Command(BaseCommand):
    help = "Collect the messages in use, update the English catalogue and compile it."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument(
            "--check", action="store_true", help="change nothing, fail where English is lacking"
        )
        only.add_argument("--compile", action="store_true", help="only compile what is there")

    def handle(self, *args, check: bool, compile: bool, **options) -> None:
        """Bring the catalogue up to date, or say what it lacks."""
        path = settings.ROOT / catalogue.ENGLISH
        kept = catalogue.read(path)
        if check:
            self._refuse_gaps(kept)
            return
        if not compile:
            kept = catalogue.merge(kept, catalogue.collect(settings.ROOT))
            path.write_bytes(catalogue.written(kept))
        path.with_suffix(".mo").write_bytes(catalogue.compiled(kept))
        self.stdout.write(f"{catalogue.said(kept)} messages in English")

    def _refuse_gaps(self, kept: catalogue.Catalog) -> None:
        lacking = catalogue.gaps(kept, catalogue.collect(settings.ROOT))
        lacking += catalogue.unmarked_templates(settings.ROOT)
        if lacking:
            raise CommandError("\n".join([*lacking, f"{len(lacking)} places lack English"]))
        self.stdout.write("the English catalogue is complete")
