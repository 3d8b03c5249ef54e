"""What a ticket looks like to those who may see it.

The functions at the end are allow-lists, each of what the schema of its name describes: whatever
else a stored ticket holds stays inside.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import fields, validate

from backend.common.documents import Document, iso
from backend.http.fields import Schema, enum, out
from backend.http.schemas import Author, Pagination
from backend.tickets import sla
from backend.tickets.models import LEGAL_MOVES, Category, Priority, SlaState, Source, Status


class TicketCustomer(Schema):
    customerId = out(fields.String)
    name = out(fields.String, nullable=True)
    phone = out(fields.String, nullable=True)


class AgentRef(Schema):
    agentId = out(fields.String)
    name = out(fields.String)


class LocationOut(Schema):
    address = out(fields.String, nullable=True)
    latitude = out(fields.Float, nullable=True)
    longitude = out(fields.Float, nullable=True)


class Escalation(Schema):
    reason = out(fields.String)
    toAgentId = out(fields.String, nullable=True)
    escalatedBy = out(fields.Nested, Author)
    escalatedAt = out(fields.DateTime)


class Sla(Schema):
    firstResponseDueAt = out(fields.DateTime)
    resolutionDueAt = out(fields.DateTime)
    firstRespondedAt = out(fields.DateTime, nullable=True)
    resolvedAt = out(fields.DateTime, nullable=True)
    pausedAt = out(fields.DateTime, nullable=True)
    state = enum(SlaState, required=True, dump_only=True)


class Resolution(Schema):
    summary = out(fields.String)
    resolvedBy = out(fields.Nested, Author)
    resolvedAt = out(fields.DateTime)


class Feedback(Schema):
    rating = out(fields.Integer)
    comment = out(fields.String, nullable=True)
    receivedAt = out(fields.DateTime)


class Note(Schema):
    noteId = out(fields.String)
    content = out(fields.String)
    isInternal = out(fields.Boolean)
    author = out(fields.Nested, Author)
    createdAt = out(fields.DateTime)


class StatusChange(Schema):
    from_ = enum(Status, required=True, dump_only=True, allow_none=True, data_key="from")
    to = enum(Status, required=True, dump_only=True)
    changedBy = out(fields.Nested, Author)
    changedAt = out(fields.DateTime)
    reason = out(fields.String, nullable=True)


class Attachment(Schema):
    attachmentId = out(fields.String)
    filename = out(fields.String)
    contentType = out(fields.String)
    size = out(fields.Integer)
    uploadedAt = out(fields.DateTime)


class TicketRow(Schema):
    """A ticket in lists and events."""

    ticketId = out(fields.String)
    version = out(fields.Integer)
    subject = out(fields.String)
    category = enum(Category, required=True, dump_only=True)
    subcategory = out(fields.String, nullable=True)
    priority = enum(Priority, required=True, dump_only=True)
    status = enum(Status, required=True, dump_only=True)
    escalated = out(fields.Boolean)
    escalation = out(fields.Nested, Escalation, nullable=True)
    customer = out(fields.Nested, TicketCustomer)
    conversationId = out(fields.String, nullable=True)
    assignedTo = out(fields.Nested, AgentRef, nullable=True)
    tags = out(fields.List, fields.String())
    location = out(fields.Nested, LocationOut, nullable=True)
    source = enum(Source, required=True, dump_only=True)
    sla = out(fields.Nested, Sla)
    resolution = out(fields.Nested, Resolution, nullable=True)
    feedback = out(fields.Nested, Feedback, nullable=True)
    relatedTickets = out(fields.List, fields.String())
    createdAt = out(fields.DateTime)
    updatedAt = out(fields.DateTime)
    closedAt = out(fields.DateTime, nullable=True)


class Ticket(TicketRow):
    """A whole ticket."""

    description = out(fields.String)
    attachments = out(fields.List, fields.Nested(Attachment))
    notes = out(fields.List, fields.Nested(Note))
    statusHistory = out(fields.List, fields.Nested(StatusChange))


class TicketList(Schema):
    data = out(fields.List, fields.Nested(TicketRow))
    pagination = out(fields.Nested, Pagination)


class BulkProblem(Schema):
    code = out(fields.String)
    detail = out(fields.String)
    errors = fields.Dict(keys=fields.String())
    legal = fields.List(fields.String())


class BulkResult(Schema):
    ticketId = out(fields.String)
    success = out(fields.Boolean)
    version = out(fields.Integer, nullable=True)
    error = out(fields.Nested, BulkProblem, nullable=True)


class BulkAnswer(Schema):
    results = out(fields.List, fields.Nested(BulkResult))


# Never an answer: it tells clients, by status, where a ticket may go from there.
LegalMoves = Schema.from_dict(
    {
        status.value: out(fields.String, validate=validate.OneOf([to.value for to in moves]))
        for status, moves in LEGAL_MOVES.items()
    },
    name="LegalMoves",
)


class DayCount(Schema):
    date = out(fields.Date)
    created = out(fields.Integer)
    resolved = out(fields.Integer)


def _counts() -> Any:
    return out(fields.Dict, keys=fields.String(), values=fields.Integer())


class Statistics(Schema):
    """Unassigned, mine and escalated count open tickets; days are UTC's."""

    total = out(fields.Integer)
    byStatus = _counts()
    byPriority = _counts()
    openByPriority = _counts()
    byCategory = _counts()
    bySla = _counts()
    unassigned = out(fields.Integer)
    mine = out(fields.Integer)
    escalated = out(fields.Integer)
    perDay = out(fields.List, fields.Nested(DayCount))


class StatusCounts(Schema):
    """A filtered list's tickets by status; where `isExact` is false there are at least so many."""

    byStatus = _counts()
    isExact = out(fields.Boolean)


# The stored fields that only a whole ticket shows; lists do not even read them.

NOT_IN_ROWS = ("description", "notes", "statusHistory", "attachments")


def ticket_row(doc: Document, now: datetime) -> Document:
    """A stored ticket as lists and events show it; `sla.state` as of `now`."""
    return {
        "ticketId": doc["_id"],
        "version": doc["version"],
        "subject": doc["subject"],
        "category": doc["category"],
        "subcategory": doc["subcategory"],
        "priority": doc["priority"],
        "status": doc["status"],
        "escalated": doc["escalated"],
        "escalation": _with_times(doc["escalation"], "escalatedAt"),
        "customer": doc["customer"],
        "conversationId": doc["conversationId"],
        "assignedTo": doc["assignedTo"],
        "tags": doc["tags"],
        "location": doc["location"],
        "source": doc["source"],
        "sla": {
            "firstResponseDueAt": iso(doc["sla"]["firstResponseDueAt"]),
            "resolutionDueAt": iso(doc["sla"]["resolutionDueAt"]),
            "firstRespondedAt": iso(doc["sla"]["firstRespondedAt"]),
            "resolvedAt": iso(doc["sla"]["resolvedAt"]),
            "pausedAt": iso(doc["sla"]["pausedAt"]),
            "state": sla.state(doc["sla"], now).value,
        },
        "resolution": _with_times(doc["resolution"], "resolvedAt"),
        "feedback": _with_times(doc["feedback"], "receivedAt"),
        "relatedTickets": doc["relatedTickets"],
        "createdAt": iso(doc["createdAt"]),
        "updatedAt": iso(doc["updatedAt"]),
        "closedAt": iso(doc["closedAt"]),
    }


def ticket_detail(doc: Document, now: datetime) -> Document:
    """A stored ticket as its own page shows it."""
    return {
        **ticket_row(doc, now),
        "description": doc["description"],
        "attachments": [attachment_view(file) for file in doc["attachments"]],
        "notes": [note_view(note) for note in doc["notes"]],
        "statusHistory": [_with_times(move, "changedAt") for move in doc["statusHistory"]],
    }


def attachment_view(file: Document) -> Document:
    return {
        "attachmentId": file["attachmentId"],
        "filename": file["filename"],
        "contentType": file["contentType"],
        "size": file["size"],
        "uploadedAt": iso(file["uploadedAt"]),
    }


def note_view(note: Document) -> Document:
    return {
        "noteId": note["noteId"],
        "content": note["content"],
        "isInternal": note["isInternal"],
        "author": note["author"],
        "createdAt": iso(note["createdAt"]),
    }


def _with_times(part: Document | None, field: str) -> Document | None:
    return part and {**part, field: iso(part[field])}
