"""Counts that stop at a bound, and a memory of those that reached it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import bson
from pymongo.collection import Collection

from backend.common.reading import Reading, all_of

# How many matches are counted exactly; beyond that `totalIsExact` is false. Also how deep page
# numbers reach: skipping costs as much as reading, a cursor does not.
MAX_COUNTED = 10_000
REMEMBERED_FOR = 30.0  # seconds
MAX_REMEMBERED = 1_000  # counts

_BY_ID = [("_id", 1)]


class RecentCounts:
    """Counts of the last REMEMBERED_FOR seconds. When full, the least recently used one goes."""

    def __init__(self, size: int = MAX_REMEMBERED) -> None:
        self._size = size
        self._counts: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> int | None:
        with self._lock:
            count, until = self._counts.get(key, (0, 0.0))
            if until <= time.monotonic():
                return None
            self._counts.move_to_end(key)
            return count

    def put(self, key: Hashable, count: int) -> None:
        with self._lock:
            self._counts[key] = count, time.monotonic() + REMEMBERED_FOR
            self._counts.move_to_end(key)
            if len(self._counts) > self._size:
                self._counts.popitem(last=False)

    def get_or_count(self, key: Hashable, count: Callable[[], int]) -> int:
        """Return the remembered count, which may be out of date."""
        known = self.get(key)
        if known is None:
            known = count()
            self.put(key, known)
        return known


# By collection and filter: the bounds that were exceeded.
_exceeded = RecentCounts()


def count_up_to(
    collection: Collection[Any], reading: Reading, most: int, key: Hashable | None = None
) -> int:
    """Count exactly up to `most`; return `most + 1` for more.

    More than `most` is remembered, so that it is not counted again at once. `key` identifies the
    filters; give one when they contain the current time.
    """
    matching = all_of(reading.filters)
    key = (collection.full_name, bson.encode(matching) if key is None else key)
    known = _exceeded.get(key)
    if known is not None and known >= most:
        return most + 1
    if not matching:  # without a hint, counting all documents reads them
        reading = Reading([], _BY_ID)
    total = reading.count(collection, most + 1)
    if total > most:
        _exceeded.put(key, most)
    return total


def count_matches(
    collection: Collection[Any], reading: Reading, key: Hashable | None = None
) -> int:
    """Count for a list's total: exactly up to MAX_COUNTED."""
    if not any(reading.filters) and collection.estimated_document_count() > MAX_COUNTED:
        return MAX_COUNTED + 1
    return count_up_to(collection, reading, MAX_COUNTED, key)
