"""What the assistant's tools do. They never raise, and what they give the model is an allow-list.

The customer and the conversation come from the channel by way of the context, never from the
model's arguments: no argument reaches another customer's ticket.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marshmallow import ValidationError

from backend.actor import ASSISTANT
from backend.ai.phrases import say, spoken_date
from backend.documents import Document, iso
from backend.errors import AppError
from backend.settings import Locale
from backend.tickets.service import TicketService

if TYPE_CHECKING:
    from backend.ai.tools import Tool

log = logging.getLogger(__name__)

MAX_RECENT = 5


@dataclass(frozen=True, slots=True)
class ToolContext:
    tickets: TicketService
    customer_id: str
    conversation_id: str
    message_id: str  # the customer's message that is being answered
    locale: Locale


def run_tool(tool: Tool | None, arguments: object, context: ToolContext) -> Document:
    """One call, whatever the model sent. A failure is an answer the model can read."""
    if tool is None:
        return _failure("unknown_tool", context)
    try:
        loaded = tool.arguments().load(arguments)  # type: ignore[arg-type]  # judged by the schema
    except ValidationError as error:
        return _failure("bad_arguments", context) | {"errors": error.messages_dict}
    try:
        return tool.handler(context, loaded)
    except AppError as error:
        return _failure("tool_failed", context) | {"code": error.code}
    except Exception:
        log.exception("tool %s failed", tool.name)
        return _failure("tool_failed", context)


def create_ticket_report(context: ToolContext, arguments: Document) -> Document:
    location = arguments["location"]
    ticket, created = context.tickets.create_ticket_from_ai(
        {
            "subject": arguments["subject"],
            "description": arguments["description"],
            "category": arguments["category"],
            "priority": arguments["priority"],
            "location": location and {"address": location},
            "customerId": context.customer_id,
            "conversationId": context.conversation_id,
        },
        message_id=context.message_id,
        actor=ASSISTANT,
    )
    due = spoken_date(ticket["sla"]["resolutionDueAt"], context.locale)
    phrase = "ticket_created" if created else "ticket_exists"
    return {
        "success": True,
        "ticketId": ticket["_id"],
        "status": ticket["status"],
        "estimatedResolution": iso(ticket["sla"]["resolutionDueAt"]),
        "message": say(phrase, context.locale, ticket_id=ticket["_id"], due=due),
    }


def get_ticket_information(context: ToolContext, arguments: Document) -> Document:
    if ticket_id := arguments["ticket_id"]:
        ticket = context.tickets.get_ticket_by_id_for_customer(
            ticket_id.strip().upper(), context.customer_id
        )
        if ticket is None:
            return _failure("ticket_not_found", context, code="not_found")
        return {"success": True, "tickets": [_for_customer(ticket)]}
    recent = context.tickets.get_own_tickets(context.customer_id, MAX_RECENT)
    if not recent:
        return {"success": True, "tickets": [], "message": say("no_tickets", context.locale)}
    return {"success": True, "tickets": [_for_customer(ticket) for ticket in recent]}


def _for_customer(ticket: Document) -> Document:
    """What a customer may know of the own ticket, field by field.

    Not `updatedAt`, which tells of internal notes. Rows of a list come without notes.
    """
    resolution = ticket["resolution"]
    shown = {
        "ticketId": ticket["_id"],
        "subject": ticket["subject"],
        "category": ticket["category"],
        "priority": ticket["priority"],
        "status": ticket["status"],
        "createdAt": iso(ticket["createdAt"]),
        "estimatedResolution": iso(ticket["sla"]["resolutionDueAt"]),
        "resolution": resolution and resolution["summary"],
    }
    if "notes" in ticket:
        shown["notes"] = [
            {"content": note["content"], "createdAt": iso(note["createdAt"])}
            for note in ticket["notes"]
            if not note["isInternal"]
        ]
    return shown


def _failure(phrase: str, context: ToolContext, code: str | None = None) -> Document:
    return {"success": False, "code": code or phrase, "error": say(phrase, context.locale)}
