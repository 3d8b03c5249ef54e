"""The web chat channel: the visitor's client shows the stored thread, so nothing is sent."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from backend.channels.base import InboundEvent, MessageReceived, OutboundMessage, Sent, Session
from backend.conversations.channels import Capabilities
from backend.settings import Settings

WEB_CHAT = "000000000000000000000001"  # the inbox of the chat that the environment sets up


class WebChannel:
    name: ClassVar[str] = "web"
    capabilities: ClassVar[Capabilities] = Capabilities(reads_thread=True, typing=True)

    def __init__(self) -> None:
        self.inbox_id = WEB_CHAT

    @classmethod
    def set_up(cls, _settings: Settings) -> Self:
        return cls()

    def parse(self, delivery: Any) -> list[InboundEvent]:
        """`delivery` is `{conversationId, text, messageId?}`, checked by the route."""
        session = Session(delivery["conversationId"])
        return [MessageReceived(session, delivery.get("messageId"), delivery["text"])]

    def send(self, _message: OutboundMessage) -> Sent:
        return Sent("")
