"""The only place that reads the environment."""

import os
import re
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PUBLIC_KEY = re.compile("[0-9a-f]{64}")
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
PASSKEY_DOMAIN = re.compile(rf"localhost|(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}")


def required(name: str) -> str:
    """The value of a variable that has no safe default; a node without it does not start."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"Set the environment variable {name}; docs/operations.md lists all of them."
        )
    return value


def optional(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str) -> bool:
    return os.environ.get(name, "") == "1"


def listed(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def public_keys(name: str) -> dict[str, bytes]:
    """Raw public keys of 32 bytes by the name of their holder, from ``name:hex,name:hex``."""
    found = {}
    for item in listed(name):
        holder, _, digits = item.partition(":")
        if not holder or holder in found or not PUBLIC_KEY.fullmatch(digits):
            raise ImproperlyConfigured(
                f"{name} holds something else than name:64 hexadecimal digits, once a name."
            )
        found[holder] = bytes.fromhex(digits)
    return found


def channel(text: str, *, is_demo: bool) -> str:
    """How messages leave: the https address of a gateway, or nothing; in the demo also ``console`` or ``file:/path``."""
    in_demo = is_demo and (text == "console" or text.startswith("file:/"))
    parts = urlsplit(text)
    plain = parts.scheme == "https" and parts.hostname and not (parts.username or parts.password)
    if text and not in_demo and not plain:
        raise ImproperlyConfigured("SOJOURN_MESSAGES is no https address without user and password.")
    return text


def domains(name: str) -> list[str]:
    """Domains that passkeys may belong to: names of at least two parts, or ``localhost``, and no address of digits."""
    found = listed(name)
    if not all(PASSKEY_DOMAIN.fullmatch(domain) for domain in found):
        raise ImproperlyConfigured(f"{name} holds something else than lower-case domain names.")
    return found


def at_least_one(name: str) -> int:
    """A whole number from 1 on; 1 where none is given."""
    text = os.environ.get(name) or "1"
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ImproperlyConfigured(f"{name} is no whole number from 1 on.")
    return int(text)


def database(url: str) -> dict:
    """Django's database settings from ``postgres://user:password@host:port/name?host=/socket/dir``."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgres:// — PostgreSQL is the only database."
        )
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or (parts.hostname or ""),
        "PORT": query.pop("port", "") or str(parts.port or ""),
        "OPTIONS": query,
    }
