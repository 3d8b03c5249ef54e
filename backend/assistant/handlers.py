"""The handlers of the assistant's tools. They never raise; their results are allow-lists.

The customer and the conversation come from the context, never from the model's arguments: no
argument reaches another customer's ticket.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marshmallow import ValidationError

from backend.assistant.phrases import say, spoken_date
from backend.assistant.runs import ToolCall
from backend.assistant.schemas import own_ticket, own_ticket_row
from backend.common.actor import ASSISTANT, Actor
from backend.common.documents import Document, iso
from backend.common.errors import AppError, NotFound
from backend.settings import Locale
from backend.tickets.models import Status, TicketDocument
from backend.tickets.provenance import Provenance
from backend.tickets.service import TicketService

if TYPE_CHECKING:
    from backend.assistant.tools import Tool

log = logging.getLogger(__name__)

MAX_RECENT = 5


@dataclass(frozen=True, slots=True)
class ToolContext:
    tickets: TicketService
    customer: Actor
    provenance: Provenance
    locale: Locale


def run_tool(tool: Tool | None, arguments: object, context: ToolContext) -> Document:
    """Run one call, whatever the model sent. A failure is a result that the model can read."""
    if tool is None:
        return _failure("unknown_tool", context)
    try:
        loaded = tool.arguments().load(arguments)  # type: ignore[arg-type]  # judged by the schema
    except ValidationError as error:
        return _failure("bad_arguments", context) | {"errors": error.messages_dict}
    try:
        return tool.handler(context, loaded)
    except NotFound:
        return _failure("ticket_not_found", context, code="not_found")
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
            "customerId": context.customer.id,
            "conversationId": context.provenance.conversation_id,
        },
        provenance=context.provenance,
        actor=ASSISTANT,
    )
    return _done(ticket, "ticket_created" if created else "ticket_exists", context)


def get_ticket_information(context: ToolContext, arguments: Document) -> Document:
    if ticket_id := arguments["ticket_id"]:
        ticket = context.tickets.get_ticket_by_id_for_customer(
            _number(ticket_id), context.customer.id
        )
        if ticket is None:
            raise NotFound("Ticket not found.")
        return {"success": True, "tickets": [own_ticket(ticket)]}
    recent = context.tickets.get_own_tickets(context.customer.id, MAX_RECENT)
    if not recent:
        return {"success": True, "tickets": [], "message": say("no_tickets", context.locale)}
    return {"success": True, "tickets": [own_ticket_row(ticket) for ticket in recent]}


def add_ticket_comment(context: ToolContext, arguments: Document) -> Document:
    ticket = context.tickets.comment_as_customer(
        _number(arguments["ticket_id"]),
        arguments["comment"],
        customer=context.customer,
        provenance=context.provenance,
    )
    return _done(ticket, "comment_added", context)


def reopen_ticket(context: ToolContext, arguments: Document) -> Document:
    ticket = context.tickets.reopen_as_customer(
        _number(arguments["ticket_id"]),
        arguments["reason"],
        customer=context.customer,
        provenance=context.provenance,
    )
    reopened = ticket["status"] == Status.REOPENED.value
    return _done(ticket, "ticket_reopened" if reopened else "ticket_open", context)


def submit_ticket_feedback(context: ToolContext, arguments: Document) -> Document:
    ticket = context.tickets.rate_ticket(
        _number(arguments["ticket_id"]),
        arguments["rating"],
        arguments["comment"],
        customer=context.customer,
        provenance=context.provenance,
    )
    return _done(ticket, "feedback_thanks", context)


def request_human(context: ToolContext, arguments: Document) -> Document:  # noqa: ARG001 - as each tool
    """The conversation is handed off together with the answer: see `reason_for_person`."""
    return {"success": True, "message": say("person_asked", context.locale)}


def reason_for_person(tool_calls: list[ToolCall]) -> str | None:
    """Return why a run's calls hand the conversation off to a person; None when they do not."""
    reasons: list[str] = [
        call["arguments"]["reason"]
        for call in tool_calls
        if call["name"] == "request_human" and call["result"]["success"]
    ]
    return reasons[-1] if reasons else None


def _number(written: str) -> str:
    return written.strip().upper()


def _done(ticket: TicketDocument, phrase: str, context: ToolContext) -> Document:
    """Return the result of a change of a ticket."""
    due = ticket["sla"]["resolutionDueAt"]
    spoken = spoken_date(due, context.locale)
    return {
        "success": True,
        "ticketId": ticket["_id"],
        "status": ticket["status"],
        "estimatedResolution": iso(due),
        "message": say(phrase, context.locale, ticket_id=ticket["_id"], due=spoken),
    }


def _failure(phrase: str, context: ToolContext, code: str | None = None) -> Document:
    return {"success": False, "code": code or phrase, "error": say(phrase, context.locale)}
