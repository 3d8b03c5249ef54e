"""The payloads of live events, in the OpenAPI file so that clients' types include them."""

from __future__ import annotations

from marshmallow import fields

from backend.conversations.schemas import Conversation, Message, VisitorMessage
from backend.http.fields import Schema, out
from backend.http.schemas import Author
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

    ticketId = out(fields.String)
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
