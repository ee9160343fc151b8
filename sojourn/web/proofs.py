"""How long ago whoever sits here proved that it is she, and the way to prove it anew before a verb is done."""

import time
from datetime import UTC, datetime

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string

MINUTE = 60
# How a proof by passkey is marked in the record, beside the kinds that allauth knows.
PASSKEY = "passkey"


def proofs_of_second_factor(request: HttpRequest) -> list[float]:
    """When this session proved a second factor, by the record that allauth keeps of its steps.

    It must be one that is still set: when an app or a passkey is removed, every session that it opened is back
    at the passphrase. A recovery code counts as long as what it stands in for.
    """
    since = getattr(request.user, "second_factor_since", None)
    passkeys = getattr(request.user, "passkey_ids", None) or ()
    return [
        step["at"]
        for step in get_authentication_records(request, request.user)
        if step.get("method") == "mfa"
        and since is not None
        and since <= datetime.fromtimestamp(step["at"], UTC)
        and (step.get("type") != PASSKEY or step.get("id") in passkeys)
    ]


def needs_new_proof(request: HttpRequest) -> bool:
    """Whether the second factor was proved too long ago for a verb (the rule's minutes).

    What is sent may be as much older as a session may be idle: the form was opened in time, and what was typed
    into it is not lost.
    """
    proofs = proofs_of_second_factor(request)
    longest = import_string(settings.SOJOURN_PROOF_MINUTES)() * MINUTE
    if request.method == "POST":
        longest += settings.STAFF_IDLE_SECONDS
    return not proofs or time.time() - max(proofs) > longest


def prove_first(request: HttpRequest) -> HttpResponse:
    """She is asked for a code, and comes back to the form; nothing of what was sent is kept meanwhile."""
    return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.path})}")
