"""How eventlet's web sockets read: unmasked in bulk, bounded, and in turn with the others."""

from __future__ import annotations

import time
from typing import Any

import eventlet
from eventlet.websocket import FailedConnectionError, RFC6455WebSocket

from backend.launcher.masking import unmask

FRAMES = 400  # at once, control frames and fragments too
FRAMES_A_SECOND = 100
_YIELD_EVERY = 8  # frames

_recv_frame = RFC6455WebSocket._recv_frame  # noqa: SLF001 - there is no other way in


def improve() -> None:
    """Replace what eventlet does byte by byte and without bounds."""
    RFC6455WebSocket._apply_mask = staticmethod(unmask)  # noqa: SLF001
    RFC6455WebSocket._recv_frame = _bounded_recv_frame  # noqa: SLF001


def _bounded_recv_frame(self: Any, message: Any = None) -> Any:
    now = time.monotonic()
    left, since, count = getattr(self, "budget", (FRAMES, now, 0))
    left = min(FRAMES, left + (now - since) * FRAMES_A_SECOND) - 1
    self.budget = left, now, count + 1
    if left < 0:
        raise FailedConnectionError(1008, "Too many frames.")
    if count % _YIELD_EVERY == 0:
        eventlet.sleep(0)
    frame = _recv_frame(self, message)
    if frame is message and sum(map(len, frame.data)) > self.max_frame_length:
        raise FailedConnectionError(1009, "The message is too long.")
    return frame
