"""Reads and writes tickets. Every read takes the visibility filter; every write one version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DocumentTooLarge, OperationFailure

from backend.common.documents import Db, Document
from backend.common.errors import TooLarge
from backend.common.paging import (
    MAX_COUNTED,
    Found,
    Order,
    Page,
    Reading,
    all_of,
    find_hits,
    find_page,
    walk,
)
from backend.tickets.listing import export
from backend.tickets.listing.filters import reading_of, with_status
from backend.tickets.listing.indexes import DEFAULT, HOLDER, MONTH, month_of
from backend.tickets.listing.search import MAX_HITS, RELEVANCE, Search
from backend.tickets.models import (
    OPEN_STATUSES,
    PRIORITY_RANK,
    STATUS_RANK,
    Status,
    ticket_id,
    ticket_number,
)
from backend.tickets.views import NOT_IN_ROWS

ROW = dict.fromkeys((*NOT_IN_ROWS, "provenance"), False)

# The API's sort names and the stored fields that carry their order.
SORT_FIELDS = {
    "updatedAt": "updatedAt",
    "createdAt": "createdAt",
    "priority": "priorityRank",
    "status": "statusRank",
    "resolutionDueAt": "sla.resolutionDueAt",
    "ticketId": "number",
}

# What an export reads: its cells, and by which it goes on from batch to batch.
EXPORTED = dict.fromkeys((*export.FIELDS, *SORT_FIELDS.values()), True)

# Numbers drawn that the counter remembers: for as long as their tickets take to be stored.
RECENT_DRAWS = 50

_DOCUMENT_TOO_LARGE = (10334, 17419, 17420)  # the server's codes for more than 16 MiB

_STATUSES = [status.value for status in Status]  # by rank

Counts = dict[str, int]
Figure = tuple[str, ...]


def order_of(sort: str) -> Order:
    return Order(SORT_FIELDS[sort.removeprefix("-")], sort.startswith("-"), tiebreak="number")


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

    def page(self, filters: list[Document], sort: str, page: Page) -> Found:
        order = order_of(sort)
        reading = reading_of(filters, order.field)
        return find_page(self._tickets, filters, order, page, ROW, reading)

    def hits(self, search: Search, filters: list[Document], sort: str | None, page: Page) -> Found:
        """One page of what is searched for, by relevance unless told otherwise."""
        order = order_of(sort) if sort else RELEVANCE
        hits = search.hits(self._tickets, filters)
        return find_hits(self._tickets, filters, hits, MAX_HITS, order, page, ROW)

    def count_by_status(
        self, filters: list[Document], search: Search | None
    ) -> tuple[Counts, bool]:
        """How many of each status, and whether that is all; a list counts no further either."""
        by_status: Document = {"$group": {"_id": "$statusRank", "count": {"$sum": 1}}}
        if search:
            most, hits = MAX_HITS, search.hits(self._tickets, filters)
            counted = list(self._tickets.aggregate([*hits.stages, by_status]))
            complete = hits.complete
        else:
            most, complete = MAX_COUNTED, True
            stages = [{"$limit": most + 1}, by_status]
            counted = reading_of(filters, DEFAULT).aggregate(self._tickets, stages)
        counts = {_STATUSES[group["_id"]]: group["count"] for group in counted}
        return counts, complete and sum(counts.values()) <= most

    def walk(
        self, filters: list[Document], sort: str, search: Search | None = None
    ) -> Iterator[list[Document]]:
        """Every match; what is searched for is found by the search's own indexes."""
        order = order_of(sort)
        if search:
            reading = Reading([*filters, search.anything])
        else:
            reading = reading_of(filters, order.field)
        return walk(self._tickets, reading, order, EXPORTED)

    def count_each(self, share: Document, filters: dict[Figure, Document]) -> dict[Figure, int]:
        """How many tickets of the share each of the filters leaves, in one go."""
        counting: list[list[Document]] = [
            [{"$match": all_of([share, leaves])}, {"$count": "count"}, {"$set": {"place": place}}]
            for place, leaves in enumerate(filters.values())
        ]
        first, *others = counting
        unions = ({"$unionWith": {"coll": self._tickets.name, "pipeline": one}} for one in others)
        found = self._tickets.aggregate([*first, *unions])
        counted = {group["place"]: group["count"] for group in found}
        return {figure: counted.get(place, 0) for place, figure in enumerate(filters)}

    def count_open_of(self, agent_id: str) -> int:
        reading = reading_of([{HOLDER: agent_id}, with_status(OPEN_STATUSES)], DEFAULT)
        return sum(
            group["count"] for group in reading.aggregate(self._tickets, [{"$count": "count"}])
        )

    def count_by_customer(self, customer_ids: list[str], visible: Document) -> dict[str, Document]:
        counted = self._tickets.aggregate(
            [
                {"$match": {"customer.customerId": {"$in": customer_ids}, **visible}},
                {
                    "$group": {
                        "_id": "$customer.customerId",
                        "totalTickets": {"$sum": 1},
                        "openTickets": {
                            "$sum": {"$cond": [{"$in": ["$status", list(OPEN_STATUSES)]}, 1, 0]}
                        },
                    }
                },
            ]
        )
        return {group.pop("_id"): group for group in counted}

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

    def has_open(self, conversation_id: str) -> bool:
        still_open = {"conversationId": conversation_id, "status": {"$in": OPEN_STATUSES}}
        return self._tickets.find_one(still_open, {"_id": True}) is not None

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
