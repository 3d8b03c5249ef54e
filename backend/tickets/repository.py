"""Reads and writes tickets. Every read takes the visibility filter; every write one version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DocumentTooLarge, OperationFailure

from backend.common.documents import Db, Document
from backend.common.errors import TooLarge
from backend.tickets.listing.months import MONTH, month_of
from backend.tickets.models import (
    OPEN_STATUSES,
    PRIORITY_RANK,
    STATUS_RANK,
    ticket_id,
    ticket_number,
)

# Numbers drawn that the counter remembers: for as long as their tickets take to be stored.
RECENT_DRAWS = 50

_DOCUMENT_TOO_LARGE = (10334, 17419, 17420)  # the server's codes for more than 16 MiB


class TicketRepository:
    def __init__(self, db: Db) -> None:
        self._tickets = db["tickets"]
        self._counters = db["counters"]

    def next_sequence(self, year: int, creation_key: str | None = None) -> int:
        """One atomic counter document a year, so that a new year starts at 1 by itself.

        Who comes with a `creation_key` that has just drawn a number gets that number again: of two
        who would make the same ticket at once, or one who tries again, none uses up another.
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

    def insert(
        self, ticket: Document, year: int, sequence: int, session: ClientSession
    ) -> Document:
        """Store a new ticket. Raises DuplicateKeyError when one with its `creationKey` exists."""
        document = {
            "_id": ticket_id(year, sequence),
            "number": ticket_number(year, sequence),
            **ticket,
        }
        document |= derived(document)
        self._tickets.insert_one(document, session=session)
        return document

    def find_created(self, *creation_keys: str) -> Document | None:
        return self._tickets.find_one({"creationKey": {"$in": creation_keys}})

    def find(self, wanted: str, visible: Document) -> Document | None:
        return self._tickets.find_one({"_id": wanted, **visible})

    def find_assignment(self, wanted: str) -> Document | None:
        """The ticket with its assignee alone."""
        return self._tickets.find_one({"_id": wanted}, {"assignedTo": True})

    def ids_showing_otherwise(self, customer: Document) -> list[str]:
        """The ids of the customer's tickets on which the customer is not as here."""
        own = {"customer.customerId": customer["customerId"]}
        found = self._tickets.find({**own, "customer": {"$ne": customer}}, {"_id": True})
        return [ticket["_id"] for ticket in found]

    def open_in_conversation(self, conversation_id: str, which: Document) -> list[str]:
        """The ids of a conversation's open tickets that are `which`."""
        still_open = {"conversationId": conversation_id, "status": {"$in": OPEN_STATUSES}}
        found = self._tickets.find({"$and": [still_open, which]}, {"_id": True})
        return [ticket["_id"] for ticket in found]

    def has_open(self, conversation_id: str, which: Document) -> bool:
        """Whether the conversation has an open ticket that matches `which`."""
        still_open = {"conversationId": conversation_id, "status": {"$in": OPEN_STATUSES}}
        return self._tickets.find_one({"$and": [still_open, which]}, {"_id": True}) is not None

    def move_to_customer(self, source_id: str, target_id: str, session: ClientSession) -> None:
        """Only the id: name and phone follow ticket by ticket, each with its event."""
        self._tickets.update_many(
            {"customer.customerId": source_id},
            {"$set": {"customer.customerId": target_id}},
            session=session,
        )

    def move_to_conversation(self, source_id: str, target_id: str, session: ClientSession) -> None:
        """With the keys of deduplication, which name the conversation of the message."""
        # Else a message that is answered again from the target would have a second ticket.
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
        ticket: Document,
        fields: Document,
        push: Document,
        now: datetime,
        visible: Document,
        session: ClientSession,
    ) -> Document | None:
        """Apply a change to the version that was read; None when somebody else was first.

        Raises TooLarge when the ticket would outgrow what one document holds.
        """
        changed = fields | {"updatedAt": now}
        update: dict[str, Any] = {
            "$set": changed | derived(ticket | changed),
            "$inc": {"version": 1},
        }
        if push:
            update["$push"] = push
        try:
            return self._tickets.find_one_and_update(
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


def _draw_once(creation_key: str) -> list[Document]:
    """An update that raises the counter unless this key is among those that did so last."""
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
    return TooLarge("The ticket has reached the most that one ticket can hold.")


def derived(ticket: Document) -> Document:
    """What the indexes need beside the fields that people see."""
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
