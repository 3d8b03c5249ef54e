"""The event log and its subscribers.

`events` holds one append-only document for each change of a ticket, conversation, message or
customer. It is written in the transaction of the change itself (`transactions.py`). A subscriber
either writes within that transaction, typically to enqueue a job, or runs after the commit, as live
updates do; what it does then cannot fail the write.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NotRequired, Protocol, TypedDict, TypeVar

from pymongo.client_session import ClientSession

from backend.common.actor import Actor, AuthorDocument
from backend.common.documents import Db, index, new_id, validator

if TYPE_CHECKING:
    from backend.platform.transactions import Transaction

log = logging.getLogger(__name__)

E = TypeVar("E")

# `from` and `to` of each changed field.
Changes = dict[str, dict[str, Any]]


class Subjects(TypedDict, total=False):
    """The ids of what an event is about."""

    ticketId: str
    conversationId: str
    messageId: str
    noteId: str
    attachmentId: str
    customerId: str


class EventDocument(Subjects):
    """A stored event."""

    _id: str
    type: str
    version: NotRequired[int]
    actor: AuthorDocument
    changes: Changes
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log keeps of an event, besides actor and time."""

    type: str
    subjects: Subjects
    changes: Changes
    version: int | None = None


class LoggedEvent(Protocol):
    """An event of a feature: a frozen dataclass with what its subscribers need."""

    @property
    def actor(self) -> Actor: ...
    @property
    def at(self) -> datetime: ...
    def entry(self) -> Entry: ...


VALIDATORS = {
    "events": validator(
        {"_id": "string", "type": "string", "actor": "object", "changes": "object", "at": "date"}
    )
}

INDEXES = {
    "events": [
        index(("at", 1), ("_id", 1)),
        index(("ticketId", 1), ("at", 1), partialFilterExpression={"ticketId": {"$exists": True}}),
        index(
            ("conversationId", 1),
            ("at", 1),
            partialFilterExpression={"conversationId": {"$exists": True}},
        ),
        index(
            ("customerId", 1), ("at", 1), partialFilterExpression={"customerId": {"$exists": True}}
        ),
    ]
}


class EventLog:
    def __init__(self, db: Db) -> None:
        self._events = db["events"]

    def append(self, event: LoggedEvent, session: ClientSession) -> None:
        entry = event.entry()
        document: dict[str, Any] = {
            "_id": new_id(),
            "type": entry.type,
            **entry.subjects,
            "actor": event.actor.as_author(),
            "changes": entry.changes,
            "at": event.at,
        }
        if entry.version is not None:
            document["version"] = entry.version
        self._events.insert_one(document, session=session)


class EventBus:
    """Calls the subscribers of each event. Features subscribe once, at start."""

    def __init__(self) -> None:
        self._within: dict[type, list[Callable[[Transaction, Any], None]]] = defaultdict(list)
        self._after: dict[type, list[Callable[[Any], None]]] = defaultdict(list)

    def within(self, kind: type[E], handler: Callable[[Transaction, E], None]) -> None:
        """Call the handler in the transaction that publishes the event; its failure fails that."""
        self._within[kind].append(handler)

    def after(self, kind: type[E], handler: Callable[[E], None]) -> None:
        """Call the handler after the commit; its failure is logged."""
        self._after[kind].append(handler)

    def dispatch_within(self, transaction: Transaction, event: object) -> None:
        for handler in self._within[type(event)]:
            handler(transaction, event)

    def dispatch_after(self, event: object) -> None:
        """Call the subscribers; also for events that are never logged, such as typing."""
        for handler in self._after[type(event)]:
            try:
                handler(event)
            except Exception:
                log.exception("a subscriber of %s failed", type(event).__name__)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any], *ignored: str) -> Changes:
    """Return `from` and `to` of each field of `after` that differs."""
    return {
        name: {"from": before.get(name), "to": value}
        for name, value in after.items()
        if name not in ignored and before.get(name) != value
    }
