"""What sockets may send before anything reads it, and how long they may stay without a login."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

import socketio

from backend.platform.metrics import SOCKETS_CLOSED

log = logging.getLogger(__name__)

PACKETS = 200  # at once
PACKETS_A_SECOND = 50
PACKET_BYTES = 1024  # a longer one counts as several
LOGIN_SECONDS = 10.0
WAITING = 100  # sockets of one address that have not logged in
_BINARY = ("5", "6")  # clients send no attachments, of which millions can be announced


@dataclass(slots=True)
class _Budget:
    left: float
    since: float

    def spend(self, cost: float) -> bool:
        """False when more was sent than is allowed."""
        now = time.monotonic()
        self.left = min(PACKETS, self.left + (now - self.since) * PACKETS_A_SECOND) - cost
        self.since = now
        return self.left >= 0


class Packets:
    """Stands between Engine.IO and Socket.IO."""

    def __init__(self, server: socketio.Server) -> None:
        self._server = server
        self._budgets: dict[str, _Budget] = {}
        self._waiting: dict[str, tuple[str, float]] = {}  # address and time, until the login
        engine = server.eio
        self._on_connect = engine.handlers["connect"]
        self._on_message = engine.handlers["message"]
        self._on_disconnect = engine.handlers["disconnect"]
        engine.on("connect", self._connect)
        engine.on("message", self._message)
        engine.on("disconnect", self._disconnect)

    def end_without_login(self) -> None:
        """Close the sockets that have not logged in in time. To be run periodically."""
        until = time.monotonic() - LOGIN_SECONDS
        for sid, (_, since) in list(self._waiting.items()):
            if since < until:
                self._close(sid, "no_login")

    def _connect(self, sid: str, environ: dict[str, Any]) -> object:
        address = environ.get("REMOTE_ADDR", "")
        if sum(other == address for other, _ in self._waiting.values()) >= WAITING:
            SOCKETS_CLOSED.labels("address").inc()
            return False
        now = time.monotonic()
        self._waiting[sid] = address, now
        self._budgets[sid] = _Budget(PACKETS, now)
        return self._on_connect(sid, environ)

    def _message(self, sid: str, data: str | bytes) -> None:
        budget = self._budgets.get(sid)
        if budget is None:  # closed already
            return
        if not budget.spend(1 + len(data) // PACKET_BYTES):
            self._close(sid, "rate")
            return
        if isinstance(data, bytes) or data.startswith(_BINARY):
            self._close(sid, "malformed")
            return
        try:
            self._on_message(sid, data)
        except Exception as error:  # noqa: BLE001 - of any type; handlers have their own
            log.debug("malformed packet: %r", error)
            self._close(sid, "malformed")
            return
        if sid in self._waiting and self._server.manager.sid_from_eio_sid(sid, "/"):
            del self._waiting[sid]

    def _disconnect(self, sid: str, reason: str) -> None:
        self._forget(sid)
        self._on_disconnect(sid, reason)

    def _close(self, sid: str, reason: str) -> None:
        SOCKETS_CLOSED.labels(reason).inc()
        self._forget(sid)
        self._server.start_background_task(self._server.eio.disconnect, sid)

    def _forget(self, sid: str) -> None:
        self._budgets.pop(sid, None)
        self._waiting.pop(sid, None)
