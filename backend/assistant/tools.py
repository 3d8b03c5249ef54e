"""The assistant's tools: one registry of name, description, argument schema and handler.

The same Marshmallow schema gives the model its strict JSON schema and judges what the model sends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from backend.assistant import handlers
from backend.assistant.handlers import ToolContext
from backend.common.documents import Document
from backend.http.fields import Schema, Text, enum
from backend.tickets.models import (
    MAX_ADDRESS,
    MAX_DESCRIPTION,
    MAX_NOTE,
    MAX_REASON,
    MAX_SUBJECT,
    RATINGS,
    Category,
    Priority,
)


class CreateTicketReport(Schema):
    subject = Text(
        max_length=MAX_SUBJECT,
        required=True,
        metadata={"description": f"Brief summary of the issue, at most {MAX_SUBJECT} characters"},
    )
    description = Text(
        max_length=MAX_DESCRIPTION,
        multiline=True,
        required=True,
        metadata={"description": "The customer's issue or request in detail"},
    )
    category = enum(
        Category,
        required=True,
        metadata={"description": "The category that describes the issue best"},
    )
    priority = enum(
        Priority,
        allow_none=True,
        load_default=None,
        metadata={"description": "By the issue's severity; urgent only for critical issues"},
    )
    location = Text(
        max_length=MAX_ADDRESS,
        allow_none=True,
        load_default=None,
        metadata={"description": "Address or place, when the issue has one"},
    )


class GetTicketInformation(Schema):
    ticket_id = Text(
        max_length=40,
        allow_none=True,
        load_default=None,
        metadata={"description": "The ticket's number, TICKET-YYYY-NNNNNN, when it is known"},
    )
    lookup_recent = fields.Boolean(
        allow_none=True,
        load_default=None,
        metadata={"description": "True for the customer's most recent tickets instead of one"},
    )


def own_ticket() -> Text:
    return Text(
        max_length=40,
        required=True,
        metadata={"description": "The number of the customer's own ticket, TICKET-YYYY-NNNNNN"},
    )


class AddTicketComment(Schema):
    ticket_id = own_ticket()
    comment = Text(
        max_length=MAX_NOTE,
        multiline=True,
        required=True,
        metadata={"description": "What the customer adds, in the customer's words"},
    )


class ReopenTicket(Schema):
    ticket_id = own_ticket()
    reason = Text(
        max_length=MAX_REASON,
        multiline=True,
        required=True,
        metadata={"description": "Why the matter is not solved, as the customer says"},
    )


class SubmitTicketFeedback(Schema):
    ticket_id = own_ticket()
    rating = fields.Integer(
        strict=True,
        required=True,
        validate=validate.OneOf(RATINGS),
        metadata={"description": "The customer's own rating, 1 (very bad) to 5 (excellent)"},
    )
    comment = Text(
        max_length=MAX_REASON,
        multiline=True,
        allow_none=True,
        load_default=None,
        metadata={"description": "What the customer says about the service, if anything"},
    )


class RequestHuman(Schema):
    reason = Text(
        max_length=MAX_REASON,
        multiline=True,
        required=True,
        metadata={"description": "What the customer wants from a person, for the agents"},
    )


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    arguments: type[Schema]
    handler: Callable[[ToolContext, Document], Document]

    def definition(self) -> Document:
        """Return the tool in the Responses API's flat form."""
        return {
            "type": "function",
            "name": self.name,
            "description": self.description,
            "parameters": strict_schema(self.arguments()),
            "strict": True,
        }


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "create_ticket_report",
            "Creates a support ticket for the customer. Use when the customer reports an issue, "
            "requests help, or needs follow-up on a problem. The ticket will be tracked and "
            "assigned to an agent.",
            CreateTicketReport,
            handlers.create_ticket_report,
        ),
        Tool(
            "get_ticket_information",
            "Retrieves information about the customer's support tickets. Use when the customer "
            "asks about ticket status, wants updates, or references a previous issue.",
            GetTicketInformation,
            handlers.get_ticket_information,
        ),
        Tool(
            "add_ticket_comment",
            "Adds what the customer says to one of their tickets, where the agents read it. Use "
            "when the customer gives more details or an answer about a ticket that exists. Once a "
            "message for each ticket: put everything into one comment.",
            AddTicketComment,
            handlers.add_ticket_comment,
        ),
        Tool(
            "reopen_ticket",
            "Reopens one of the customer's resolved or closed tickets. Use when the customer says "
            "that the same matter is not solved or has come back.",
            ReopenTicket,
            handlers.reopen_ticket,
        ),
        Tool(
            "submit_ticket_feedback",
            "Records how satisfied the customer is with the handling of one of their tickets. Use "
            "only when the customer gives a rating; never guess one.",
            SubmitTicketFeedback,
            handlers.submit_ticket_feedback,
        ),
        Tool(
            "request_human",
            "Hands the conversation to a person of the team, who reads it and answers here. Use "
            "when the customer asks for a person, or when nothing else here can help. After your "
            "next answer you are silent until the team hands the conversation back.",
            RequestHuman,
            handlers.request_human,
        ),
    )
}


def definitions() -> list[Document]:
    return [tool.definition() for tool in TOOLS.values()]


_JSON_TYPES: dict[type[fields.Field[Any]], str] = {
    fields.String: "string",
    fields.Enum: "string",
    fields.Boolean: "boolean",
    fields.Integer: "integer",
}


def strict_schema(schema: ma.Schema) -> Document:
    """Return a JSON schema by OpenAI's strict rules: every property required, optional ones null,
    nothing additional (https://platform.openai.com/docs/guides/structured-outputs). Lengths are
    in the descriptions, as strict mode knows no `maxLength`.
    """
    return {
        "type": "object",
        "properties": {name: _property(field) for name, field in schema.fields.items()},
        "required": list(schema.fields),
        "additionalProperties": False,
    }


def _property(field: fields.Field[Any]) -> Document:
    kind = next(json for base, json in _JSON_TYPES.items() if isinstance(field, base))
    described: Document = {"type": [kind, "null"] if field.allow_none else kind}
    if values := _choices(field):
        described["enum"] = [*values, None] if field.allow_none else values
    return described | {"description": field.metadata["description"]}


def _choices(field: fields.Field[Any]) -> list[object]:
    if isinstance(field, fields.Enum):
        return [member.value for member in field.enum]
    listed = (rule for rule in field.validators if isinstance(rule, validate.OneOf))
    return next((list(rule.choices) for rule in listed), [])
