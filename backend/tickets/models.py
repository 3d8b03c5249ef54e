"""Tickets as stored: enums, limits, documents, validators and indexes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NotRequired, TypedDict, cast

from backend.common.actor import AuthorDocument
from backend.common.documents import index, validator
from backend.customers.models import CustomerSnapshot


class Status(StrEnum):
    NEW = "new"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    PENDING_CUSTOMER = "pending_customer"
    WAITING_INTERNAL = "waiting_internal"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act on it."""
        return self not in (Status.RESOLVED, Status.CLOSED)


class Priority(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class Category(StrEnum):
    TECHNICAL_SUPPORT = "technical_support"
    BILLING = "billing"
    ACCOUNT = "account"
    GENERAL_INQUIRY = "general_inquiry"
    COMPLAINT = "complaint"
    FEATURE_REQUEST = "feature_request"
    OTHER = "other"


class Source(StrEnum):
    """Who opened the ticket."""

    ASSISTANT = "assistant"
    AGENT = "agent"


class SlaState(StrEnum):
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


class Assignee(TypedDict):
    agentId: str
    name: str


class Location(TypedDict):
    address: str | None
    latitude: float | None
    longitude: float | None


class Escalation(TypedDict):
    reason: str
    toAgentId: str | None
    escalatedBy: AuthorDocument
    escalatedAt: datetime


class SlaFacts(TypedDict):
    firstRespondedAt: datetime | None
    resolvedAt: datetime | None
    pausedAt: datetime | None
    pausedMs: int


class Sla(SlaFacts):
    """The facts, and what follows from them (see `sla.py`)."""

    firstResponseDueAt: datetime
    resolutionDueAt: datetime
    clock: str
    atRiskAt: datetime
    breachAt: datetime


class Resolution(TypedDict):
    summary: str
    resolvedBy: AuthorDocument
    resolvedAt: datetime


class Feedback(TypedDict):
    rating: int
    comment: str | None
    receivedAt: datetime


class Note(TypedDict):
    noteId: str
    content: str
    isInternal: bool
    author: AuthorDocument
    createdAt: datetime


class Attachment(TypedDict):
    attachmentId: str
    filename: str
    contentType: str
    size: int
    uploadedAt: datetime


StatusChange = TypedDict(
    "StatusChange",
    {
        "from": str | None,
        "to": str,
        "changedBy": AuthorDocument,
        "changedAt": datetime,
        "reason": str | None,
    },
)


class ProvenanceEntry(TypedDict):
    """A change that the assistant made for a customer's message. Never shown."""

    act: str
    conversationId: str
    messageId: str
    model: str
    responseId: str | None
    at: datetime


class PlainFields(TypedDict, total=False):
    """Fields that are stored as they are given: no other field depends on them."""

    subject: str
    description: str
    subcategory: str | None


class TicketFields(PlainFields, total=False):
    """The fields that change; a stored ticket has all of them."""

    category: str
    priority: str
    status: str
    escalated: bool
    escalation: Escalation | None
    customer: CustomerSnapshot
    conversationId: str | None
    assignedTo: Assignee | None
    tags: list[str]
    location: Location | None
    sla: Sla
    resolution: Resolution | None
    feedback: Feedback | None
    relatedTickets: list[str]
    updatedAt: datetime
    closedAt: datetime | None


class TicketDocument(TicketFields):
    """A ticket as stored. Rows of lists are read without the parts that only a whole ticket shows.

    The fields that exist for the indexes alone are in `repository.derived`.
    """

    _id: str
    number: int
    version: int
    source: str
    attachments: list[Attachment]
    notes: list[Note]
    statusHistory: list[StatusChange]
    provenance: NotRequired[list[ProvenanceEntry]]
    creationKey: NotRequired[str]  # at most one ticket for one of these
    creationDigest: NotRequired[str]  # of the request that made it with an Idempotency-Key
    createdAt: datetime


# What a new ticket starts with, and what a ticket has that was stored before a field was added.
DEFAULTS: TicketFields = {
    "subcategory": None,
    "escalated": False,
    "escalation": None,
    "conversationId": None,
    "assignedTo": None,
    "location": None,
    "resolution": None,
    "feedback": None,
    "closedAt": None,
}


def ticket_of(stored: Mapping[str, Any]) -> TicketDocument:
    """Return a stored ticket with every field. Everything that reads tickets goes through here."""
    return cast(TicketDocument, {**DEFAULTS, **stored})


class GivenLocation(TypedDict, total=False):
    address: str | None
    latitude: float | None
    longitude: float | None


class TicketInput(PlainFields, total=False):
    """What people and the assistant give to create or to change a ticket."""

    category: Category
    priority: Priority | None
    status: Status
    statusReason: str
    customerId: str
    conversationId: str | None
    assignedTo: str | None
    tags: list[str]
    addTags: list[str]
    removeTags: list[str]
    location: GivenLocation | None
    relatedTickets: list[str]


# Enums sort by their place in the work, not by the alphabet: stored beside the value for indexes.
PRIORITY_RANK = {priority.value: rank for rank, priority in enumerate(Priority)}
STATUS_RANK = {status.value: rank for rank, status in enumerate(Status)}

OPEN_STATUSES = tuple(status.value for status in Status if status.is_open)

# How much more a word counts where people name a thing than where they describe it.
SEARCH_WEIGHTS = {"subject": 5, "tags": 3, "customer.name": 3, "description": 1}

MAX_SUBJECT = 200
MAX_DESCRIPTION = 10_000
MAX_SUBCATEGORY = 100
MAX_NOTE = 10_000
MAX_NOTES = 1_000
MAX_TAGS = 20
MAX_TAG = 40
MAX_RELATED = 50
MAX_ATTACHMENTS = 20
MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024
MAX_FILENAME = 255
MAX_REASON = 2_000
MAX_ADDRESS = 500
RATINGS = range(1, 6)  # a customer's verdict, from very bad to excellent


# As a regular expression.
TICKET_ID = "TICKET-[0-9]{4}-(?:[0-9]{6}|[1-9][0-9]{6,8})"


def ticket_id(year: int, sequence: int) -> str:
    """`TICKET-2026-000123`; past 999,999 the number grows a digit."""
    return f"TICKET-{year}-{sequence:06d}"


def ticket_number(year: int, sequence: int) -> int:
    """The id as a number that sorts as people count, also past 999,999 a year."""
    return year * 10**9 + sequence


VALIDATORS = {
    "tickets": validator(
        {
            "_id": "string",
            "number": "long",
            "version": "int",
            "subject": "string",
            "description": "string",
            "customer": "object",
            "sla": "object",
            "notes": "array",
            "statusHistory": "array",
            "createdAt": "date",
            "updatedAt": "date",
        },
        status={"enum": [status.value for status in Status]},
        priority={"enum": [priority.value for priority in Priority]},
        category={"enum": [category.value for category in Category]},
    ),
    "counters": validator({"_id": "string"}, sequence={"bsonType": ["int", "long"], "minimum": 1}),
}

INDEXES = {
    "tickets": [
        index(("assignedTo.agentId", 1), ("sla.resolvedAt", 1)),
        index(("sla.resolvedAt", 1)),
        index(("search.numbers", 1), ("number", -1)),
        # "none": words as written, accents and case folded by the index, no stop words of one
        # language dropped from texts of another.
        index(
            ("subject", "text"),
            ("description", "text"),
            ("tags", "text"),
            ("customer.name", "text"),
            default_language="none",
            language_override="textIndexLanguage",
            weights=SEARCH_WEIGHTS,
            name="words",
        ),
        # At most one ticket for one customer message and category, or one agent's
        # Idempotency-Key, whoever asks and however often (see `creation_key` in the service).
        index(
            ("creationKey", 1),
            unique=True,
            partialFilterExpression={"creationKey": {"$exists": True}},
            name="creation_key",
        ),
    ],
    # GridFS makes these itself, but only while it holds no file, and a restored one does.
    "attachments.files": [
        index(("filename", 1), ("uploadDate", 1)),
        # Files that may have been left behind by an upload that was cut off.
        index(
            ("metadata.listed", 1),
            ("uploadDate", 1),
            partialFilterExpression={"metadata.listed": False},
            name="unlisted",
        ),
    ],
    "attachments.chunks": [index(("files_id", 1), ("n", 1), unique=True)],
}
