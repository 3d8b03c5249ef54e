"""The agents' sockets of this process; closes those whose session or token has ended."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_socketio import SocketIO

from backend.agents.service import AgentService
from backend.auth.tokens import Access
from backend.common.actor import Actor
from backend.common.documents import utcnow
from backend.realtime.viewers import LASTS, Viewers

log = logging.getLogger(__name__)

SWEEP = 1.0  # seconds between checks for sockets to close
LOOK_BACK = timedelta(seconds=5)  # tolerated difference between the clocks of processes
RENEWAL = LASTS / 3


@dataclass(slots=True)
class Connection:
    actor: Actor
    session_id: str
    expires_at: datetime


class Connections:
    """Closes each socket when its token, session or account ends."""

    def __init__(self, socketio: SocketIO, agents: AgentService, viewers: Viewers) -> None:
        self._socketio = socketio
        self._agents = agents
        self._viewers = viewers
        self._open: dict[str, Connection] = {}
        self._looked_at = self._renewed_at = utcnow()

    def add(self, sid: str, actor: Actor, access: Access) -> None:
        self._open[sid] = Connection(actor, access.session_id, access.expires_at)

    def actor_of(self, sid: str) -> Actor | None:
        """Return the agent of the socket; None for a visitor's."""
        connection = self._open.get(sid)
        return connection.actor if connection else None

    def remove(self, sid: str) -> None:
        self._open.pop(sid, None)

    def renew(self, sid: str, access: Access) -> bool:
        """Keep the connection open for a new token of the same session."""
        connection = self._open.get(sid)
        if connection is None or connection.session_id != access.session_id:
            return False
        connection.expires_at = access.expires_at
        return True

    def look(self) -> None:
        """Close the sockets that have ended, and renew the views of the others."""
        now = utcnow()
        self._close_ended(self._looked_at - LOOK_BACK, now)
        self._looked_at = now
        if now - self._renewed_at > RENEWAL:
            self._viewers.renew(self._open)
            self._renewed_at = now

    def _close_ended(self, since: datetime, now: datetime) -> None:
        changed = {
            agent["_id"]: {session["id"] for session in agent["sessions"]}
            if agent["active"]
            else set()
            for agent in self._agents.with_access_changed_since(since)
        }
        for sid, connection in list(self._open.items()):
            sessions = changed.get(connection.actor.id)
            ended = sessions is not None and connection.session_id not in sessions
            if ended or connection.expires_at <= now:
                self._close(sid)

    def _close(self, sid: str) -> None:
        """Close a socket. A failure is retried at the next check and does not affect others."""
        try:
            self._socketio.server.disconnect(sid)
        except Exception:
            log.exception("the socket %s was not closed", sid)
        else:
            self.remove(sid)
