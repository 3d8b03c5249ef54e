"""The API's calls, each with the bare PyMongo calls that its response needs.

The query for the agent's session, which every request makes, is not among them. It is measured
separately.
"""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

import pymongo
from pymongo import ReturnDocument
from pymongo.collection import Collection

from backend.common.actor import Role
from backend.common.documents import Db, Document, iso, new_id, utcnow
from backend.common.paging import Page
from backend.http.schemas import DEFAULT_LIMIT
from backend.tickets.listing.indexes import SORT_FIELDS
from backend.tickets.listing.query import ListQuery, list_query
from backend.tickets.listing.repository import TicketLists
from backend.tickets.listing.schemas import TicketQuery
from backend.tickets.listing.search import search_for
from backend.tickets.models import Category, Priority, SlaState, Status, ticket_id, ticket_number
from backend.tickets.service import NEWEST
from backend.tickets.stats import TicketStatistics
from bench.fill import TAGS
from bench.people import Person
from bench.texts import subject_of

SHORTEST_WORD = 4
EXPORT_SIZE = 1_000  # tickets
READ_SECONDS = 600  # for a million ids
_SORTS = sorted({*SORT_FIELDS, *(f"-{name}" for name in SORT_FIELDS)} - {NEWEST})


@dataclass(slots=True)
class Call:
    """One request, and the same reads and writes without Mostrador."""

    method: str
    path: str
    person: Person
    bare: Callable[[], object]
    body: Document | None = None
    token: str = field(init=False)

    def __post_init__(self) -> None:
        self.token = self.person.token()  # signed before the call is timed


class Calls:
    """Makes random calls over the whole database; each method makes one kind."""

    def __init__(self, db: Db, people: dict[Role, list[Person]], texts: list[str]) -> None:
        self._tickets = db["tickets"]
        self._lists = TicketLists(db)
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
        self._ticket_ids = _ids(self._tickets)
        self._customer_ids = _ids(self._customers)
        latest = list(
            self._tickets.find({}, {"createdAt": True}).sort("createdAt", -1).limit(EXPORT_SIZE)
        )
        self._exported = latest[-1]["createdAt"], latest[0]["createdAt"]
        self._newborn = self._tickets.find_one({"creationKey": None}) or {}
        self._random = random.Random(7)  # noqa: S311 - the same calls every time

    def kinds(self) -> dict[str, Callable[[], Call]]:
        return {
            "list": lambda: self._list(Role.SUPERVISOR),
            "list of an agent": lambda: self._list(Role.AGENT),
            "list, assigned to me": lambda: self._list(Role.AGENT, assignedTo="me"),
            **{
                f"list, by {name}": partial(self._filtered_list, draw)
                for name, draw in self._filters().items()
            },
            **{
                f"list, sorted {sort}": partial(self._list, Role.SUPERVISOR, sort=sort)
                for sort in _SORTS
            },
            "search, a word": lambda: self._list(
                Role.SUPERVISOR, search=self._random.choice(self._words)
            ),
            "search, two words": lambda: self._list(
                Role.SUPERVISOR, search=" ".join(self._random.sample(self._words, 2))
            ),
            "search, a number": self._search_number,
            "counts by status, of a priority": self._counts,
            "statistics": self._statistics,
            f"export of {EXPORT_SIZE:,}": self._export,
            "detail": self._detail,
            "create": self._create,
            "update": self._update,
            "note": self._note,
        }

    def _filters(self) -> dict[str, Callable[[], dict[str, str]]]:
        """Return a function for each filter of a list that draws a value."""
        pick = self._random.choice
        assignees = [person.actor.id for person in self._people[Role.AGENT]]
        return {
            "status": lambda: {"status": pick(list(Status)).value},
            "priority": lambda: {"priority": pick(list(Priority)).value},
            "category": lambda: {"category": pick(list(Category)).value},
            "assignee": lambda: {"assignedTo": pick([*assignees, "unassigned"])},
            "customer": lambda: {"customerId": pick(self._customer_ids)},
            "escalation": lambda: {"escalated": pick(("true", "false"))},
            "SLA state": lambda: {"sla": pick(list(SlaState)).value},
            "tag": lambda: {"tag": pick(TAGS)},
            "createdFrom": lambda: {"createdFrom": _days_ago(30)},
            "createdTo": lambda: {"createdTo": _days_ago(90)},
            "updatedSince": lambda: {"updatedSince": _days_ago(7)},
        }

    def _filtered_list(self, draw: Callable[[], dict[str, str]]) -> Call:
        return self._list(Role.SUPERVISOR, **draw())

    def _search_number(self) -> Call:
        number = self._random.choice(self._ticket_ids).rsplit("-", 1)[1]
        return self._list(Role.SUPERVISOR, search=number)

    def _list(self, role: Role, **query: str) -> Call:
        person = self._random.choice(self._people[role])
        asked: Document = TicketQuery().load(query)
        page = Page(1, DEFAULT_LIMIT)

        def bare() -> None:
            wanted = list_query(asked, person.actor, utcnow())
            if "search" in asked:
                self._lists.hits(search_for(asked["search"]), wanted, None, page)
            else:
                self._lists.page(wanted, query.get("sort", NEWEST), page)

        return Call("GET", f"/tickets?{urlencode(query)}", person, bare)

    def _counts(self) -> Call:
        """Make a call for the counts in the tabs of a filtered list."""
        person = self._supervisor()
        query = {"priority": self._random.choice(list(Priority)).value}
        asked = TicketQuery().load(query)

        def bare() -> None:
            self._lists.count_by_status(list_query(asked, person.actor, utcnow()), None)

        path = f"/tickets/counts?{urlencode(query)}"
        return Call("GET", path, person, bare)

    def _statistics(self) -> Call:
        """Compare with the same counts without a cache."""
        person = self._supervisor()
        fresh = TicketStatistics(self._lists)
        return Call(
            "GET", "/tickets/stats", person, lambda: fresh.get_statistics(actor=person.actor)
        )

    def _export(self) -> Call:
        """Export the newest tickets at the start of the bench, the same number at every size."""
        person = self._supervisor()
        since, until = self._exported
        wanted = ListQuery.of({"createdAt": {"$gte": since, "$lte": until}})

        def bare() -> None:
            deque(self._lists.walk(wanted, "-createdAt"), maxlen=0)

        query = {"createdFrom": iso(since), "createdTo": iso(until), "sort": "-createdAt"}
        return Call("GET", f"/tickets/export.csv?{urlencode(query)}", person, bare)

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
            "subject": subject_of(text),
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

    def _update(self) -> Call:
        ticket_id = self._random.choice(self._ticket_ids)
        subject = subject_of(self._random.choice(self._texts))

        def bare() -> None:
            self._write(ticket_id, {"subject": subject}, {})

        body = {"subject": subject}
        return Call("PUT", f"/tickets/{ticket_id}", self._supervisor(), bare, body)

    def _note(self) -> Call:
        ticket_id = self._random.choice(self._ticket_ids)
        person = self._supervisor()
        content = self._random.choice(self._texts)

        def bare() -> None:
            note = {
                "noteId": new_id(),
                "content": content,
                "isInternal": True,
                "author": person.actor.as_author(),
                "createdAt": utcnow(),
            }
            self._write(ticket_id, {}, {"$push": {"notes": note}})

        return Call("POST", f"/tickets/{ticket_id}/notes", person, bare, {"content": content})

    def _write(self, ticket_id: str, fields: Document, more: Document) -> None:
        """Make the two calls of a change: read, and write if the version is the same."""
        ticket = self._tickets.find_one({"_id": ticket_id}) or {}
        derived = {name: ticket[name] for name in ("priorityRank", "statusRank", "search")}
        self._tickets.find_one_and_update(
            {"_id": ticket_id, "version": ticket["version"]},
            {
                "$set": {"updatedAt": utcnow(), **derived, **fields},
                "$inc": {"version": 1},
                **more,
            },
            return_document=ReturnDocument.AFTER,
        )

    def _supervisor(self) -> Person:
        return self._random.choice(self._people[Role.SUPERVISOR])


def _ids(collection: Collection[Document]) -> list[str]:
    with pymongo.timeout(READ_SECONDS):
        return [found["_id"] for found in collection.find({}, {"_id": True}).hint("_id_")]


def _days_ago(days: int) -> str:
    return f"{utcnow() - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
