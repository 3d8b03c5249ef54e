"""Reads and writes single tickets; a write is guarded by the version that was read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DocumentTooLarge, OperationFailure

from backend.common.documents import Db, Document
from backend.common.errors import TooLarge
from backend.customers.models import CustomerSnapshot
from backend.tickets.listing.months import MONTH, month_of
from backend.tickets.models import (
    OPEN_STATUSES,
    PRIORITY_RANK,
    STATUS_RANK,
    TicketDocument,
    TicketFields,
    ticket_of,
)
from backend.tickets.rules import Appended

# Drawn numbers that the counter remembers, for as long as their tickets take to be stored.
RECENT_DRAWS = 50

_DOCUMENT_TOO_LARGE = (10334, 17419, 17420)  # the server's codes for more than 16 MiB


class TicketRepository:
    def __init__(self, db: Db) -> None:
        self._tickets = db["tickets"]
        self._counters = db["counters"]

    def next_sequence(self, year: int, creation_key: str | None = None) -> int:
        """Return the next number of a ticket in the year, starting at 1.

        A `creation_key` that has just drawn a number gets the same one again, so that a repeated
        request uses up no second number.
        """
        counter: Document = self._counters.find_one_and_update(
            {"_id": f"ticket-{year}"},
            _draw_once(creation_key) if creation_key else {"$inc": {"sequence": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        if not creation_key:
            return int(counter["sequence"])
        return next(int(d["sequence"]) for d in counter["recent"] if d["key"] == creation_key)

    def insert(self, ticket: TicketDocument, session: ClientSession) -> None:
        """Store a new ticket. Raises DuplicateKeyError when one with its `creationKey` exists."""
        self._tickets.insert_one({**ticket, **derived(ticket)}, session=session)

    def find_created(self, *creation_keys: str) -> TicketDocument | None:
        return _ticket(self._tickets.find_one({"creationKey": {"$in": creation_keys}}))

    def find(
        self, wanted: str, visible: Document, session: ClientSession | None = None
    ) -> TicketDocument | None:
        return _ticket(self._tickets.find_one({"_id": wanted, **visible}, session=session))

    def find_assignment(self, wanted: str) -> TicketDocument | None:
        """Return the ticket with its assignee alone."""
        return _ticket(self._tickets.find_one({"_id": wanted}, {"assignedTo": True}))

    def ids_with_other_snapshot(self, customer: CustomerSnapshot) -> list[str]:
        """Return the ids of the customer's tickets that have another snapshot of the customer."""
        own = {"customer.customerId": customer["customerId"]}
        found = self._tickets.find({**own, "customer": {"$ne": customer}}, {"_id": True})
        return [ticket["_id"] for ticket in found]

    def open_in_conversation(self, conversation_id: str, condition: Document) -> list[str]:
        """Return the ids of a conversation's open tickets that meet the condition."""
        still_open = {"conversationId": conversation_id, "status": {"$in": OPEN_STATUSES}}
        found = self._tickets.find({"$and": [still_open, condition]}, {"_id": True})
        return [ticket["_id"] for ticket in found]

    def has_open(self, conversation_id: str, condition: Document) -> bool:
        """Return whether the conversation has an open ticket that meets the condition."""
        still_open = {"conversationId": conversation_id, "status": {"$in": OPEN_STATUSES}}
        return self._tickets.find_one({"$and": [still_open, condition]}, {"_id": True}) is not None

    def move_to_customer(self, source_id: str, target_id: str, session: ClientSession) -> None:
        """Change the id alone: name and phone follow ticket by ticket, each with its event."""
        self._tickets.update_many(
            {"customer.customerId": source_id},
            {"$set": {"customer.customerId": target_id}},
            session=session,
        )

    def move_to_conversation(self, source_id: str, target_id: str, session: ClientSession) -> None:
        """Change the conversation, also in the keys of deduplication, which contain it."""
        # Otherwise a message that is answered again from the target would get a second ticket.
        renamed = {"input": "$creationKey", "find": source_id, "replacement": target_id}
        self._tickets.update_many(
            {"conversationId": source_id, "creationKey": {"$exists": True}},
            [{"$set": {"creationKey": {"$replaceOne": renamed}}}],
            session=session,
        )
        self._tickets.update_many(
            {"conversationId": source_id},
            {"$set": {"conversationId": target_id}},
            session=session,
        )

    def existing(self, ids: Iterable[str], visible: Document) -> set[str]:
        found = self._tickets.find({"_id": {"$in": list(ids)}, **visible}, {"_id": True})
        return {ticket["_id"] for ticket in found}

    def write(
        self,
        ticket: TicketDocument,
        fields: TicketFields,
        push: Appended,
        now: datetime,
        visible: Document,
        session: ClientSession,
    ) -> TicketDocument | None:
        """Apply a change to the version that was read; None when another write was first.

        Raises TooLarge when the ticket would outgrow what one document holds.
        """
        changed: Document = {**fields, "updatedAt": now}
        update: Document = {
            "$set": changed | derived(ticket_of({**ticket, **changed})),
            "$inc": {"version": 1},
        }
        if push:
            update["$push"] = push
        try:
            written = self._tickets.find_one_and_update(
                {"_id": ticket["_id"], "version": ticket["version"], **visible},
                update,
                return_document=ReturnDocument.AFTER,
                session=session,
            )
        except DocumentTooLarge:
            raise _full() from None
        except OperationFailure as error:
            if error.code in _DOCUMENT_TOO_LARGE:
                raise _full() from None
            raise
        return _ticket(written)


def _ticket(stored: Document | None) -> TicketDocument | None:
    return None if stored is None else ticket_of(stored)


def _draw_once(creation_key: str) -> list[Document]:
    """Return an update that raises the counter unless this key is among the last that did."""
    key = {"$literal": creation_key}
    recent = {"$ifNull": ["$recent", []]}
    following = {"$add": [{"$ifNull": ["$sequence", 0]}, 1]}
    draws = {"$concatArrays": [[{"key": key, "sequence": following}], recent]}
    drawn = {"$in": [key, {"$ifNull": ["$recent.key", []]}]}
    return [
        {
            "$set": {
                "sequence": {"$cond": [drawn, "$sequence", following]},
                "recent": {"$cond": [drawn, recent, {"$slice": [draws, RECENT_DRAWS]}]},
            }
        }
    ]


def _full() -> TooLarge:
    return TooLarge("The ticket has reached its maximum size.")


def derived(ticket: TicketDocument) -> Document:
    """Return the fields that exist for the indexes alone."""
    digits = re.sub(r"\D", "", ticket["customer"]["phone"] or "")
    sequence = ticket["_id"].rsplit("-", 1)[1]
    return {
        "priorityRank": PRIORITY_RANK[ticket["priority"]],
        "statusRank": STATUS_RANK[ticket["status"]],
        MONTH: month_of(ticket["createdAt"]),
        # Every tail of the ticket's number and of the phone: "starts with" on a tail is "contains".
        "search": {"numbers": sorted(set(_tails(sequence, 1)) | set(_tails(digits, 3)))},
    }


def _tails(digits: str, shortest: int) -> list[str]:
    return [digits[start:] for start in range(len(digits) - shortest + 1)]
