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
        used = _count(key)
        self.reset = WINDOW_SECONDS - elapsed
        request._request.rate_limit = (limit, max(limit - used, 0), self.reset)
        return used <= limit

    def wait(self) -> int:
        return self.reset


def _count(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # the first of this minute; of two firsts that meet here one counts on
        return 1 if cache.add(key, 1, timeout=WINDOW_SECONDS * 2) else _count_again(key)


def _count_again(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # lost at once: let the caller in
        return 1
