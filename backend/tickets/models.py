"""What a ticket is: its enums, legal moves and SLA targets, and how the collection is kept."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from backend.common.documents import index, validator


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
        """Somebody still has to do something about it."""
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


LEGAL_MOVES: dict[Status, tuple[Status, ...]] = {
    Status.NEW: (Status.OPEN, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED),
    Status.OPEN: (
        Status.IN_PROGRESS,
        Status.PENDING_CUSTOMER,
        Status.WAITING_INTERNAL,
        Status.RESOLVED,
        Status.CLOSED,
    ),
    Status.IN_PROGRESS: (Status.PENDING_CUSTOMER, Status.WAITING_INTERNAL, Status.RESOLVED),
    Status.PENDING_CUSTOMER: (Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED),
    Status.WAITING_INTERNAL: (Status.IN_PROGRESS, Status.RESOLVED),
    Status.RESOLVED: (Status.CLOSED, Status.REOPENED),
    Status.CLOSED: (Status.REOPENED,),
    Status.REOPENED: (
        Status.IN_PROGRESS,
        Status.PENDING_CUSTOMER,
        Status.WAITING_INTERNAL,
        Status.RESOLVED,
    ),
}


class SlaTarget(NamedTuple):
    first_response: timedelta
    resolution: timedelta


SLA_TARGETS: dict[Priority, SlaTarget] = {
    Priority.URGENT: SlaTarget(timedelta(minutes=15), timedelta(hours=4)),
    Priority.HIGH: SlaTarget(timedelta(hours=1), timedelta(hours=24)),
    Priority.MEDIUM: SlaTarget(timedelta(hours=4), timedelta(hours=72)),
    Priority.LOW: SlaTarget(timedelta(hours=24), timedelta(days=7)),
}

# Categories that agents must refine with a subcategory.
SUBCATEGORY_REQUIRED = frozenset({Category.TECHNICAL_SUPPORT, Category.BILLING})

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
