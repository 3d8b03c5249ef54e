"""How often anybody may ask. Shared between processes when REDIS_URL is set, else in memory."""

from __future__ import annotations

import logging
import math
import re
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

from backend.errors import RateLimited

# Redis is near, and every request waits for it.
REDIS_TIMEOUT = 1.0  # seconds
RETRY_AFTER = 5.0  # seconds in which nobody waits for a Redis that has just failed

log = logging.getLogger(__name__)

LOGIN_ACCOUNT = RateLimitItemPerMinute(10, namespace="login-account")
LOGIN_ADDRESS = RateLimitItemPerMinute(60, namespace="login-address")
WEB_VISITOR = RateLimitItemPerMinute(30, namespace="web-visitor")
WEB_ADDRESS = RateLimitItemPerMinute(600, namespace="web-address")
API_AGENT = RateLimitItemPerMinute(3_000, namespace="api-agent")


class RateLimits:
    def __init__(self, redis_url: str | None) -> None:
        self._local = FixedWindowRateLimiter(MemoryStorage())
        self._shared = FixedWindowRateLimiter(_storage(redis_url)) if redis_url else self._local
        self._away_until = 0.0  # monotonic

    def count(self, limit: RateLimitItem, who: str) -> None:
        """Count one request. Raises RateLimited when it is one too many.

        While Redis is away each process counts for itself: a limit that is too lenient for a
        moment beats a desk that does not answer.
        """
        if time.monotonic() >= self._away_until:
            try:
                return self._count(self._shared, limit, who)
            except RateLimited:
                raise
            except Exception as error:  # noqa: BLE001 - whatever Redis and its client throw
                log.warning("rate limits count locally: %s", type(error).__name__)
                self._away_until = time.monotonic() + RETRY_AFTER
        return self._count(self._local, limit, who)

    @staticmethod
    def _count(limiter: FixedWindowRateLimiter, limit: RateLimitItem, who: str) -> None:
        if not limiter.hit(limit, who):
            reset_at = limiter.get_window_stats(limit, who).reset_time
            raise RateLimited(max(1, math.ceil(reset_at - time.time())))


def _storage(redis_url: str) -> RedisStorage:
    # The library's name for what everybody else calls unix://.
    url = re.sub("^unix://", "redis+unix://", redis_url)
    return RedisStorage(url, socket_timeout=REDIS_TIMEOUT, socket_connect_timeout=REDIS_TIMEOUT)
