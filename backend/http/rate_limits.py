"""Rate limits, counted in Redis when REDIS_URL is set, else in the database, so that
processes share the counts and a restart keeps them.
"""

from __future__ import annotations

import logging
import math
import re
import time
from hashlib import sha256
from typing import Any

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.storage.mongodb import MongoDBStorageBase
from limits.strategies import FixedWindowRateLimiter
from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from backend.common.documents import Db
from backend.common.errors import RateLimited, does_not_answer
from backend.http.models import COUNTS

# Redis is near, and every request waits for it.
REDIS_TIMEOUT = 1.0  # seconds
RETRY_AFTER = 5.0  # seconds in which a storage that has failed is not asked again

log = logging.getLogger(__name__)

LOGIN_ACCOUNT = RateLimitItemPerMinute(10, namespace="login-account")
LOGIN_ADDRESS = RateLimitItemPerMinute(60, namespace="login-address")
WEB_VISITOR = RateLimitItemPerMinute(30, namespace="web-visitor")
WEB_ADDRESS = RateLimitItemPerMinute(600, namespace="web-address")
API_AGENT = RateLimitItemPerMinute(3_000, namespace="api-agent")


class RateLimits:
    def __init__(self, redis_url: str | None, db: Db) -> None:
        self._local = FixedWindowRateLimiter(MemoryStorage())
        self._shared = FixedWindowRateLimiter(_redis(redis_url) if redis_url else _Counts(db))
        self._has_redis = redis_url is not None
        self._away_until = 0.0  # monotonic

    def count(self, limit: RateLimitItem, who: str) -> None:
        """Count one request. Raises RateLimited beyond the limit.

        While Redis is away, or the database takes no writes, each process counts for itself: a
        limit that is too lenient for a moment beats a desk that does not answer. A database that
        does not answer at all is the request's own problem, and PyMongo's error comes through.
        """
        if self._is_shared(limit) and time.monotonic() >= self._away_until:
            try:
                return self._count(self._shared, limit, who)
            except RateLimited:
                raise
            except Exception as error:
                if isinstance(error, PyMongoError) and does_not_answer(error):
                    raise
                log.warning("rate limits count locally: %s", type(error).__name__)
                self._away_until = time.monotonic() + RETRY_AFTER
        return self._count(self._local, limit, who)

    def _is_shared(self, limit: RateLimitItem) -> bool:
        # A write for each request would make the read of a ticket a sixth slower, for a limit
        # that only guards against programs that run wild.
        return self._has_redis or limit is not API_AGENT

    @staticmethod
    def _count(limiter: FixedWindowRateLimiter, limit: RateLimitItem, who: str) -> None:
        # Hashed, because a typed e-mail address may be a password in the wrong field.
        key = sha256(who.encode()).hexdigest()
        if not limiter.hit(limit, key):
            reset_at = limiter.get_window_stats(limit, key).reset_time
            raise RateLimited(max(1, math.ceil(reset_at - time.time())))


class _Counts(MongoDBStorageBase):
    """The library's counters, through the application's own client and beside its collections."""

    def __init__(self, db: Db) -> None:
        super().__init__("", db.name, counter_collection_name=COUNTS)
        # Without waiting for the disk or another member: a crash costs one count.
        self._db = db.with_options(write_concern=WriteConcern(w=1, j=False))

    @property
    def _database(self) -> Any:
        return self._db

    def _init_mongo_client(self, *_args: Any, **_options: Any) -> Any:
        return self._db.client

    def __del__(self) -> None:
        """Does nothing: the client belongs to the application."""


def _redis(redis_url: str) -> RedisStorage:
    # The library's name for unix://.
    url = re.sub("^unix://", "redis+unix://", redis_url)
    return RedisStorage(url, socket_timeout=REDIS_TIMEOUT, socket_connect_timeout=REDIS_TIMEOUT)
