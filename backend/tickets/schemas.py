"""What is asked of tickets: the bodies of writes, and the filters of lists."""

from __future__ import annotations

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import ValidationError, fields, validate

from backend.common.documents import Document
from backend.http.fields import (
    JsonBoolean,
    JsonNumber,
    Schema,
    Text,
    enum,
    identifier,
)
from backend.http.schemas import PageQuery
from backend.tickets.listing.filters import FILTERS
from backend.tickets.listing.indexes import SORT_FIELDS
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
SORTS = tuple(SORT_FIELDS)

_FILTER: dict[str, fields.Field[Any]] = {
    **{name: one.parameter for name, one in FILTERS.items()},
    "search": Text(longest=200),
    "sort": fields.String(
        metadata={
            "description": "`-` for descending. Without it: by relevance with `search`, "
            "else `-updatedAt`."
        },
        validate=validate.OneOf([sign + name for name in SORTS for sign in ("", "-")]),
    ),
}
# What a list can be narrowed to and its order, and the same for one page of it.
TicketFilter = Schema.from_dict(_FILTER, name="TicketFilter")
TicketQuery = PageQuery.from_dict(_FILTER, name="TicketQuery")


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
