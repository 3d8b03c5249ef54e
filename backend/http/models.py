"""The stored form of rate limits."""

from __future__ import annotations

from backend.common.documents import index, validator

COUNTS = "rate_limits"
VALIDATORS = {COUNTS: validator({"_id": "string", "count": "int", "expireAt": "date"})}
INDEXES = {COUNTS: [index(("expireAt", 1), expireAfterSeconds=0)]}
