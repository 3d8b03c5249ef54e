"""The JSON of tickets: requests, and representations (what is not declared here does not leave)."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from flask_smorest.fields import Upload
from marshmallow import ValidationError, fields, validate

from backend.common.documents import Document
from backend.http.fields import (
    JsonBoolean,
    JsonInteger,
    JsonNumber,
    Schema,
    Text,
    enum,
    identifier,
    out,
)
from backend.http.representations import Representation
from backend.http.responses import MAX_VERSION
from backend.http.schemas import Author, Pagination
from backend.tickets import models, sla
from backend.tickets.models import (
    MAX_ADDRESS,
    MAX_DESCRIPTION,
    MAX_NOTE,
    MAX_REASON,
    MAX_RELATED,
    MAX_SUBCATEGORY,
    MAX_SUBJECT,
    MAX_TAG,
    MAX_TAGS,
    Category,
    Priority,
    SlaState,
    Source,
    Status,
)
from backend.tickets.rules import ALLOWED_TRANSITIONS

# --- requests -------------------------------------------------------------------------------


class Location(Schema):
    address = Text(max_length=MAX_ADDRESS, allow_none=True)
    latitude = JsonNumber(validate=validate.Range(-90, 90), allow_none=True)
    longitude = JsonNumber(validate=validate.Range(-180, 180), allow_none=True)


def _tags() -> fields.List[Any]:
    return fields.List(Text(max_length=MAX_TAG), validate=validate.Length(max=MAX_TAGS))


class TicketCreate(Schema):
    subject = Text(max_length=MAX_SUBJECT, required=True)
    description = Text(max_length=MAX_DESCRIPTION, multiline=True, required=True)
    category = enum(Category, required=True)
    subcategory = Text(max_length=MAX_SUBCATEGORY, allow_none=True)
    priority = enum(Priority, load_default=Priority.MEDIUM)
    customerId = identifier(required=True)
    conversationId = identifier(allow_none=True)
    tags = _tags()
    location = fields.Nested(Location, allow_none=True)
    assignedTo = identifier(allow_none=True)


class TicketUpdate(Schema):
    """Only what is sent changes."""

    subject = Text(max_length=MAX_SUBJECT)
    description = Text(max_length=MAX_DESCRIPTION, multiline=True)
    category = enum(Category)
    subcategory = Text(max_length=MAX_SUBCATEGORY, allow_none=True)
    priority = enum(Priority)
    status = enum(Status)
    statusReason = Text(max_length=MAX_REASON, multiline=True)
    tags = _tags()
    location = fields.Nested(Location, allow_none=True)
    relatedTickets = fields.List(identifier(), validate=validate.Length(max=MAX_RELATED))


class TicketAssign(Schema):
    agentId = identifier(required=True, allow_none=True)


class Assignment(TypedDict):
    agentId: str | None


class TicketResolve(Schema):
    summary = Text(max_length=MAX_DESCRIPTION, multiline=True, required=True)


class ResolutionInput(TypedDict):
    summary: str


class TicketEscalate(Schema):
    reason = Text(max_length=MAX_REASON, multiline=True, required=True)
    toAgentId = identifier(allow_none=True)


class EscalationInput(TypedDict):
    reason: str
    toAgentId: NotRequired[str | None]


class NoteCreate(Schema):
    content = Text(max_length=MAX_NOTE, multiline=True, required=True)
    isInternal = JsonBoolean(load_default=True)


class NoteInput(TypedDict):
    content: str
    isInternal: bool


MAX_BULK = 100


class BulkChange(Schema):
    """Only what is sent changes."""

    category = enum(Category)
    subcategory = Text(max_length=MAX_SUBCATEGORY, allow_none=True)
    priority = enum(Priority)
    status = enum(Status)
    statusReason = Text(max_length=MAX_REASON, multiline=True)
    tags = _tags()
    addTags = _tags()
    removeTags = _tags()
    assignedTo = identifier(allow_none=True)


def _not_empty(change: Document) -> None:
    if not change:
        raise ValidationError("Needs at least one field to change.")


class BulkRequest(Schema):
    ticketIds = fields.List(
        identifier(), required=True, validate=validate.Length(min=1, max=MAX_BULK)
    )
    change = fields.Nested(
        BulkChange, required=True, validate=_not_empty, metadata={"minProperties": 1}
    )
    versions = fields.Dict(
        keys=fields.String(),
        values=JsonInteger(validate=validate.Range(min=1, max=MAX_VERSION)),
        validate=validate.Length(max=MAX_BULK),
        metadata={
            "description": "The version that the caller saw of each ticket, as with `If-Match`: "
            "one that has another by now is refused with `version_conflict`."
        },
    )


class BulkInput(TypedDict):
    ticketIds: list[str]
    change: models.TicketInput
    versions: NotRequired[dict[str, int]]


class AttachmentUpload(Schema):
    file = Upload(required=True)


# --- representations ------------------------------------------------------------------------


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


# No response: it describes the allowed transitions of each status to clients.
LegalMoves = Schema.from_dict(
    {
        status.value: out(fields.String, validate=validate.OneOf([to.value for to in allowed]))
        for status, allowed in ALLOWED_TRANSITIONS.items()
    },
    name="LegalMoves",
)


# The stored fields that only a whole ticket shows; lists do not even read them.
NOT_IN_ROWS = ("description", "notes", "statusHistory", "attachments")

ticket_row = Representation(TicketRow, of=models.TicketDocument)
ticket_detail = Representation(Ticket, of=models.TicketDocument)
attachment_view = Representation(Attachment, of=models.Attachment)
note_view = Representation(Note, of=models.Note)
