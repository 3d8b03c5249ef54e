"""The assistant's tools: one registry of name, description, argument schema and handler.

The same Marshmallow schema gives the model its strict JSON schema and judges what the model sends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from marshmallow import fields

from backend.ai import handlers
from backend.ai.handlers import ToolContext
from backend.documents import Document
from backend.http import Schema, Text, enum
from backend.tickets.models import MAX_ADDRESS, MAX_DESCRIPTION, MAX_SUBJECT, Category, Priority


class CreateTicketReport(Schema):
    subject = Text(
        longest=MAX_SUBJECT,
        required=True,
        metadata={"description": f"Brief summary of the issue, at most {MAX_SUBJECT} characters"},
    )
    description = Text(
        longest=MAX_DESCRIPTION,
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
        longest=MAX_ADDRESS,
        allow_none=True,
        load_default=None,
        metadata={"description": "Address or place, when the issue has one"},
    )


class GetTicketInformation(Schema):
    ticket_id = Text(
        longest=40,
        allow_none=True,
        load_default=None,
        metadata={"description": "The ticket's number, TICKET-YYYY-NNNNNN, when it is known"},
    )
    lookup_recent = fields.Boolean(
        allow_none=True,
        load_default=None,
        metadata={"description": "True for the customer's most recent tickets instead of one"},
    )


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    arguments: type[Schema]
    handler: Callable[[ToolContext, Document], Document]

    def definition(self) -> Document:
        """The tool in the Responses API's flat form."""
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
    )
}


def definitions() -> list[Document]:
    return [tool.definition() for tool in TOOLS.values()]


_JSON_TYPES: dict[type[fields.Field[Any]], str] = {
    fields.String: "string",
    fields.Enum: "string",
    fields.Boolean: "boolean",
    fields.Integer: "integer",
    fields.Float: "number",
}


def strict_schema(schema: ma.Schema) -> Document:
    """A JSON schema by OpenAI's strict rules: every property required, optional ones nullable,
    nothing additional (https://platform.openai.com/docs/guides/structured-outputs). Lengths are
    told in the descriptions, as strict mode knows no `maxLength`.
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
    if isinstance(field, fields.Enum):
        values: list[str | None] = [member.value for member in field.enum]
        described["enum"] = [*values, None] if field.allow_none else values
    return described | {"description": field.metadata["description"]}
