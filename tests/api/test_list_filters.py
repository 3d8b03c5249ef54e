"""The filters of every list: allowed values, and the effects of a declaration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.common import counting
from backend.common.actor import Actor, ActorType, Role
from backend.common.counting import RecentCounts
from backend.common.documents import new_id
from backend.tickets.listing import plan
from backend.tickets.listing.filters import FILTERS
from backend.tickets.listing.indexes import INDEXES, ORDERS
from backend.tickets.listing.query import list_query
from backend.tickets.models import Category, Priority, SlaState, Status
from tests.desk import Desk

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SUPERVISOR = Actor(ActorType.AGENT, new_id(), "Sup", Role.SUPERVISOR)
AGENT = Actor(ActorType.AGENT, new_id(), "Ana", Role.AGENT)
LIMIT = 64  # indexes of a collection, MongoDB's own

NOT_AN_ID = ("x", "me ", "123", "F" * 24, "g" * 24, "a" * 23, "a" * 25, "a" * 24 + "\n", "")
NOT_A_TICKET = ("TICKET-2026-1", "ticket-2026-000123", "2026-000123", "a" * 24)
TICKET_LISTS = ("/tickets", "/tickets/counts", "/tickets/export.csv")
FOREIGN_KEYS = ("assignedTo", "customerId", "conversationId")


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        *((path, name) for path in TICKET_LISTS for name in FOREIGN_KEYS),
        ("/conversations", "customerId"),
    ],
)
def test_an_id_that_cannot_exist_is_refused(desk: Desk, path: str, parameter: str) -> None:
    for value in NOT_AN_ID:
        answer = desk.ana.get(path, **{parameter: value})
        assert (answer.status_code, list(answer.json["errors"])) == (422, [parameter]), value
    assert desk.ana.get(path, **{parameter: new_id()}).status_code == 200


def test_malformed_ids_are_refused_in_lists_of_one_record(desk: Desk) -> None:
    customer = f"/customers/{desk.customer()['customerId']}/tickets"
    for name in ("assignedTo", "conversationId"):
        answer = desk.ana.get(customer, **{name: "nobody"})
        assert (answer.status_code, list(answer.json["errors"])) == (422, [name])
    for malformed in ("/customers/x/tickets", "/conversations/x/tickets", "/conversations/x"):
        assert desk.ana.get(malformed).status_code == 404


@pytest.mark.parametrize("path", TICKET_LISTS)
def test_a_malformed_ticket_id_is_refused_too(desk: Desk, path: str) -> None:
    for value in NOT_A_TICKET:
        answer = desk.ana.get(path, ticketId=f"TICKET-2026-000123,{value}")
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["ticketId"]), value
    assert desk.ana.get(path, ticketId="TICKET-2026-000123,TICKET-2026-1000000").status_code == 200


def test_words_for_an_assignee_stay(desk: Desk) -> None:
    for word in ("me", "unassigned", desk.bruno.agent_id):
        assert desk.ana.get("/tickets", assignedTo=word).status_code == 200


def test_every_filter_has_an_index_and_indexes_leave_room(desk: Desk) -> None:
    leading = {next(iter(one.document["key"])) for one in INDEXES["tickets"]}
    assert {one.lead[0] for one in FILTERS.values() if one.lead} <= leading
    facets = [one.facet for one in FILTERS.values() if one.facet]
    keys = [list(one.document["key"]) for one in INDEXES["tickets"]]
    assert any(key[: len(facets)] == facets for key in keys)
    assert len(INDEXES["tickets"]) <= LIMIT - 20


@pytest.mark.parametrize(
    ("asked", "order", "lead"),
    [
        ({}, "updatedAt", "updatedAt"),
        ({"status": [Status.OPEN]}, "createdAt", "statusRank"),
        ({"priority": [Priority.HIGH]}, "updatedAt", "priorityRank"),
        ({"priority": [Priority.HIGH]}, "number", "number"),
        ({"assignedTo": "me", "status": [Status.OPEN]}, "number", "assignedTo.agentId"),
        ({"tag": "vip"}, "priorityRank", "tags"),
        ({"customerId": new_id()}, "updatedAt", "customer.customerId"),
        ({"createdTo": NOW}, "updatedAt", "createdMonth"),
    ],
)
def test_one_filter_is_walked_in_the_order_of_its_index(
    asked: dict[str, Any], order: str, lead: str
) -> None:
    query = list_query(asked, SUPERVISOR, NOW)
    index = plan.in_order(query, order).index
    assert index is not None
    assert index[0][0] == lead
    assert order in dict(index)


def test_two_filters_are_counted_from_the_facets() -> None:
    query = list_query(
        {"priority": [Priority.HIGH], "category": [Category.BILLING]}, SUPERVISOR, NOW
    )
    assert not plan.is_in_order(query, "updatedAt")
    [(reading, _part)] = plan.to_count(query)
    assert dict(reading.index or []).keys() >= {"statusRank", *query.fields, *ORDERS}


def test_few_matches_are_sorted_and_many_are_walked() -> None:
    query = list_query({"priority": [Priority.HIGH]}, SUPERVISOR, NOW)
    assert plan.is_sorted(query, total=600, wanted=21, size=100_000)
    assert not plan.is_sorted(query, total=9_000, wanted=21, size=100_000)
    ended = list_query({"createdTo": NOW}, SUPERVISOR, NOW)
    assert plan.is_sorted(ended, total=9_000, wanted=21, size=100_000)


def test_an_impossible_combination_selects_nothing() -> None:
    for asked in (
        {"status": [Status.CLOSED], "sla": [SlaState.BREACHED]},
        {"status": [Status.OPEN], "sla": [SlaState.PAUSED, SlaState.MET]},
    ):
        assert list_query(asked, SUPERVISOR, NOW).conditions["statusRank"] == {"$in": []}
    others = list_query({"assignedTo": new_id()}, AGENT, NOW)
    assert others.conditions["assignedTo.agentId"] == {"$in": []}


def test_the_same_question_has_the_same_key_at_another_time() -> None:
    later = NOW + timedelta(minutes=5)
    for states in ([SlaState.BREACHED], [SlaState.AT_RISK, SlaState.MET], [SlaState.ON_TRACK]):
        asked = {"sla": states, "priority": ["high"]}
        one, other = (list_query(asked, AGENT, moment) for moment in (NOW, later))
        assert one.key == other.key
        assert one.conditions != other.conditions
    keys = {
        list_query({"sla": [state]}, actor, NOW).key
        for state in SlaState
        for actor in (AGENT, SUPERVISOR)
    }
    assert len(keys) == 2 * len(SlaState)


def test_an_inexact_total_is_cached_for_states_that_depend_on_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_COUNTED", 1)
    tickets = [desk.ticket()["ticketId"] for _ in range(3)]

    def total() -> tuple[int, bool]:
        found = desk.supervisor.get("/tickets", sla="on_track", limit=1).json["pagination"]
        return found["total"], found["totalIsExact"]

    assert total() == (1, False)
    for ticket in tickets:
        desk.supervisor.put(f"/tickets/{ticket}", {"status": "closed"})
    assert total() == (1, False)  # remembered


def test_the_least_recently_used_count_makes_room() -> None:
    counts = RecentCounts(size=2)
    counts.put("a", 1)
    counts.put("b", 2)
    assert counts.get("a") == 1
    counts.put("c", 3)
    assert [counts.get(key) for key in "abc"] == [1, None, 3]


def test_a_count_is_remembered_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = RecentCounts()
    assert counts.get_or_count("a", lambda: 1) == 1
    assert counts.get_or_count("a", lambda: 2) == 1
    monkeypatch.setattr(counting, "REMEMBERED_FOR", 0.0)
    counts.put("a", 3)
    assert counts.get("a") is None
