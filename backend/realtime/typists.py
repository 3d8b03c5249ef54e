"""Publishes who is typing in a conversation. Nothing is stored."""

from __future__ import annotations

from backend.common.actor import Actor
from backend.conversations.service import ConversationService
from backend.realtime.events import LiveEvents
from backend.realtime.recent import Recent


class Typists:
    def __init__(self, events: LiveEvents, conversations: ConversationService) -> None:
        self._events = events
        self._conversations = conversations
        self._recent = Recent()  # conversation ids: each key stroke would go to everybody

    def agent(self, socket_id: str, conversation_id: str, *, actor: Actor) -> bool:
        """An agent pressed a key in a reply. False for a conversation that does not exist."""
        recent = self._recent.of(socket_id)
        if recent is not None:
            return recent == conversation_id
        if not self._conversations.exists(conversation_id):
            return False
        self._recent.remember(socket_id, conversation_id)
        self._events.agent_typing(conversation_id, {"agentId": actor.id, "name": actor.name})
        return True

    def customer(self, socket_id: str, conversation_id: str) -> None:
        """The visitor whose conversation it is pressed a key."""
        if self._recent.of(socket_id) is None:
            self._recent.remember(socket_id, conversation_id)
            self._events.customer_typing(conversation_id)

    def forget(self, socket_id: str) -> None:
        self._recent.forget(socket_id)
