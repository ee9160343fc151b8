"""The verbs of API accounts: opened for a holder, given keys, exchanged for tokens, revoked at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from sojourn.accounts import lockout, policy
from sojourn.accounts.errors import (
    BeyondYourReach,
    ClientClosed,
    ClientUnproven,
    HolderUnknown,
    KeyRevoked,
    KeysHeld,
    ScopeRefused,
    ScopeUnknown,
    TooManyTokens,
)
from sojourn.accounts.holders import holder_numbered
from sojourn.accounts.models import MOST_LIVE_KEYS, AccessToken, ApiClient, ApiKey
from sojourn.accounts.secrets import digest_of, fresh
from sojourn.accounts.services.staffing import forgive_try, take_try
from sojourn.core import scopes as offered
from sojourn.core.actors import Actor
from sojourn.core.clock import now, today
from sojourn.core.refusals import Invalid
from sojourn.core.trail import record
from sojourn.provinces.rules import rule

KEY_PREFIX, TOKEN_PREFIX = "sjk_", "sjt_"
LONGEST_SECRET = 200
MOST_TOKENS_A_KEY = 50


@dataclass(frozen=True)
class IssuedKey:
    """A new key. ``secret`` is told this once: only its digest is kept."""

    key: ApiKey
    secret: str = field(repr=False)


@dataclass(frozen=True)
class IssuedToken:
    """A new access token, how many seconds it opens, and what."""

    secret: str = field(repr=False)
    seconds: int
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Grant:
    """What a request's token lets its program do."""

    client: ApiClient
    scopes: frozenset[str]


# --- looked after by an administrator -----------------------------------------------------------------
@transaction.atomic
def open_client(
    *, name: str, holder_kind: str, number: str, scopes: Sequence[str], actor: Actor
) -> ApiClient:
    """Open an API account for the holder with this number; without a key it opens nothing."""
    holder = holder_numbered(holder_kind, number)
    if holder is None:
        raise HolderUnknown(errors=[_wrong("number", HolderUnknown)])
    if not policy.can_grant(actor, holder.division_code):
        raise BeyondYourReach
    client = ApiClient.objects.create(
        name=name,
        holder_kind=holder_kind,
        holder_id=holder.id,
        holder_number=holder.number,
        division_code=holder.division_code,
        scopes=_known(scopes),
    )
    record(
        action="client.opened",
        actor=actor,
        subject=client,
        holder=holder_kind,
        number=holder.number,
        scopes=client.scopes,
    )
    return client


@transaction.atomic
def change_scopes(*, client_id: UUID, scopes: Sequence[str], actor: Actor) -> ApiClient:
    """The program may do this from now on, and nothing else; tokens it already holds lose what was taken away."""
    client = _looked_after(client_id, actor)
    before, client.scopes = client.scopes, _known(scopes)
    client.save(update_fields=["scopes"])
    facts = {"before": {"scopes": before}, "after": {"scopes": client.scopes}}
    record(action="client.scopes_changed", actor=actor, subject=client, **facts)
    return client


@transaction.atomic
def issue_key(*, client_id: UUID, actor: Actor) -> IssuedKey:
    """Give the program a key, beside the one it may have, until a day that the rule sets; it is shown this once."""
    client = _looked_after(client_id, actor)
    for key in client.keys.locked().filter(revoked_at__isnull=True, expires_on__lte=today()):
        key.revoked_at = now()
        key.save(update_fields=["revoked_at"])
    taken = set(client.keys.filter(revoked_at__isnull=True).values_list("place", flat=True))
    free = [place for place in range(1, MOST_LIVE_KEYS + 1) if place not in taken]
    if not free:
        raise KeysHeld
    secret = fresh(KEY_PREFIX)
    expires_on = today() + timedelta(days=rule("api_key_days", on=today()))
    key = ApiKey.objects.create(client=client, place=free[0], digest=digest_of(secret), expires_on=expires_on)
    record(
        action="key.issued", actor=actor, subject=key, client=str(client.pk), until=f"{expires_on:%Y-%m-%d}"
    )
    return IssuedKey(key, secret)


@transaction.atomic
def revoke_key(*, key_id: UUID, actor: Actor) -> ApiKey:
    """The key and every token it was exchanged for open nothing from this moment on."""
    key = ApiKey.objects.locked().select_related("client").get(pk=key_id)
    if not may_look_after_client(actor, key.client):
        raise BeyondYourReach
    if key.revoked_at is not None:
        raise KeyRevoked
    key.revoked_at = now()
    key.save(update_fields=["revoked_at"])
    key.tokens.all().delete()
    record(action="key.revoked", actor=actor, subject=key, client=str(key.client_id))
    return key


@transaction.atomic
def close_client(*, client_id: UUID, actor: Actor) -> ApiClient:
    """The program is shut out for good: no key and no token of its account opens anything any more."""
    client = _looked_after(client_id, actor)
    client.closed_at = now()
    client.save(update_fields=["closed_at"])
    for key in client.keys.locked().filter(revoked_at__isnull=True):
        key.revoked_at = client.closed_at
        key.save(update_fields=["revoked_at"])
        key.tokens.all().delete()
    record(action="client.closed", actor=actor, subject=client)
    return client


# --- used by the program ------------------------------------------------------------------------------
def exchange_key(*, client_id: str, secret: str, scopes: Sequence[str] | None, address: str) -> IssuedToken:
    """The program proves its key and gets a token for some minutes, for all its scopes or for those it asks for.

    Every try counts before it is known whether it succeeds; SignInLocked where too many failed.
    """
    locks = lockout.of_program(client_id, address)
    take_try(locks=locks)
    key_id = _key_of(client_id, secret)
    if key_id is None:
        raise ClientUnproven("Unknown client, or not one of its live keys.")
    forgive_try(locks=locks)
    return _issue_token(key_id, scopes)


def grant_of(token: str) -> Grant | None:
    """What this token lets its program do at this moment; None where it opens nothing, or nothing any more."""
    if len(token) > LONGEST_SECRET:
        return None
    live = AccessToken.objects.live_at(now(), today()).select_related("key__client")
    found = live.filter(digest=digest_of(token)).first()
    if found is None:
        return None
    client = found.key.client
    return Grant(client, frozenset(found.scopes) & frozenset(client.scopes))


def forget_tokens(*, at: datetime) -> int:
    """Tokens that have run out are gone."""
    deleted, _ = AccessToken.objects.filter(expires_at__lte=at).delete()
    return deleted


@transaction.atomic
def _issue_token(key_id: UUID, scopes: Sequence[str] | None) -> IssuedToken:
    key = ApiKey.objects.locked().live_on(today()).select_related("client").filter(pk=key_id).first()
    if key is None:  # revoked since it was proved
        raise ClientUnproven("Unknown client, or not one of its live keys.")
    granted = tuple(key.client.scopes if scopes is None else dict.fromkeys(scopes))
    if not granted or not set(granted) <= set(key.client.scopes):
        raise ScopeRefused("The client was not given this scope.")
    if key.tokens.filter(expires_at__gt=now()).count() >= MOST_TOKENS_A_KEY:
        raise TooManyTokens
    secret, lasting = fresh(TOKEN_PREFIX), timedelta(minutes=rule("api_token_minutes", on=today()))
    AccessToken.objects.create(
        digest=digest_of(secret), key=key, scopes=list(granted), expires_at=now() + lasting
    )
    if key.last_used_on != today():
        key.last_used_on = today()
        key.save(update_fields=["last_used_on"])
    return IssuedToken(secret, int(lasting.total_seconds()), granted)


def _key_of(client_id: str, secret: str) -> UUID | None:
    try:
        identity = UUID(client_id)
    except ValueError:
        return None
    # In one spelling only: each other one would have tries of its own.
    if str(identity) != client_id or len(secret) > LONGEST_SECRET:
        return None
    live = ApiKey.objects.live_on(today()).filter(client_id=identity, digest=digest_of(secret))
    return live.values_list("pk", flat=True).first()


# --- what they rest on --------------------------------------------------------------------------------
def may_look_after_client(actor: Actor, client: ApiClient) -> bool:
    """Whether this actor may give this account keys, change its scopes and close it."""
    return policy.can_grant(actor, client.division_code)


def _looked_after(client_id: UUID, actor: Actor) -> ApiClient:
    client = ApiClient.objects.locked().get(pk=client_id)
    if not may_look_after_client(actor, client):
        raise BeyondYourReach
    if client.closed_at is not None:
        raise ClientClosed
    return client


def _known(scopes: Sequence[str]) -> list[str]:
    """The scopes without doubles, in order; each must be one that a room offers."""
    if not scopes or not set(scopes) <= set(offered.registered()):
        raise ScopeUnknown(errors=[_wrong("scopes", ScopeUnknown)])
    return sorted(set(scopes))


def _wrong(name: str, refusal: type[Invalid]) -> dict:
    return {"field": name, "code": refusal.code, "detail": refusal.title}
