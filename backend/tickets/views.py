"""What a ticket looks like to those who may see it.

The functions at the end are allow-lists, each of what the schema of its name describes: whatever
else a stored ticket holds stays inside.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.http.fields import Schema, enum, out
from backend.http.representations import Representation
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
    state = out(enum, SlaState, compute=lambda clock, now: sla.state(clock, now).value)


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
    from_ = out(enum, Status, nullable=True, data_key="from")
    to = out(enum, Status)
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

    ticketId = out(fields.String, attribute="_id")
    version = out(fields.Integer)
    subject = out(fields.String)
    category = out(enum, Category)
    subcategory = out(fields.String, nullable=True)
    priority = out(enum, Priority)
    status = out(enum, Status)
    escalated = out(fields.Boolean)
    escalation = out(fields.Nested, Escalation, nullable=True)
    customer = out(fields.Nested, TicketCustomer)
    conversationId = out(fields.String, nullable=True)
    assignedTo = out(fields.Nested, AgentRef, nullable=True)
    tags = out(fields.List, fields.String())
    location = out(fields.Nested, LocationOut, nullable=True)
    source = out(enum, Source)
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

ticket_row = Representation(TicketRow, of=dict)
ticket_detail = Representation(Ticket, of=dict)
attachment_view = Representation(Attachment, of=dict)
note_view = Representation(Note, of=dict)
