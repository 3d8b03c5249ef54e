"""The API's calls, each beside the bare PyMongo calls that it makes for its answer.

What every request does to know who asks, one look-up of the agent's session, is not among them: it
is measured by itself.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from pymongo import ReturnDocument

from backend.actor import Role
from backend.documents import Db, Document, new_id, utcnow
from backend.http import DEFAULT_LIMIT
from backend.paging import MAX_COUNTED, Page, find_hits
from backend.tickets.filters import filters_of
from backend.tickets.models import Status, ticket_id, ticket_number
from backend.tickets.repository import ROW, order_of
from backend.tickets.schemas import TicketQuery
from backend.tickets.search import MAX_HITS, RELEVANCE, search_for
from backend.tickets.service import NEWEST
from backend.tickets.visibility import visible_to
from bench.people import Person

SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class Call:
    """One request, and the same reads and writes without Mostrador."""

    method: str
    path: str
    person: Person
    bare: Callable[[], object]
    body: Document | None = None


class Calls:
    """Draws calls at random over the whole database; each method is one kind."""

    def __init__(self, db: Db, people: dict[Role, list[Person]], texts: list[str]) -> None:
        self._tickets = db["tickets"]
        self._customers = db["customers"]
        self._counters = db["counters"]
        self._people = people
        self._texts = texts
        self._words = [
            word
            for text in texts
            for word in re.findall(r"\w+", text)
            if len(word) >= SHORTEST_WORD
        ]
        self._ticket_ids = [ticket["_id"] for ticket in self._tickets.find({}, {"_id": True})]
        self._customer_ids = [found["_id"] for found in self._customers.find({}, {"_id": True})]
        self._newborn = self._tickets.find_one({"creationKey": None}) or {}
        self._random = random.Random(7)  # noqa: S311 - the same calls every time

    def kinds(self) -> dict[str, Callable[[], Call]]:
        return {
            "list": lambda: self._list(Role.SUPERVISOR),
            "list, by status": self._list_by_status,
            "list, assigned to me": lambda: self._list(Role.AGENT, assignedTo="me"),
            "search, a word": lambda: self._list(
                Role.SUPERVISOR, search=self._random.choice(self._words)
            ),
            "search, a number": self._search_number,
            "detail": self._detail,
            "create": self._create,
            "note": self._note,
        }

    def _list_by_status(self) -> Call:
        return self._list(Role.SUPERVISOR, status=self._random.choice(list(Status)).value)

    def _search_number(self) -> Call:
        number = self._random.choice(self._ticket_ids).rsplit("-", 1)[1]
        return self._list(Role.SUPERVISOR, search=number)

    def _list(self, role: Role, **query: str) -> Call:
        person = self._random.choice(self._people[role])
        asked: Document = TicketQuery().load(query)
        filters = [visible_to(person.actor), *filters_of(asked, person.actor, utcnow())]
        narrowing = [part for part in filters if part]
        matching: Document = {"$and": narrowing} if narrowing else {}

        def bare() -> None:
            if "search" in asked:
                hits = search_for(asked["search"]).hits(self._tickets.name, filters)
                find_hits(self._tickets, hits, MAX_HITS, RELEVANCE, Page(1, DEFAULT_LIMIT), ROW)
                return
            found = self._tickets.find(matching, ROW).sort(order_of(NEWEST).keys)
            more = len(list(found.limit(DEFAULT_LIMIT + 1))) > DEFAULT_LIMIT
            if more and narrowing:
                self._tickets.count_documents(matching, limit=MAX_COUNTED + 1)
            elif more:
                self._tickets.estimated_document_count()

        return Call("GET", f"/tickets?{urlencode(query)}", person, bare)

    def _detail(self) -> Call:
        ticket_id = self._random.choice(self._ticket_ids)
        return Call(
            "GET",
            f"/tickets/{ticket_id}",
            self._supervisor(),
            lambda: self._tickets.find_one({"_id": ticket_id}),
        )

    def _create(self) -> Call:
        customer_id = self._random.choice(self._customer_ids)
        text = self._random.choice(self._texts)
        body = {
            "subject": text[:200],
            "description": text,
            "category": "account",
            "customerId": customer_id,
        }

        def bare() -> None:
            self._customers.find_one({"_id": customer_id})
            year = utcnow().year
            counter: Document = self._counters.find_one_and_update(
                {"_id": f"ticket-{year}"},
                {"$inc": {"sequence": 1}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
            sequence = counter["sequence"]
            own = {"_id": ticket_id(year, sequence), "number": ticket_number(year, sequence)}
            self._tickets.insert_one(self._newborn | own)

        return Call("POST", "/tickets", self._supervisor(), bare, body)

    def _note(self) -> Call:
        ticket_id = self._random.choice(self._ticket_ids)
        person = self._supervisor()
        content = self._random.choice(self._texts)

        def bare() -> None:
            ticket = self._tickets.find_one({"_id": ticket_id}) or {}
            now = utcnow()
            note = {
                "noteId": new_id(),
                "content": content,
                "isInternal": True,
                "author": person.actor.as_author(),
                "createdAt": now,
            }
            derived = {name: ticket[name] for name in ("priorityRank", "statusRank", "search")}
            self._tickets.find_one_and_update(
                {"_id": ticket_id, "version": ticket["version"]},
                {
                    "$set": {"updatedAt": now, **derived},
                    "$inc": {"version": 1},
                    "$push": {"notes": note},
                },
                return_document=ReturnDocument.AFTER,
            )

        return Call("POST", f"/tickets/{ticket_id}/notes", person, bare, {"content": content})

    def _supervisor(self) -> Person:
        return self._random.choice(self._people[Role.SUPERVISOR])
