"""What each socket sent last, to ignore repetitions before anything is read for them."""

from __future__ import annotations

import time
from collections.abc import Hashable

EVERY = 1.0  # seconds in which a socket is served once


class Recent:
    def __init__(self) -> None:
        self._said: dict[str, tuple[Hashable, float]] = {}  # by socket, with its monotonic time

    def of(self, socket_id: str) -> Hashable:
        """Return what was remembered of the socket within the last second, else None."""
        said, at = self._said.get(socket_id, (None, 0.0))
        return said if time.monotonic() - at < EVERY else None

    def remember(self, socket_id: str, said: Hashable) -> None:
        self._said[socket_id] = said, time.monotonic()

    def forget(self, socket_id: str) -> None:
        self._said.pop(socket_id, None)
