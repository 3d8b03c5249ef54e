"""What conversations and messages look like on the wire, in and out.

`visitor_message` is what a customer may see of a message; it names its fields one by one.
"""

from __future__ import annotations

from marshmallow import fields, validate

from backend.common.actor import ActorType
from backend.common.documents import Document, iso
from backend.conversations.models import MAX_MESSAGE_ID, MAX_TEXT, Channel, Delivery, Mode
from backend.http.fields import Schema, Text, document_id, enum, out, query_boolean
from backend.http.schemas import Author, PageQuery, Pagination


class ConversationQuery(PageQuery):
    mode = enum(Mode)
    channel = enum(Channel)
    customerId = document_id()
    unanswered = query_boolean()
    flagged = query_boolean()


class MessageCreate(Schema):
    text = Text(longest=MAX_TEXT, multiline=True, required=True)
    messageId = Text(
        longest=MAX_MESSAGE_ID,
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
    conversationId = out(fields.String)
    customer = out(fields.Nested, ConversationCustomer)
    channel = enum(Channel, required=True, dump_only=True)
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
    """What came instead of text, or with it. Kinds that the channel has no file for have no id."""

    type = out(fields.String)
    mediaId = out(fields.String, nullable=True)


class ToolCall(Schema):
    """What the assistant did on the way to its answer."""

    name = out(fields.String)
    arguments = out(fields.Dict)
    result = out(fields.Dict)


class DeliveryState(Schema):
    status = enum(Delivery, required=True, dump_only=True)
    error = out(fields.String, nullable=True)


class Message(Schema):
    messageId = out(fields.String)
    conversationId = out(fields.String)
    author = out(fields.Nested, Author)
    text = out(fields.String)
    media = out(fields.Nested, Media, nullable=True)
    toolCalls = out(fields.List, fields.Nested(ToolCall))
    delivery = out(fields.Nested, DeliveryState, nullable=True)
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


def conversation_view(doc: Document) -> Document:
    flagged = doc["flagged"]
    last = doc.get("lastMessage")
    return {
        "conversationId": doc["_id"],
        "customer": doc["customer"],
        "channel": doc["channel"],
        "mode": doc["mode"],
        "flagged": flagged and {"reason": flagged["reason"], "at": iso(flagged["at"])},
        "lastMessageAt": iso(doc["lastMessageAt"]),
        "lastMessage": last
        and {
            "text": last["text"],
            "mediaType": last["mediaType"],
            "authorType": last["authorType"],
        },
        "unanswered": doc["unanswered"],
        "createdAt": iso(doc["createdAt"]),
    }


def message_view(doc: Document) -> Document:
    delivery = doc.get("delivery")
    return {
        "messageId": doc["messageId"],
        "conversationId": doc["conversationId"],
        "author": doc["author"],
        "text": doc["text"],
        "media": doc.get("media"),
        "toolCalls": doc.get("toolCalls", []),
        "delivery": delivery and {"status": delivery["status"], "error": delivery["error"]},
        "createdAt": iso(doc["createdAt"]),
    }


def visitor_message(doc: Document) -> Document:
    return {
        "messageId": doc["messageId"],
        "author": {"type": doc["author"]["type"], "name": doc["author"]["name"]},
        "text": doc["text"],
        "createdAt": iso(doc["createdAt"]),
    }
