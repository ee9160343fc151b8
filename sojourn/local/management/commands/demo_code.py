"""Tell the code that a sample account's authenticator app would show now."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.core.management.base import BaseCommand, CommandError

from sojourn.accounts import totp
from sojourn.core.clock import now


class Command(BaseCommand):
    help = "Prints the six digits of a sample account's second factor; no other account's."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **_options):
        sample = Authenticator.objects.filter(user__is_sample=True, type=Authenticator.Type.TOTP)
        factor = sample.filter(user__username=username).first()
        if factor is None:
            known = ", ".join(sample.order_by("user__username").values_list("user__username", flat=True))
            raise CommandError(
                f"No sample account {username} with a second factor; there are: {known or 'none'}."
            )
        at = now()
        left = totp.STEP_SECONDS - int(at.timestamp()) % totp.STEP_SECONDS
        self.stdout.write(totp.code_at(decrypt(factor.data["secret"]), totp.step_at(at)))
        self.stderr.write(f"Shown for another {left} seconds; each code opens once.")
