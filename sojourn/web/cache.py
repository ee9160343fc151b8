"""A cache that may be lost at any moment."""

import time

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

REST_SECONDS = 5.0
CONNECT_SECONDS = 0.25


class ForgivingRedisCache(RedisCache):
    """Redis as a cache that answers "nothing here" while Redis is down.

    Pages, API reads and throttles must go on without it (throttles stay open). After a failure it is
    left alone for a few seconds, so that a dead server costs one connection attempt, not one a request.
    """

    _resting_until = 0.0

    def __init__(self, server, params):
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_connect_timeout", CONNECT_SECONDS)
        options.setdefault("socket_timeout", 1.0)
        super().__init__(server, params)

    def _attempt(self, operation, otherwise, *args, **kwargs):
        if time.monotonic() < self._resting_until:
            return otherwise
        try:
            return operation(*args, **kwargs)
        except (RedisError, OSError):
            type(self)._resting_until = time.monotonic() + REST_SECONDS
            return otherwise

    def get(self, key, default=None, version=None):
        return self._attempt(super().get, default, key, default, version)

    def get_many(self, keys, version=None):
        return self._attempt(super().get_many, {}, keys, version)

    def set(self, key, value, *args, **kwargs):
        return self._attempt(super().set, None, key, value, *args, **kwargs)

    def set_many(self, data, *args, **kwargs):
        return self._attempt(super().set_many, list(data), data, *args, **kwargs)

    def add(self, key, value, *args, **kwargs):
        return self._attempt(super().add, True, key, value, *args, **kwargs)

    def incr(self, key, delta=1, version=None):
        return self._attempt(super().incr, delta, key, delta, version)

    def touch(self, key, *args, **kwargs):
        return self._attempt(super().touch, False, key, *args, **kwargs)

    def delete(self, key, version=None):
        return self._attempt(super().delete, False, key, version)

    def delete_many(self, keys, version=None):
        return self._attempt(super().delete_many, None, keys, version)

    def has_key(self, key, version=None):
        return self._attempt(super().has_key, False, key, version)

    def clear(self):
        return self._attempt(super().clear, False)
