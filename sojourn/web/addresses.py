"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The caller's own network address as far as it can be trusted, or "" where it cannot.

    With N trusted proxies the N-th address from the right of X-Forwarded-For counts; with none, a
    request that carries the header came through a proxy nobody declared, and proves nothing.
    """
    forwarded = [
        part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
    ]
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        return forwarded[-proxies] if len(forwarded) >= proxies else ""
    return "" if forwarded else request.META.get("REMOTE_ADDR", "")
