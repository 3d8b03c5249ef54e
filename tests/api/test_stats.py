"""Statistics: each count is the total of the list with the same filter."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.agents.models import AgentDocument
from backend.agents.service import actor_of
from backend.common.actor import Actor
from backend.common.documents import Db, Document, collection, utcnow
from backend.tickets import stats
from backend.tickets.listing.repository import Metric, TicketLists
from backend.tickets.models import Category, Priority, SlaState, Status
from tests.desk import Desk, Person

FILTERS = {
    "byStatus": ("status", Status),
    "byPriority": ("priority", Priority),
    "byCategory": ("category", Category),
    "bySla": ("sla", SlaState),
}
OPEN = ",".join(status.value for status in Status if status.is_open)


class Watched(TicketLists):
    """Records the counts."""

    def __init__(self, db: Db) -> None:
        super().__init__(db)
        self.counted: list[Document] = []

    def count_each(self, scope: Document, filters: dict[Metric, Document]) -> dict[Metric, int]:
        self.counted.append(scope)
        return super().count_each(scope, filters)


@pytest.fixture
def varied(desk: Desk, db: Db) -> Desk:
    """Sixty tickets of every kind, some of them late."""
    customer = desk.customer()["customerId"]
    agents = [None, desk.ana.agent_id, desk.bruno.agent_id]
    paths: list[list[str]] = [
        [],
        ["open"],
        ["open", "pending_customer"],
        ["in_progress", "waiting_internal"],
        ["resolved"],
        ["closed"],
        ["resolved", "reopened"],
    ]
    for number in range(60):
        ticket = desk.ticket(
            customerId=customer,
            priority=list(Priority)[number % 4].value,
            category=list(Category)[number % 7].value,
            subcategory="x",
            assignedTo=agents[number % 3],
        )
        desk.moved(ticket, *paths[number % 7 if number < 42 else number % 5])
        if number % 5 == 0:
            desk.supervisor.put(f"/tickets/{ticket['ticketId']}/escalate", {"reason": "x"})
        if number % 4 == 0:  # the clock, seen from another time
            _age(db, ticket["ticketId"], timedelta(hours=number))
    return desk


def _age(db: Db, ticket_id: str, age: timedelta) -> None:
    dates = ("createdAt", "sla.atRiskAt", "sla.breachAt")
    earlier = {name: {"$subtract": [f"${name}", int(age.total_seconds() * 1000)]} for name in dates}
    db["tickets"].update_one({"_id": ticket_id}, [{"$set": earlier}])


def total(person: Person, **query: str) -> int:
    found: int = person.get("/tickets", limit="1", **query).json["pagination"]["total"]
    return found


@pytest.mark.parametrize("role", ["ana", "bruno", "supervisor", "admin"])
def test_each_count_is_the_total_of_the_filtered_list(varied: Desk, role: str) -> None:
    person: Person = getattr(varied, role)
    stats = person.get("/tickets/stats").json
    for figure, (name, values) in FILTERS.items():
        expected = {value.value: total(person, **{name: value.value}) for value in values}
        assert stats[figure] == expected, figure
        assert sum(expected.values()) == stats["total"]
    assert stats["total"] == total(person) > 30
    assert stats["unassigned"] == total(person, assignedTo="unassigned", status=OPEN)
    assert stats["mine"] == total(person, assignedTo="me", status=OPEN)
    assert stats["escalated"] == total(person, escalated="true", status=OPEN)
    for priority, count in stats["openByPriority"].items():
        assert count == total(person, priority=priority, status=OPEN)
    for query in ({}, {"category": "billing,account"}, {"search": "x", "priority": "high"}):
        counts = person.get("/tickets/counts", **query).json
        assert counts["isExact"] is True
        assert counts["byStatus"] == {
            status.value: total(person, **query, status=status.value) for status in Status
        }
    # The data has something to count.
    assert sum(count > 0 for count in stats["bySla"].values()) >= 3
    assert stats["unassigned"] > 0


def test_days_count_what_was_created_and_resolved_in_utc(varied: Desk) -> None:
    days = varied.supervisor.get("/tickets/stats").json["perDay"]
    today = utcnow()
    dates = [f"{today - timedelta(days=back):%Y-%m-%d}" for back in range(13, -1, -1)]
    assert [day["date"] for day in days] == dates
    for day in days:
        created = total(
            varied.supervisor,
            createdFrom=f"{day['date']}T00:00:00Z",
            createdTo=f"{day['date']}T23:59:59.999Z",
        )
        assert day["created"] == created
    assert sum(day["resolved"] for day in days) == total(varied.supervisor, sla="met,missed")


def test_days_follow_the_requested_time_zone(varied: Desk) -> None:
    zone = ZoneInfo("America/Mexico_City")  # UTC-6
    days = varied.supervisor.get("/tickets/stats", timezone=zone.key).json["perDay"]
    today = utcnow().astimezone(zone)
    dates = [f"{today - timedelta(days=back):%Y-%m-%d}" for back in range(13, -1, -1)]
    assert [day["date"] for day in days] == dates
    for day in days:
        created = total(
            varied.supervisor,
            createdFrom=f"{day['date']}T00:00:00-06:00",
            createdTo=f"{day['date']}T23:59:59.999-06:00",
        )
        assert day["created"] == created
    in_utc = varied.supervisor.get("/tickets/stats", timezone="UTC").json["perDay"]
    assert in_utc == varied.supervisor.get("/tickets/stats").json["perDay"] != days


def test_days_follow_changes_of_the_clock() -> None:
    days = stats.last_days(datetime(2026, 11, 2, 3, tzinfo=UTC), ZoneInfo("America/New_York"))
    assert [day.date for day in days[-2:]] == ["2026-10-31", "2026-11-01"]  # 22:00 there
    assert [(day.end - day.start) / timedelta(hours=1) for day in days[-2:]] == [24, 25]
    assert all(day.end == after.start for day, after in pairwise(days))


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "x" * 200, "America"])
def test_a_time_zone_that_does_not_exist_is_refused(desk: Desk, name: str) -> None:
    answer = desk.ana.get("/tickets/stats", timezone=name)
    assert answer.status_code == 422
    assert "timezone" in answer.json["errors"]


def test_other_agents_tickets_do_not_count(desk: Desk) -> None:
    def figures(person: Person) -> Any:
        return person.get("/tickets/stats").json

    for _ in range(3):
        ticket = desk.ticket(assignedTo=desk.bruno.agent_id, priority="urgent")
        desk.bruno.put(f"/tickets/{ticket['ticketId']}/escalate", {"reason": "x"})
    nothing = figures(desk.ana)
    assert nothing["total"] == nothing["escalated"] == nothing["mine"] == 0
    assert not any(sum(nothing[figure].values()) for figure in FILTERS)
    assert not any(day["created"] or day["resolved"] for day in nothing["perDay"])
    assert figures(desk.bruno)["mine"] == figures(desk.supervisor)["total"] == 3


def test_they_are_counted_again_only_after_ten_times_as_long_as_it_took(
    desk: Desk, db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    statistics = stats.TicketStatistics(TicketLists(db))
    accounts = collection(db, "agents", AgentDocument)
    agents = [actor_of(agent) for agent in accounts.find({"role": "agent"})]

    def figures(name: str) -> list[int]:
        return [statistics.get_statistics(actor=agent)[name] for agent in agents]

    assert figures("total") == [0, 0]
    desk.ticket()
    assert figures("total") == [1, 1]
    monkeypatch.setattr(stats, "KEPT_FOR", 1e9)
    desk.ticket()
    assert figures("total") == [2, 2]
    for agent in agents:
        desk.ticket(assignedTo=agent.id)
    assert figures("total") == [2, 2]
    assert figures("mine") == [1, 1]  # only this one is never cached


def test_concurrent_callers_share_one_count(
    desk: Desk, db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stats, "KEPT_FOR", 1e9)
    desk.ticket()
    watched = Watched(db)
    statistics = stats.TicketStatistics(watched)
    actors = [actor_of(agent) for agent in collection(db, "agents", AgentDocument).find()] * 10
    together = threading.Barrier(len(actors))

    def ask(actor: Actor) -> Document:
        together.wait()
        return statistics.get_statistics(actor=actor)

    with ThreadPoolExecutor(len(actors)) as pool:
        answers = list(pool.map(ask, actors))
    assert {answer["total"] for answer in answers} == {1}
    # All tickets, unassigned ones, and those of each of two agents.
    assert len(watched.counted) == 4
