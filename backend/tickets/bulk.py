"""One change for many tickets. Each is its own write, and each answers for itself."""

from __future__ import annotations

from backend.actor import Actor
from backend.documents import Document
from backend.errors import AppError
from backend.tickets.service import TicketService


def change_tickets(
    tickets: TicketService, ticket_ids: list[str], change: Document, *, actor: Actor
) -> list[Document]:
    return [_change(tickets, ticket_id, change, actor) for ticket_id in dict.fromkeys(ticket_ids)]


def _change(tickets: TicketService, ticket_id: str, change: Document, actor: Actor) -> Document:
    try:
        ticket = tickets.update_ticket(ticket_id, change, actor=actor)
    except AppError as error:
        problem = {"code": error.code, "detail": error.detail, **error.extra}
        return {"ticketId": ticket_id, "success": False, "version": None, "error": problem}
    return {
        "ticketId": ticket_id,
        "success": True,
        "version": ticket["version"],
        "error": None,
    }
