"""Where a program exchanges its key for an access token: OAuth 2, client credentials alone (RFC 6749, 4.4)."""

import base64
import binascii
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sojourn.accounts import services
from sojourn.accounts.errors import ClientUnproven, GrantUnsupported, SignInLocked, TokenRefused
from sojourn.core.refusals import Refusal
from sojourn.web.access import Access, declared
from sojourn.web.addresses import client_address
from sojourn.web.envelope import MethodNotAllowed, problem

FORM = "application/x-www-form-urlencoded"
LONGEST_BODY = 8192


@dataclass(frozen=True)
class Proof:
    """What a program says it is, and the key that is to prove it."""

    client_id: str
    secret: str = field(repr=False)


@csrf_exempt
@declared(Access.PUBLIC)
def token(request: HttpRequest) -> HttpResponse:
    """An access token for a live key; errors of the protocol as RFC 6749 words them, all others as problems."""
    if request.method != "POST":
        response = problem(MethodNotAllowed())
        response["Allow"] = "POST"
        return response
    try:
        words = _words_of(request)
        if words.get("grant_type") != "client_credentials":
            raise GrantUnsupported("Only client_credentials is supported.")
        proof = _proof_of(request, words)
        issued = services.exchange_key(
            client_id=proof.client_id,
            secret=proof.secret,
            scopes=words["scope"].split() if "scope" in words else None,
            address=client_address(request),
        )
    except TokenRefused as refused:
        return _refused(refused)
    except SignInLocked as locked:
        return problem(locked, wait=int(locked.wait.total_seconds()) + 1)
    except Refusal as refusal:
        return problem(refusal)
    body = {
        "access_token": issued.secret,
        "token_type": "Bearer",
        "expires_in": issued.seconds,
        "scope": " ".join(issued.scopes),
    }
    return _answer(body, 200)


def _words_of(request: HttpRequest) -> dict[str, str]:
    """The parameters of the body, each once; an address is written down in too many places to hold any."""
    if request.GET:
        raise TokenRefused("Parameters belong in the body, not in the address.")
    if request.content_type != FORM or len(request.body) > LONGEST_BODY:
        raise TokenRefused("Send a short body of application/x-www-form-urlencoded.")
    words = dict(request.POST.lists())
    if any(len(values) > 1 for values in words.values()):
        raise TokenRefused("A parameter is repeated.")
    if "grant_type" not in words:
        raise TokenRefused("grant_type is missing.")
    return {name: str(values[0]) for name, values in words.items()}


def _proof_of(request: HttpRequest, words: dict[str, str]) -> Proof:
    """The program's id and key, from the Authorization header or from the body, never from both."""
    header = request.headers.get("Authorization", "")
    if not header:
        if not words.get("client_id") or not words.get("client_secret"):
            raise ClientUnproven("No client authentication was sent.")
        return Proof(words["client_id"], words["client_secret"])
    if "client_secret" in words:
        raise TokenRefused("Prove the client in one way only.")
    scheme, _, coded = header.partition(" ")
    try:
        text = base64.b64decode(coded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    client_id, colon, secret = text.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise ClientUnproven("The Authorization header cannot be read.")
    if words.get("client_id", unquote_plus(client_id)) != unquote_plus(client_id):
        raise TokenRefused("Header and body name different clients.")
    return Proof(unquote_plus(client_id), unquote_plus(secret))


def _refused(refused: TokenRefused) -> HttpResponse:
    response = _answer({"error": refused.code, "error_description": refused.said}, refused.status)
    if refused.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="sojourn", charset="UTF-8"'
    return response


def _answer(body: dict, status: int) -> HttpResponse:
    response = HttpResponse(orjson.dumps(body), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response
