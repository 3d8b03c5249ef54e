"""What is asked of tickets: the bodies of writes, and the filters of lists."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask_smorest.fields import Upload
from marshmallow import ValidationError, fields, validate
from webargs.fields import DelimitedList

from backend.common.documents import Document
from backend.http.fields import (
    MAX_ID,
    JsonBoolean,
    JsonNumber,
    Moment,
    Schema,
    Text,
    enum,
    identifier,
    query_boolean,
)
from backend.http.schemas import PageQuery
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
    Status,
)


class Location(Schema):
    address = Text(longest=MAX_ADDRESS, allow_none=True)
    latitude = JsonNumber(validate=validate.Range(-90, 90), allow_none=True)
    longitude = JsonNumber(validate=validate.Range(-180, 180), allow_none=True)


def _tags() -> fields.List[Any]:
    return fields.List(Text(longest=MAX_TAG), validate=validate.Length(max=MAX_TAGS))


class TicketCreate(Schema):
    subject = Text(longest=MAX_SUBJECT, required=True)
    description = Text(longest=MAX_DESCRIPTION, multiline=True, required=True)
    category = enum(Category, required=True)
    subcategory = Text(longest=MAX_SUBCATEGORY, allow_none=True)
    priority = enum(Priority, load_default=Priority.MEDIUM)
    customerId = identifier(required=True)
    conversationId = identifier(allow_none=True)
    tags = _tags()
    location = fields.Nested(Location, allow_none=True)
    assignedTo = identifier(allow_none=True)


class TicketUpdate(Schema):
    """Only what is sent changes."""

    subject = Text(longest=MAX_SUBJECT)
    description = Text(longest=MAX_DESCRIPTION, multiline=True)
    category = enum(Category)
    subcategory = Text(longest=MAX_SUBCATEGORY, allow_none=True)
    priority = enum(Priority)
    status = enum(Status)
    statusReason = Text(longest=MAX_REASON, multiline=True)
    tags = _tags()
    location = fields.Nested(Location, allow_none=True)
    relatedTickets = fields.List(identifier(), validate=validate.Length(max=MAX_RELATED))


class TicketAssign(Schema):
    agentId = identifier(required=True, allow_none=True)


class TicketResolve(Schema):
    summary = Text(longest=MAX_DESCRIPTION, multiline=True, required=True)


class TicketEscalate(Schema):
    reason = Text(longest=MAX_REASON, multiline=True, required=True)
    toAgentId = identifier(allow_none=True)


class NoteCreate(Schema):
    content = Text(longest=MAX_NOTE, multiline=True, required=True)
    isInternal = JsonBoolean(load_default=True)


MAX_BULK = 100
MAX_NAMED = 100  # tickets that a list is asked for by their ids

SORTS = ("updatedAt", "createdAt", "priority", "status", "resolutionDueAt", "ticketId")


class CommaList(fields.Field[list[Any]]):
    """`a,b,c` of one enum."""

    def __init__(self, kind: type[StrEnum], **kwargs: Any) -> None:
        self.kind = kind
        values = "|".join(member.value for member in kind)
        super().__init__(
            metadata={
                "type": "string",
                "pattern": f"^({values})(,({values}))*$",
                "description": "One or several, comma-separated.",
            },
            **kwargs,
        )

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> list[StrEnum]:
        try:
            return [self.kind(part.strip()) for part in str(value).split(",")]
        except ValueError:
            raise ValidationError(
                f"Should be of: {', '.join(member.value for member in self.kind)}."
            ) from None


class TicketFilter(Schema):
    """What a list can be narrowed to, and its order."""

    ticketId = DelimitedList(
        identifier(metadata={"pattern": "^[^,]+$"}),
        validate=validate.Length(max=MAX_NAMED),
        metadata={"description": "Whole ids, comma-separated."},
    )
    status = CommaList(Status)
    priority = CommaList(Priority)
    category = CommaList(Category)
    assignedTo = fields.String(
        validate=validate.Length(min=1, max=MAX_ID),
        metadata={"description": "`me`, `unassigned` or an agent's id"},
    )
    customerId = identifier()
    conversationId = identifier()
    escalated = query_boolean()
    sla = CommaList(SlaState)
    tag = Text(longest=MAX_TAG)
    search = Text(longest=200)
    createdFrom = Moment()
    createdTo = Moment()
    updatedSince = Moment()
    sort = fields.String(
        metadata={
            "description": "`-` for descending. Without it: by relevance with `search`, "
            "else `-updatedAt`."
        },
        validate=validate.OneOf([sign + name for name in SORTS for sign in ("", "-")]),
    )


class TicketQuery(TicketFilter, PageQuery):
    """A page of a filtered list."""


class BulkChange(Schema):
    """Only what is sent changes."""

    category = enum(Category)
    subcategory = Text(longest=MAX_SUBCATEGORY, allow_none=True)
    priority = enum(Priority)
    status = enum(Status)
    statusReason = Text(longest=MAX_REASON, multiline=True)
    tags = _tags()
    addTags = _tags()
    removeTags = _tags()
    assignedTo = identifier(allow_none=True)


def _not_empty(change: Document) -> None:
    if not change:
        raise ValidationError("Says nothing to change.")


class BulkRequest(Schema):
    ticketIds = fields.List(
        identifier(), required=True, validate=validate.Length(min=1, max=MAX_BULK)
    )
    change = fields.Nested(
        BulkChange, required=True, validate=_not_empty, metadata={"minProperties": 1}
    )


class AttachmentUpload(Schema):
    file = Upload(required=True)
