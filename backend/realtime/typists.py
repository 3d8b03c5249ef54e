"""Who is writing in a conversation: told as it happens, and kept nowhere."""

from __future__ import annotations

import time

from backend.common.actor import Actor
from backend.realtime.events import LiveEvents

# Seconds in which a socket is heard once, whatever it says: each word goes to everybody.
EVERY = 1.0


class Typists:
    def __init__(self, events: LiveEvents) -> None:
        self._events = events
        self._heard: dict[str, float] = {}  # monotonic, by socket

    def agent(self, socket_id: str, conversation_id: str, *, actor: Actor) -> None:
        """An agent pressed a key in a reply."""
        if self._in_turn(socket_id):
            self._events.agent_typing(conversation_id, {"agentId": actor.id, "name": actor.name})

    def customer(self, socket_id: str, conversation_id: str) -> None:
        """The visitor whose conversation it is pressed a key."""
        if self._in_turn(socket_id):
            self._events.customer_typing(conversation_id)

    def forget(self, socket_id: str) -> None:
        self._heard.pop(socket_id, None)

    def _in_turn(self, socket_id: str) -> bool:
        now = time.monotonic()
        if now - self._heard.get(socket_id, -EVERY) < EVERY:
            return False
        self._heard[socket_id] = now
        return True
