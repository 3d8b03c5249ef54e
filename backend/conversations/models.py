"""What a conversation is: one customer on one channel, and its messages in their own collection."""

from __future__ import annotations

from enum import StrEnum

from backend.common.documents import index, validator

MAX_TEXT = 4_096  # of what people write: WhatsApp's limit, kept on every channel
MAX_REPLY = 10_000  # of what the assistant answers; WhatsApp gets a long one in parts
MAX_MESSAGE_ID = 100
MAX_PREVIEW = 160  # characters of the last message that lists show


class Channel(StrEnum):
    WEB = "web"
    WHATSAPP = "whatsapp"


class Mode(StrEnum):
    """Who answers the customer."""

    ASSISTANT = "assistant"
    HUMAN = "human"


class Delivery(StrEnum):
    """How far an outgoing message came; in this order, and never back."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


VALIDATORS = {
    "conversations": validator(
        {
            "_id": "string",
            "customer": "object",
            "lastMessageAt": "date",
            "unanswered": "bool",
            "order": "string",
            "createdAt": "date",
        },
        channel={"enum": [channel.value for channel in Channel]},
        mode={"enum": [mode.value for mode in Mode]},
    ),
    "messages": validator(
        {
            "_id": "string",
            "messageId": "string",
            "conversationId": "string",
            "author": "object",
            "createdAt": "date",
        }
    ),
}

INDEXES = {
    "conversations": [
        index(("customer.customerId", 1), ("channel", 1), unique=True, name="customer_channel"),
    ],
    "messages": [
        # A repeated delivery of the same message is the same message.
        index(("conversationId", 1), ("messageId", 1), unique=True, name="message_once"),
        index(("conversationId", 1), ("createdAt", -1), ("_id", -1)),
        # Customer messages that the assistant still has to answer.
        # What is asked of all conversations needs the condition itself in front: a partial index is
        # not considered for its condition alone.
        index(
            ("awaiting", 1),
            ("conversationId", 1),
            ("createdAt", 1),
            partialFilterExpression={"awaiting": True},
            name="owed",
        ),
        # The outbox: what has yet to leave, and what has left, by the name the channel gave it.
        index(
            ("delivery.status", 1),
            ("conversationId", 1),
            ("createdAt", 1),
            partialFilterExpression={"delivery.status": Delivery.PENDING.value},
            name="pending",
        ),
        index(("wamids", 1), partialFilterExpression={"wamids": {"$exists": True}}, name="wamids"),
    ],
}
