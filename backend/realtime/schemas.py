"""The payloads of live events: what each is made of, and its JSON.

They are in the OpenAPI file so that clients' types include them.
"""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from marshmallow import fields

from backend.common.actor import AuthorDocument
from backend.conversations.models import ConversationDocument, MessageDocument
from backend.conversations.schemas import Conversation, Message, VisitorMessage
from backend.http.fields import Schema, out
from backend.http.representations import Representation
from backend.http.schemas import Author
from backend.platform.events import Changes
from backend.tickets import models
from backend.tickets.models import Assignee, TicketDocument
from backend.tickets.schemas import AgentRef, Note, TicketRow


class FieldChange(Schema):
    from_ = fields.Raw(required=True, allow_none=True, data_key="from")
    to = fields.Raw(required=True, allow_none=True)


class TicketEvent(Schema):
    """Every `ticket_*` event; `note` with `ticket_note_added` alone."""

    ticketId = out(fields.String)
    version = out(fields.Integer)
    ticket = out(fields.Nested, TicketRow)
    changes = out(fields.Dict, keys=fields.String(), values=fields.Nested(FieldChange))
    actor = out(fields.Nested, Author)
    at = out(fields.DateTime)
    note = fields.Nested(Note)


class TicketSightLost(Schema):
    """`ticket_assigned` for agents who may no longer see the ticket."""

    ticketId = out(fields.String, attribute="_id")
    version = out(fields.Integer)
    assignedTo = out(fields.Nested, AgentRef)


class MessageEvent(Schema):
    """`message_created` for agents."""

    conversationId = out(fields.String)
    message = out(fields.Nested, Message)
    conversation = out(fields.Nested, Conversation)
    at = out(fields.DateTime)


class MessageUpdatedEvent(Schema):
    """`message_updated`, when the delivery state of a message changes."""

    conversationId = out(fields.String)
    message = out(fields.Nested, Message)


class VisitorMessageEvent(Schema):
    """`message_created` for the visitor whose conversation it is."""

    message = out(fields.Nested, VisitorMessage)


class ConversationEvent(Schema):
    """`conversation_updated`. With `mergedInto`, the conversation is now part of that one."""

    conversationId = out(fields.String)
    mergedInto = fields.String()
    conversation = out(fields.Nested, Conversation)
    at = out(fields.DateTime)


class AssistantTyping(Schema):
    """`assistant_typing`; for visitors without the conversation's id."""

    conversationId = fields.String()
    typing = out(fields.Boolean)


class ConversationTyping(Schema):
    """`conversation_typing` for agents: one of them is writing, or the customer (null)."""

    conversationId = out(fields.String)
    agent = out(fields.Nested, AgentRef, nullable=True)


class TicketViewer(Schema):
    agentId = out(fields.String)
    name = out(fields.String)
    typing = out(fields.Boolean)


class TicketViewersEvent(Schema):
    """`ticket_viewers`, after `view_ticket`, `note_typing` or `leave_ticket` of anybody there."""

    ticketId = out(fields.String)
    viewers = out(fields.List, fields.Nested(TicketViewer))


# --- what the payloads are made of ----------------------------------------------------------


class TicketPayload(TypedDict):
    ticketId: str
    version: int
    ticket: TicketDocument
    changes: Changes
    actor: AuthorDocument
    at: datetime
    note: NotRequired[models.Note]


class MessagePayload(TypedDict):
    conversationId: str
    message: MessageDocument
    conversation: ConversationDocument
    at: datetime


class MessageUpdatedPayload(TypedDict):
    conversationId: str
    message: MessageDocument


class VisitorMessagePayload(TypedDict):
    message: MessageDocument


class ConversationPayload(TypedDict):
    conversationId: str
    mergedInto: NotRequired[str]
    conversation: ConversationDocument
    at: datetime


class AssistantTypingPayload(TypedDict):
    conversationId: NotRequired[str]
    typing: bool


class ConversationTypingPayload(TypedDict):
    conversationId: str
    agent: Assignee | None


class Viewer(Assignee):
    typing: bool


class ViewersPayload(TypedDict):
    ticketId: str
    viewers: list[Viewer]


ticket_event = Representation(TicketEvent, of=TicketPayload)
lost_access = Representation(TicketSightLost, of=TicketDocument)
message_event = Representation(MessageEvent, of=MessagePayload)
message_updated = Representation(MessageUpdatedEvent, of=MessageUpdatedPayload)
visitor_message_event = Representation(VisitorMessageEvent, of=VisitorMessagePayload)
conversation_event = Representation(ConversationEvent, of=ConversationPayload)
assistant_typing = Representation(AssistantTyping, of=AssistantTypingPayload)
conversation_typing = Representation(ConversationTyping, of=ConversationTypingPayload)
viewers_event = Representation(TicketViewersEvent, of=ViewersPayload)

EVENT_SCHEMAS = (
    TicketEvent,
    TicketSightLost,
    MessageEvent,
    MessageUpdatedEvent,
    VisitorMessageEvent,
    ConversationEvent,
    AssistantTyping,
    ConversationTyping,
    TicketViewersEvent,
)
