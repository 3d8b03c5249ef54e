"""A new ticket's document: every field that a ticket has, as it is at the beginning."""

from __future__ import annotations

from datetime import datetime

from backend.common.actor import Actor
from backend.common.documents import Document
from backend.customers.models import snapshot_of
from backend.tickets import sla
from backend.tickets.changes import history_entry, location_of, unique
from backend.tickets.models import Priority, Source, Status


def new_ticket(
    fields: Document,
    customer: Document,
    assigned_to: Document | None,
    *,
    source: Source,
    actor: Actor,
    now: datetime,
) -> Document:
    """Without its id, which is taken last so that a refused ticket uses up no number."""
    priority = fields.get("priority") or Priority.MEDIUM
    return {
        "version": 1,
        "subject": fields["subject"],
        "description": fields["description"],
        "category": fields["category"].value,
        "subcategory": fields.get("subcategory") or None,
        "priority": priority.value,
        "status": Status.NEW.value,
        "escalated": False,
        "escalation": None,
        "customer": snapshot_of(customer),
        "conversationId": fields.get("conversationId") or None,
        "assignedTo": assigned_to,
        "tags": unique(fields.get("tags") or []),
        "location": location_of(fields.get("location")),
        "source": source.value,
        "sla": sla.start(priority, now),
        "resolution": None,
        "feedback": None,
        "relatedTickets": [],
        "attachments": [],
        "notes": [],
        "statusHistory": [history_entry(None, Status.NEW, actor, now, None)],
        "createdAt": now,
        "updatedAt": now,
        "closedAt": None,
    }
