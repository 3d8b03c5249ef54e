"""Fill the database with the tickets of a year and a half.

The ticket service creates and changes each ticket with the clock set back. Only the final state is
stored, a thousand tickets at a time and without indexes, so that a million take minutes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pymongo.client_session import ClientSession
from pymongo.write_concern import WriteConcern

from backend.agents.models import AgentDocument
from backend.agents.repository import AgentRepository
from backend.agents.service import AgentService
from backend.collections import FEATURES
from backend.common.actor import Actor
from backend.common.documents import Db, Document, new_id, utcnow
from backend.conversations.repository import ConversationRepository
from backend.conversations.service import ConversationService
from backend.customers.identities import IdentityKey, added
from backend.customers.models import CustomerDocument
from backend.customers.repository import CustomerRepository, search_terms
from backend.customers.service import CustomerService
from backend.platform.database import prepare
from backend.platform.events import EventBus, LoggedEvent
from backend.platform.transactions import R, Transaction, Transactions
from backend.tickets.listing.repository import TicketLists
from backend.tickets.models import (
    Category,
    Priority,
    Status,
    TicketDocument,
    TicketFields,
    ticket_of,
)
from backend.tickets.repository import TicketRepository, derived
from backend.tickets.rules import Appended
from backend.tickets.service import TicketService
from bench.texts import subject_of

BATCH = 1_000  # documents per write
TICKETS_PER_CUSTOMER = 4
MEAN_AGE = timedelta(days=120)
MAX_AGE = timedelta(days=540)
OPEN_AGE = 0.1  # open tickets are younger than closed ones by this factor
TAGS = ("app", "card", "transfer", "vip", "top-up", "fraud", "follow-up", "identity")

# Out of 100 tickets, and the way to each status.
_STATUSES: dict[Status, tuple[int, tuple[Status, ...]]] = {
    Status.NEW: (5, ()),
    Status.OPEN: (6, (Status.OPEN,)),
    Status.IN_PROGRESS: (8, (Status.IN_PROGRESS,)),
    Status.PENDING_CUSTOMER: (6, (Status.IN_PROGRESS, Status.PENDING_CUSTOMER)),
    Status.WAITING_INTERNAL: (3, (Status.IN_PROGRESS, Status.WAITING_INTERNAL)),
    Status.RESOLVED: (15, (Status.IN_PROGRESS, Status.RESOLVED)),
    Status.CLOSED: (55, (Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED)),
    Status.REOPENED: (2, (Status.IN_PROGRESS, Status.RESOLVED, Status.REOPENED)),
}
# Fractions of tickets.
UNASSIGNED = 0.8  # of the new ones
NOTED = 0.6  # of changes of status
INTERNAL = 0.7  # of notes
ESCALATED = 0.03

# Out of 100 tickets.
_PRIORITIES = {Priority.LOW: 25, Priority.MEDIUM: 50, Priority.HIGH: 20, Priority.URGENT: 5}
_CATEGORIES = dict(zip(Category, (25, 25, 20, 15, 8, 4, 3), strict=True))


class _Unlogged(Transactions):
    """Runs the work without a session and events: tickets are stored in batches later."""

    def __init__(self) -> None:
        pass

    def run_once(self, work: Callable[[Transaction], R]) -> R:
        return work(_Nothing())


class _Nothing(Transaction):
    def __init__(self) -> None:
        self.session = None  # type: ignore[assignment]  # no write uses it

    def publish(self, event: LoggedEvent) -> None:
        pass


class _Draft(TicketRepository):
    """Keeps the ticket that the service works on, and stores final states in batches."""

    def __init__(self, db: Db) -> None:
        super().__init__(db)
        self._waiting: list[Document] = []
        self._sequences: dict[int, int] = {
            int(counter["_id"].removeprefix("ticket-")): counter["sequence"]
            for counter in self._counters.find()
        }

    def next_sequence(
        self,
        year: int,
        creation_key: str | None = None,  # noqa: ARG002 - each ticket is created once
    ) -> int:
        self._sequences[year] = self._sequences.get(year, 0) + 1
        return self._sequences[year]

    def insert(
        self,
        ticket: TicketDocument,
        session: ClientSession,  # noqa: ARG002 - there is none
    ) -> None:
        self._ticket = ticket

    def find(
        self,
        wanted: str,  # noqa: ARG002 - there is only one
        visible: Document,  # noqa: ARG002 - the creator may see it
        session: ClientSession | None = None,  # noqa: ARG002 - there is none
    ) -> TicketDocument:
        return self._ticket

    def write(
        self,
        ticket: TicketDocument,
        fields: TicketFields,
        push: Appended,
        now: datetime,
        visible: Document,  # noqa: ARG002 - as above
        session: ClientSession,  # noqa: ARG002 - there is none
    ) -> TicketDocument:
        written: Document = {**ticket, **fields, "updatedAt": now, "version": ticket["version"] + 1}
        for name, entry in push.items():
            written[name] = [*written[name], entry]
        self._ticket = ticket_of(written)
        return self._ticket

    def store(self) -> None:
        self._waiting.append({**self._ticket, **derived(self._ticket)})
        if len(self._waiting) == BATCH:
            self.store_waiting()

    def store_waiting(self) -> None:
        if self._waiting:
            self._tickets.insert_many(self._waiting, ordered=False)
            self._waiting = []

    def store_counters(self) -> None:
        for year, sequence in self._sequences.items():
            counter = {"_id": f"ticket-{year}", "sequence": sequence}
            self._counters.replace_one({"_id": counter["_id"]}, counter, upsert=True)


class _KnownCustomers(CustomerRepository):
    """Remembers the customers it created, so that no ticket needs a query."""

    def __init__(self, db: Db) -> None:
        super().__init__(db)
        self._known: dict[str, CustomerDocument] = {}

    def make(self, count: int) -> list[str]:
        first = self._customers.count_documents({})  # existing customers keep their phones
        made = [_customer(number) for number in range(first, first + count)]
        for start in range(0, count, BATCH):
            self._customers.insert_many(made[start : start + BATCH], ordered=False)
        self._known = {customer["_id"]: customer for customer in made}
        return list(self._known)

    def find(self, customer_id: str) -> CustomerDocument | None:
        return self._known.get(customer_id)


def _customer(number: int) -> CustomerDocument:
    phone = f"+34{700_000_000 + number}"
    customer: CustomerDocument = {
        "_id": new_id(),
        "name": f"Cliente {number}",
        "phone": phone,
        "identities": added([], IdentityKey.of_phone(phone)),
        "search": [],
        "createdAt": utcnow(),
    }
    return {**customer, "search": search_terms(customer)}


class _KnownAgents(AgentRepository):
    def __init__(self, db: Db, people: Sequence[Actor]) -> None:
        super().__init__(db)
        self._known = {person.id: super(_KnownAgents, self).find(person.id) for person in people}

    def find(self, agent_id: str) -> AgentDocument | None:
        return self._known[agent_id]


class Desk:
    """Creates tickets by a few agents for many customers, some far more active than others."""

    def __init__(self, db: Db, people: Sequence[Actor], texts: list[str]) -> None:
        # Without waiting for the disk: lost writes would only mean another run.
        fast = db.with_options(write_concern=WriteConcern(w=1, j=False))
        self._db = db
        self._draft = _Draft(fast)
        self._customers = _KnownCustomers(fast)
        self._now = utcnow()
        unlogged = _Unlogged()
        self._tickets = TicketService(
            self._draft,
            TicketLists(fast),
            CustomerService(self._customers, unlogged),
            ConversationService(
                ConversationRepository(fast),
                CustomerService(self._customers, unlogged),
                unlogged,
                EventBus(),
            ),
            AgentService(_KnownAgents(fast, people)),
            unlogged,
            lambda: self._now,
        )
        self._people = people
        self._weights = _skewed(len(people))
        self._texts = texts
        self._random = random.Random(7)  # noqa: S311 - the same desk every time

    def fill(self, count: int) -> None:
        """Add `count` tickets. The indexes exist again when it returns."""
        customers = self._customers.make(max(1, count // TICKETS_PER_CUSTOMER))
        now = utcnow()
        births = sorted(self._birth(now) for _ in range(count))
        weights = _skewed(len(customers))
        owners = self._random.choices(customers, weights, k=count)
        self._db["tickets"].drop_indexes()
        for (created_at, status), customer_id in zip(births, owners, strict=True):
            self._now = created_at
            self._make(status, customer_id, until=now)
        self._draft.store_waiting()
        self._draft.store_counters()
        prepare(self._db, FEATURES)

    def _birth(self, now: datetime) -> tuple[datetime, Status]:
        weights = [weight for weight, _ in _STATUSES.values()]
        (status,) = self._random.choices(list(_STATUSES), weights)
        age = min(MEAN_AGE * self._random.expovariate(1), MAX_AGE)
        return now - age * (OPEN_AGE if status.is_open else 1), status

    def _make(self, status: Status, customer_id: str, until: datetime) -> None:
        pick = self._random
        [worker] = pick.choices(self._people, self._weights)
        unassigned = status is Status.NEW and pick.random() < UNASSIGNED
        subject = pick.choice(self._texts)
        category = pick.choices(list(_CATEGORIES), list(_CATEGORIES.values()))[0]
        ticket, _ = self._tickets.create_ticket_from_agent(
            {
                "subject": subject_of(subject),
                "description": "\n".join(
                    [subject, *pick.choices(self._texts, k=pick.randint(0, 4))]
                ),
                "category": category,
                "subcategory": "general",
                "priority": pick.choices(list(_PRIORITIES), list(_PRIORITIES.values()))[0],
                "customerId": customer_id,
                "tags": pick.sample(TAGS, pick.randint(0, 3)),
                "assignedTo": None if unassigned else worker.id,
            },
            actor=worker,
        )
        number = ticket["_id"]
        _, path = _STATUSES[status]
        for step in path:
            self._pass_time(until)
            self._tickets.update_ticket_status(
                number, step, actor=worker, reason=pick.choice(self._texts)
            )
            if pick.random() < NOTED:
                self._tickets.add_note(
                    number,
                    pick.choice(self._texts),
                    actor=worker,
                    is_internal=pick.random() < INTERNAL,
                )
        if pick.random() < ESCALATED:
            self._tickets.escalate_ticket(number, pick.choice(self._texts), actor=worker)
        self._draft.store()

    def _pass_time(self, until: datetime) -> None:
        """Advance the clock by some hours, but not past the present."""
        hours = timedelta(hours=self._random.expovariate(1 / 6))
        left = until - self._now
        self._now += hours if hours < left else left * self._random.random()


def _skewed(count: int) -> list[float]:
    """Return weights that fall with the rank, flatter than Zipf's law."""
    return [rank**-0.7 for rank in range(1, count + 1)]
