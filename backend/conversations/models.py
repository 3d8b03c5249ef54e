"""Conversations, each one thread on one channel and inbox, and their messages."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, NotRequired, TypedDict

from backend.common.actor import AuthorDocument
from backend.common.documents import index, validator
from backend.customers.models import CustomerSnapshot

MAX_TEXT = 4_096  # of what people write
MAX_REPLY = 10_000  # of what the assistant answers; channels with a lower limit get it in parts
MAX_MESSAGE_ID = 100
MAX_PREVIEW = 160  # characters of the last message that lists show


class Mode(StrEnum):
    """Who answers the customer."""

    ASSISTANT = "assistant"
    HUMAN = "human"


class Delivery(StrEnum):
    """How far an outgoing message came. It only ever advances, in this order."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


# Where answers go, in the channel's own terms.
Address = dict[str, str]


class Thread(NamedTuple):
    """What identifies a conversation."""

    channel: str
    inbox_id: str
    key: str | None = None  # None: a customer has one thread in the inbox


class FlagDocument(TypedDict):
    """Why a conversation needs a person."""

    reason: str
    at: datetime


class LastMessageDocument(TypedDict):
    text: str
    mediaType: str | None
    authorType: str


class RunClaim(TypedDict):
    """The assistant's run that answers now."""

    owner: str
    isLeftOver: bool  # the run before it was cut off


class ConversationDocument(TypedDict):
    _id: str
    customer: CustomerSnapshot
    channel: str
    inboxId: NotRequired[str]  # this and the next: not in what the previous version writes
    threadKey: NotRequired[str]  # the customer's id where a customer has one thread in the inbox
    mode: str
    flagged: FlagDocument | None
    unanswered: bool
    lastMessageAt: datetime
    lastMessage: LastMessageDocument | None
    replyTo: NotRequired[Address]
    run: RunClaim | None
    order: str
    createdAt: datetime


class MediaDocument(TypedDict):
    type: str
    mediaId: str | None


class DeliveryDocument(TypedDict):
    status: str
    error: str | None


class ToolCallDocument(TypedDict):
    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]


class MessageProvenance(TypedDict):
    """How the assistant came to an answer."""

    messageId: str
    model: str
    responseId: str | None


class MessageDocument(TypedDict):
    _id: str
    messageId: str
    conversationId: str
    author: AuthorDocument
    text: str
    media: MediaDocument | None
    delivery: NotRequired[DeliveryDocument]  # of what goes to the customer
    externalIds: NotRequired[list[str]]  # the channel's, one for each part that was sent
    toolCalls: NotRequired[list[ToolCallDocument]]
    provenance: NotRequired[MessageProvenance]
    awaiting: NotRequired[bool]  # True while the assistant has to answer it
    createdAt: datetime


VALIDATORS = {
    "conversations": validator(
        {
            "_id": "string",
            "customer": "object",
            "channel": "string",
            "lastMessageAt": "date",
            "unanswered": "bool",
            "order": "string",
            "createdAt": "date",
        },
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
        index(
            ("channel", 1),
            ("inboxId", 1),
            ("threadKey", 1),
            unique=True,
            partialFilterExpression={"threadKey": {"$exists": True}},
            name="thread",
        ),
    ],
    "messages": [
        # A repeated delivery of the same message is the same message.
        index(("conversationId", 1), ("messageId", 1), unique=True, name="message_once"),
        index(("conversationId", 1), ("createdAt", -1), ("_id", -1)),
        # Customer messages that the assistant still has to answer. The condition comes first, as
        # MongoDB does not consider a partial index for its condition alone.
        index(
            ("awaiting", 1),
            ("conversationId", 1),
            ("createdAt", 1),
            partialFilterExpression={"awaiting": True},
            name="owed",
        ),
        # The outbox: what is to be sent, and what was sent, by the channel's ids.
        index(
            ("delivery.status", 1),
            ("conversationId", 1),
            ("createdAt", 1),
            partialFilterExpression={"delivery.status": Delivery.PENDING.value},
            name="pending",
        ),
        index(
            ("externalIds", 1),
            partialFilterExpression={"externalIds": {"$exists": True}},
            name="externalIds",
        ),
    ],
}
