"""Keeps a failing provider from being asked, so that customers need not wait for it in vain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 5  # in a row, before the provider is left alone
REST = 30.0  # seconds; then one call tries, while the others go on without
LONGEST_REST = 900.0  # seconds, whatever the provider asks for, so that it is found well again


class Circuit:
    """Of one provider in one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until = 0.0
        self._told_until = 0.0  # by the provider: no call that was under way by then takes it back

    def admits(self) -> bool:
        """Whether to ask the provider now. After a rest, of several callers the first one may."""
        with self._lock:
            now = self._clock()
            if now < max(self._rests_until, self._told_until):
                return False
            if self._failures >= FAILURES:
                self._rests_until = now + REST
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0
            self._rests_until = 0.0

    def failed(self, retry_after: float | None) -> None:
        """`retry_after` in seconds, when the provider names it: that is obeyed at once."""
        with self._lock:
            self._failures += 1
            now = self._clock()
            if retry_after:
                until = now + min(retry_after, LONGEST_REST)
                self._told_until = max(self._told_until, until)
            elif self._failures >= FAILURES:
                self._rests_until = max(self._rests_until, now + REST)
