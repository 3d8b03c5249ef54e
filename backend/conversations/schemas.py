"""The JSON of conversations and messages. `VisitorMessage` is what a customer may see of one."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from backend.common.actor import ActorType
from backend.conversations import channels
from backend.conversations.models import (
    MAX_MESSAGE_ID,
    MAX_TEXT,
    ConversationDocument,
    Delivery,
    DeliveryDocument,
    MessageDocument,
    Mode,
)
from backend.http.fields import Schema, Text, document_id, enum, out, query_boolean
from backend.http.representations import Representation
from backend.http.schemas import Author, PageQuery, Pagination


class ChannelName(fields.String):
    """One of the registered channels."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=_RegisteredChannel(), **kwargs)


class _RegisteredChannel(validate.Validator):
    """Knows also the channels that are registered after the schema is declared."""

    @property
    def choices(self) -> list[str]:
        """Return what the OpenAPI file lists."""
        return channels.names()

    def __call__(self, value: str) -> str:
        if value not in self.choices:
            raise ValidationError(f"Must be one of: {', '.join(self.choices)}.")
        return value


class ConversationQuery(PageQuery):
    mode = enum(Mode)
    channel = ChannelName()
    customerId = document_id()
    unanswered = query_boolean()
    flagged = query_boolean()


class MessageCreate(Schema):
    text = Text(max_length=MAX_TEXT, multiline=True, required=True)
    messageId = Text(
        max_length=MAX_MESSAGE_ID,
        metadata={"description": "The sender's own id; the same one again is the same message."},
    )


class ModeChange(Schema):
    mode = enum(Mode, required=True)


class ConversationCustomer(Schema):
    customerId = out(fields.String)
    name = out(fields.String)
    phone = out(fields.String, nullable=True)


class Flag(Schema):
    reason = out(fields.String)
    at = out(fields.DateTime)


class LastMessage(Schema):
    text = out(fields.String, metadata={"description": "Its beginning."})
    mediaType = out(fields.String, nullable=True)
    authorType = enum(ActorType, required=True, dump_only=True)


class Conversation(Schema):
    conversationId = out(fields.String, attribute="_id")
    customer = out(fields.Nested, ConversationCustomer)
    channel = out(ChannelName)
    mode = enum(Mode, required=True, dump_only=True)
    flagged = out(fields.Nested, Flag, nullable=True)
    lastMessageAt = out(fields.DateTime)
    lastMessage = out(fields.Nested, LastMessage, nullable=True)
    unanswered = out(fields.Boolean)
    createdAt = out(fields.DateTime)


class ConversationList(Schema):
    data = out(fields.List, fields.Nested(Conversation))
    pagination = out(fields.Nested, Pagination)


class Media(Schema):
    """What came with a text or instead of it. A kind without a file has no id."""

    type = out(fields.String)
    mediaId = out(fields.String, nullable=True)


class ToolCall(Schema):
    """What the assistant did before it answered."""

    name = out(fields.String)
    arguments = out(fields.Dict)
    result = out(fields.Dict)


class DeliveryState(Schema):
    status = enum(Delivery, required=True, dump_only=True)
    error = out(fields.String, nullable=True)


def _delivery_of(message: MessageDocument, _now: object) -> DeliveryDocument | None:
    delivery = message.get("delivery")
    return delivery and {"status": delivery["status"], "error": delivery["error"]}


class Message(Schema):
    messageId = out(fields.String)
    conversationId = out(fields.String)
    author = out(fields.Nested, Author)
    text = out(fields.String)
    media = out(fields.Nested, Media, nullable=True)
    toolCalls = out(
        fields.List,
        fields.Nested(ToolCall),
        compute=lambda message, _now: message.get("toolCalls", []),
    )
    delivery = out(fields.Nested, DeliveryState, nullable=True, compute=_delivery_of)
    createdAt = out(fields.DateTime)


class MessageList(Schema):
    data = out(fields.List, fields.Nested(Message))
    pagination = out(fields.Nested, Pagination)


class VisitorAuthor(Schema):
    type = out(fields.String, validate=validate.OneOf(["customer", "assistant", "agent", "system"]))
    name = out(fields.String)


class VisitorMessage(Schema):
    messageId = out(fields.String)
    author = out(fields.Nested, VisitorAuthor)
    text = out(fields.String)
    createdAt = out(fields.DateTime)


class VisitorMessageList(Schema):
    data = out(fields.List, fields.Nested(VisitorMessage))
    pagination = out(fields.Nested, Pagination)


conversation_view = Representation(Conversation, of=ConversationDocument)
message_view = Representation(Message, of=MessageDocument)
visitor_message = Representation(VisitorMessage, of=MessageDocument)
