"""How often one caller may ask: by account when signed in, by address otherwise; open when Redis is down."""

import time

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

WINDOW_SECONDS = 60


class ByActor(BaseThrottle):
    """A fixed window of a minute, counted in the cache, told to the caller in RateLimit headers."""

    def allow_request(self, request, view) -> bool:
        scope = "signed_in" if request.user.is_authenticated else "public"
        limit = settings.SOJOURN_REQUESTS_A_MINUTE[scope]
        who = str(request.user.pk) if request.user.is_authenticated else self.get_ident(request)
        window, elapsed = divmod(int(time.time()), WINDOW_SECONDS)
        key = f"throttle:{getattr(view, 'throttle_scope', 'api')}:{who}:{window}"
        cache.add(key, 0, timeout=WINDOW_SECONDS * 2)
        used = _count(key)
        self.reset = WINDOW_SECONDS - elapsed
        request._request.rate_limit = (limit, max(limit - used, 0), self.reset)
        return used <= limit

    def wait(self) -> int:
        return self.reset


def _count(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # the key was lost between add and incr: let the caller in
        return 1
