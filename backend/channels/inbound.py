"""Takes what channels deliver into conversations, the same way for all of them."""

from __future__ import annotations

from typing import Any

from backend.channels.base import (
    Channel,
    IdentityChanged,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    ReceiptReceived,
    Sender,
)
from backend.common.errors import NotFound
from backend.conversations.deliveries import Deliveries
from backend.conversations.models import ConversationDocument, MessageDocument, Thread
from backend.conversations.service import ConversationService
from backend.customers.recognition import Recognition

MAX_ATTEMPTS = 5  # at a message whose customer is being merged with another


class Inbound:
    def __init__(
        self, recognition: Recognition, conversations: ConversationService, deliveries: Deliveries
    ) -> None:
        self._recognition = recognition
        self._conversations = conversations
        self._deliveries = deliveries

    def receive(self, channel: Channel, delivery: Any) -> list[MessageDocument]:
        """Store what was delivered, and return the messages in it.

        A database error passes: the provider then delivers again, and a message that was stored is
        not stored twice.
        """
        stored = []
        for event in channel.parse(delivery):
            match event:
                case MessageReceived():
                    stored.append(self._message(channel, event))
                case MessageEdited():  # what it said before may have been answered already
                    stored.append(self._message(channel, event.message))
                case ReceiptReceived():
                    self._deliveries.note_status(
                        event.external_id, event.reference, event.status, event.reason
                    )
                case IdentityChanged():
                    self._identity_changed(channel, event)
                case MessageDeleted() | ReactionChanged():
                    pass  # not shown
        return stored

    def _message(self, channel: Channel, event: MessageReceived) -> MessageDocument:
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._conversations.receive_message(
                    self._conversation_of(channel, event),
                    event.text,
                    message_id=event.message_id,
                    media=event.media,
                    sent_at=event.sent_at,
                    reply_to=event.origin.address if isinstance(event.origin, Sender) else None,
                )
            except NotFound:
                if attempt == MAX_ATTEMPTS:
                    raise

    def _conversation_of(self, channel: Channel, event: MessageReceived) -> ConversationDocument:
        origin = event.origin
        if not isinstance(origin, Sender):
            return self._conversations.get_conversation(origin.conversation_id)
        customer = self._recognition.customer_of(origin.keys, origin.name)
        thread = Thread(channel.name, channel.inbox_id, origin.thread_key)
        return self._conversations.open_conversation(customer, thread)

    def _identity_changed(self, channel: Channel, event: IdentityChanged) -> None:
        customer = self._recognition.move(channel.name, event.keys, event.new_keys)
        if customer is not None and event.address is not None:
            self._conversations.set_reply_to(
                customer, Thread(channel.name, channel.inbox_id), event.address
            )
