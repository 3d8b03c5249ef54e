"""Every filter in every order that the API offers is read from an index.

The collection is never scanned. What is sorted in memory are index entries, where few tickets are
selected, and the hits of a search, which are ranked. A range of time in the order of something else
is what no index can serve for all tickets, as it would have to begin with both: there the database
may sort what the range selects.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.common.actor import Actor, ActorType, Role
from backend.common.documents import Db, Document
from backend.common.paging import Page
from backend.settings import Settings
from backend.tickets import sla
from backend.tickets.listing.plan import FEW
from backend.tickets.listing.query import ListQuery, list_query
from backend.tickets.listing.repository import TicketLists
from backend.tickets.listing.schemas import SORTS, TicketQuery
from backend.tickets.listing.search import MAX_HITS, search_for
from backend.tickets.models import (
    Category,
    Priority,
    Sla,
    SlaState,
    Status,
    ticket_id,
    ticket_number,
    ticket_of,
)
from backend.tickets.repository import derived
from backend.tickets.stats import TicketStatistics
from tests.api.plans import (
    PAGE,
    Recorder,
    faults,
    keys_read,
    reads,
    recorded,
    stages,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TICKETS = 3_000


def id_of(kind: str, number: int) -> str:
    """An id as the application makes them: 24 hexadecimal digits."""
    return f"{kind.encode().hex():0<12}{number:012x}"


SUPERVISOR = Actor(ActorType.AGENT, id_of("agent", 3), "Sup", Role.SUPERVISOR)
AGENT = Actor(ActorType.AGENT, id_of("agent", 1), "Ana", Role.AGENT)

FILTERS: list[dict[str, str]] = [
    {},
    {"status": "open"},
    {"status": "open,in_progress"},
    {"priority": "urgent"},
    {"priority": "urgent,high"},
    {"category": "billing"},
    {"category": "billing,account,other"},
    {"assignedTo": "me"},
    {"assignedTo": "unassigned"},
    {"assignedTo": id_of("agent", 2)},
    {"customerId": id_of("client", 7)},
    {"conversationId": id_of("thread", 11)},
    {"escalated": "true"},
    {"escalated": "false"},
    *({"sla": state.value} for state in SlaState),
    {"sla": "met,missed"},
    {"sla": "at_risk,breached"},
    {"tag": "vip"},
]
# Each with the orders that it shares an index with.
RANGES: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({"createdFrom": "2026-05-01T00:00:00Z"}, ("createdAt", "updatedAt")),
    ({"createdTo": "2026-02-01T00:00:00Z"}, ("createdAt", "updatedAt")),
    (
        {"createdFrom": "2026-03-01T00:00:00Z", "createdTo": "2026-03-02T00:00:00Z"},
        ("createdAt", "updatedAt"),
    ),
    ({"updatedSince": "2026-05-31T14:00:00Z"}, ("updatedAt",)),
    # A hundred that are named, at most, are looked up one by one.
    ({"ticketId": ",".join(f"TICKET-2026-{number:06d}" for number in range(1, 100))}, ()),
]
NUMBERS = [{"search": "TICKET-2026-000123"}, {"search": "00123"}, {"search": "600000"}]
# The most frequent combinations: shortcuts of the dashboard and the list.
COMBINATIONS = [
    {"status": "open,in_progress", "priority": "urgent"},
    {"status": "new,open,in_progress", "assignedTo": "me"},
    {"status": "new", "assignedTo": "unassigned"},
    {"status": "open", "category": "billing", "priority": "high"},
    {"assignedTo": "me", "sla": "missed"},
    {"assignedTo": "me", "sla": "breached"},
    {"assignedTo": "me", "createdFrom": "2026-05-01T00:00:00Z"},
    {"status": "closed", "createdTo": "2026-02-01T00:00:00Z"},
    {"escalated": "true", "status": "open"},
    {"customerId": id_of("client", 7), "status": "closed,resolved"},
    {"tag": "vip", "status": "open,in_progress,closed"},
]


def _ticket(number: int) -> Document:
    dice = random.Random(number)  # noqa: S311 - the same tickets every time
    created = NOW - timedelta(hours=3_600 * dice.random() ** 3)  # more of them recently
    assignee = dice.randrange(10)
    customer = dice.randrange(60)
    [status] = dice.choices(list(Status), (5, 6, 8, 6, 3, 15, 55, 2))
    [priority] = dice.choices(list(Priority), (25, 50, 20, 5))
    return {
        "version": 1,
        "subject": f"asunto {number % 97} avería",
        "description": "descripción de la caldera" if number % 50 else "aguja",
        "category": dice.choice(list(Category)).value,
        "subcategory": None,
        "priority": priority.value,
        "status": status.value,
        "escalated": dice.random() < 0.05,
        "escalation": None,
        "customer": {
            "customerId": id_of("client", customer),
            "name": f"Nombre {customer}",
            "phone": f"+34600{customer:06d}",
        },
        "conversationId": id_of("thread", customer) if dice.random() < 0.5 else None,
        "assignedTo": {"agentId": id_of("agent", assignee), "name": "x"} if assignee else None,
        "tags": ["vip"] if dice.random() < 0.03 else [],
        "location": None,
        "source": "agent",
        "sla": _clock(priority, status, created, timedelta(hours=dice.choice([1, 500]))),
        "resolution": None,
        "feedback": None,
        "relatedTickets": [],
        "attachments": [],
        "notes": [],
        "statusHistory": [],
        "createdAt": created,
        "updatedAt": created + timedelta(minutes=number % 600),
        "closedAt": None,
    }


def _clock(priority: Priority, status: Status, created: datetime, time: timedelta) -> Sla:
    clock: Any = {"priority": priority, "created_at": created}
    times = sla.start(priority, created)
    if status is Status.PENDING_CUSTOMER:
        return sla.pause(times, now=created + time, **clock)
    if not status.is_open:
        return sla.stop(times, now=created + time, **clock)
    return times


class Explainer:
    """A filled collection, and the plans of the queries that the repository makes of it."""

    def __init__(self, db: Db, recorder: Recorder) -> None:
        self._db = db
        self._recorder = recorder
        self._lists = TicketLists(db)
        self.next_cursor: str | None = None  # of the last query

    def count_plans(self, query: dict[str, str], actor: Actor) -> list[Document]:
        """Return the plans of the counts in a list's tabs."""
        self._recorder.commands.clear()
        counts, _ = self._lists.count_by_status(_query(query, actor), None)
        assert counts, f"{query} finds nothing, which proves nothing"
        return self._reads_recorded()

    def statistics_plans(self, actor: Actor) -> list[Document]:
        self._recorder.commands.clear()
        statistics = TicketStatistics(self._lists, now=lambda: NOW)
        assert statistics.get_statistics(actor=actor)["total"]
        return self._reads_recorded()

    def _reads_recorded(self) -> list[Document]:
        return list(reads(self._recorder.explain(self._db)))

    def plans(
        self, query: dict[str, str], sort: str | None, actor: Actor, cursor: str | None = None
    ) -> list[Document]:
        """Of the page and of the count, when there is one."""
        self._recorder.commands.clear()
        loaded = TicketQuery().load(query)
        if "search" in loaded:
            asked = search_for(loaded["search"])
            found = self._lists.hits(asked, _query(query, actor), sort, Page(1, PAGE))
        else:
            page = Page(1, PAGE, cursor)
            found = self._lists.page(_query(query, actor), sort or "-updatedAt", page)
            self.next_cursor = found.pagination["nextCursor"]
        others = actor is AGENT and query == {"assignedTo": id_of("agent", 2)}
        assert found.documents or others, f"{query} finds nothing, which proves nothing"
        plans = self._recorder.explain(self._db)
        assert plans
        return plans


def _query(query: dict[str, str], actor: Actor) -> ListQuery:
    return list_query(TicketQuery().load(query), actor, NOW)


@pytest.fixture(scope="module")
def explainer(settings: Settings) -> Iterator[Explainer]:
    with recorded(settings, "tickets") as (db, recorder):
        documents = []
        for number in range(1, TICKETS + 1):
            ticket = {
                "_id": ticket_id(2026, number),
                "number": ticket_number(2026, number),
                **_ticket(number),
            }
            documents.append(ticket | derived(ticket_of(ticket)))
        db["tickets"].insert_many(documents)
        yield Explainer(db, recorder)


ACTORS = [pytest.param(SUPERVISOR, id="supervisor"), pytest.param(AGENT, id="agent")]


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("sort", [sign + name for name in SORTS for sign in ("", "-")])
def test_every_filter_in_every_order_is_read_off_an_index(
    explainer: Explainer, actor: Actor, sort: str
) -> None:
    wrong = {}
    for query in [*FILTERS, *COMBINATIONS]:
        if found := faults(explainer.plans(query, sort, actor)):
            wrong[str(query)] = found
    for query, orders in RANGES:
        # An agent's tickets are read by assignee.
        named = "ticketId" in query
        foreign = sort.removeprefix("-") not in orders and (named or actor is SUPERVISOR)
        if found := faults(explainer.plans(query, sort, actor), may_sort=foreign):
            wrong[str(query)] = found
    for query in NUMBERS:
        if found := faults(explainer.plans(query, sort, actor), may_sort=True):
            wrong[str(query)] = found
    assert wrong == {}


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("sort", ["status", "-status", "priority", "-priority", "-createdAt"])
def test_pages_behind_a_cursor_are_read_from_an_index(
    explainer: Explainer, actor: Actor, sort: str
) -> None:
    for query in [
        {},
        {"status": "new,closed"},
        {"status": "closed"},
        {"priority": "medium,urgent"},
    ]:
        explainer.plans(query, sort, actor)
        assert explainer.next_cursor
        plans = explainer.plans(query, sort, actor, explainer.next_cursor)
        # Behind a cursor the few tickets that are sorted are read.
        assert faults(plans, sorted_documents=FEW) == [], query


@pytest.mark.parametrize("actor", ACTORS)
def test_words_are_found_by_the_text_index(explainer: Explainer, actor: Actor) -> None:
    for words in ("aguja", "caldera", "averia asunto"):
        plans = explainer.plans({"search": words}, "-updatedAt", actor)
        assert "TEXT_MATCH" in set(stages(plans))
        # Text matches have no order, so they are sorted.
        assert "COLLSCAN" not in set(stages(plans))


@pytest.mark.parametrize("words", ["aguja asunto", "asunto aguja", "averia aguja asunto"])
def test_of_several_words_only_the_tickets_of_the_rarest_are_read(
    explainer: Explainer, words: str
) -> None:
    *_, hits, _rows = explainer.plans({"search": words}, None, SUPERVISOR)
    assert keys_read(hits) == TICKETS // 50


def test_frequent_words_are_read_only_as_far_as_they_are_ranked(explainer: Explainer) -> None:
    *_, hits, _rows = explainer.plans({"search": "averia asunto"}, None, SUPERVISOR)
    assert keys_read(hits) <= MAX_HITS + 1


def test_an_agents_list_by_status_is_counted_without_reading_others(explainer: Explainer) -> None:
    for status in ("new", "reopened"):
        *_, count = explainer.plans({"status": status}, "-updatedAt", AGENT)
        examined = sum(read["executionStats"]["totalDocsExamined"] for read in reads(count))
        assert examined <= TICKETS // 100, status


def test_a_past_range_is_read_without_passing_newer_tickets(
    explainer: Explainer,
) -> None:
    page, *_ = explainer.plans({"createdTo": "2026-03-31T00:00:00Z"}, "-updatedAt", SUPERVISOR)
    assert page["executionStats"]["nReturned"] == 21
    assert keys_read(page) < TICKETS // 20


def test_a_large_list_is_counted_by_status_without_being_read(explainer: Explainer) -> None:
    for query in ({"priority": "urgent"}, {"tag": "vip"}, {"createdTo": "2026-03-31T00:00:00Z"}):
        for plan in explainer.count_plans(query, SUPERVISOR):
            assert plan["executionStats"]["nReturned"], query
            assert plan["executionStats"]["totalDocsExamined"] == 0, query


def test_an_sla_state_is_counted_off_its_index(explainer: Explainer) -> None:
    for state in ("on_track", "breached", "paused", "met"):  # more than a page
        count, *_ = explainer.plans({"sla": state}, "-updatedAt", SUPERVISOR)
        assert all(read["executionStats"]["totalDocsExamined"] == 0 for read in reads(count)), state


@pytest.mark.parametrize("actor", ACTORS)
def test_statistics_read_indexes_and_each_once(explainer: Explainer, actor: Actor) -> None:
    reads_made = explainer.statistics_plans(actor)
    examined = sum(read["executionStats"]["totalDocsExamined"] for read in reads_made)
    # Where few are asked for, reading them and whose they are is as quick.
    assert examined <= (0 if actor is SUPERVISOR else TICKETS // 100)
    # All by status and priority and again by category, and some of them by clock and by day.
    seen = TICKETS if actor is SUPERVISOR else TICKETS // 2
    assert TICKETS // 10 < sum(map(keys_read, reads_made)) < 4 * seen
