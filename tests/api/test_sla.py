"""The SLA clock with a controlled time, and the counter across New Year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.common.actor import Actor, ActorType, Role
from backend.common.documents import Db, new_id
from backend.common.paging import Page
from backend.services import Features
from backend.tickets import sla
from backend.tickets.models import Category, Priority, SlaState, Status, TicketDocument, TicketInput
from backend.tickets.schemas import ticket_row
from backend.tickets.stats import TicketStatistics

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACTOR = Actor(ActorType.AGENT, "sup", "Sup", Role.SUPERVISOR)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)


class Clock:
    """A service with a controlled time."""

    def __init__(self, db: Db) -> None:
        self.now = START
        features = Features(db, lambda *_task: None, lambda: self.now)
        self.lists = features.ticket_lists
        self.service = features.tickets
        self.customer = features.customers.create_customer(
            {"name": "María", "whatsappUserId": new_id()}
        )

    def after(self, time: timedelta) -> Clock:
        self.now = START + time
        return self

    def ticket(self, priority: Priority = Priority.MEDIUM) -> TicketDocument:
        fields: TicketInput = {
            "subject": "s",
            "description": "d",
            "category": Category.OTHER,
            "priority": priority,
            "customerId": self.customer["_id"],
        }
        ticket, _ = self.service.create_ticket_from_agent(fields, actor=ACTOR)
        return ticket

    def move(self, ticket: TicketDocument, *path: Status) -> TicketDocument:
        for status in path:
            ticket = self.service.update_ticket_status(ticket["_id"], status, actor=ACTOR)
        return ticket

    def answer(self, ticket: TicketDocument) -> TicketDocument:
        return self.service.add_note(ticket["_id"], "x", actor=ACTOR, is_internal=False)[0]

    def row(self, ticket: TicketDocument) -> Any:
        stored = self.service.get_ticket_by_id(ticket["_id"], actor=ACTOR)
        return ticket_row(stored, self.now)["sla"]

    def state(self, ticket: TicketDocument) -> SlaState:
        """Return the SLA state, which row, filter and statistics must agree on."""
        shown = SlaState(self.row(ticket)["state"])
        for state in SlaState:
            listed = self.service.list_tickets(
                {"sla": [state]}, "-updatedAt", Page(1, 100), actor=ACTOR
            )
            assert (ticket["_id"] in [doc["_id"] for doc in listed.documents]) is (state is shown)
            counted = TicketStatistics(self.lists, now=lambda: self.now)
            assert (
                counted.get_statistics(actor=ACTOR)["bySla"][state.value]
                == listed.pagination["total"]
            )
        return shown


@pytest.fixture
def clock(db: Db) -> Clock:
    return Clock(db)


@pytest.mark.parametrize("priority", list(Priority))
def test_targets_count_from_the_creation(clock: Clock, priority: Priority) -> None:
    ticket = clock.ticket(priority)
    assert ticket["sla"]["firstResponseDueAt"] == START + sla.SLA_TARGETS[priority].first_response
    assert ticket["sla"]["resolutionDueAt"] == START + sla.SLA_TARGETS[priority].resolution


@pytest.mark.parametrize("priority", list(Priority))
@pytest.mark.parametrize("answered", [False, True])
def test_a_target_is_at_risk_after_three_quarters_and_breached_at_the_end(
    clock: Clock, priority: Priority, answered: bool
) -> None:
    ticket = clock.ticket(priority)
    target = sla.SLA_TARGETS[priority]
    allowed = target.resolution if answered else target.first_response
    if answered:
        clock.answer(ticket)
    for time, state in (
        (timedelta(0), SlaState.ON_TRACK),
        (allowed * 0.75 - MILLISECOND, SlaState.ON_TRACK),
        (allowed * 0.75, SlaState.AT_RISK),
        (allowed - MILLISECOND, SlaState.AT_RISK),
        (allowed, SlaState.BREACHED),
        (allowed * 10, SlaState.BREACHED),
    ):
        assert clock.after(time).state(ticket) is state, time


def test_the_first_answer_that_the_customer_sees_is_the_first_response(clock: Clock) -> None:
    ticket = clock.ticket(Priority.HIGH)
    clock.after(10 * MINUTE).service.add_note(ticket["_id"], "internal", actor=ACTOR)
    assert clock.row(ticket)["firstRespondedAt"] is None
    clock.after(20 * MINUTE).answer(ticket)
    clock.after(30 * MINUTE).answer(ticket)
    assert clock.row(ticket)["firstRespondedAt"] == "2026-03-01T12:20:00.000Z"


def test_a_late_first_response_makes_way_for_the_resolution_target(clock: Clock) -> None:
    ticket = clock.ticket(Priority.HIGH)
    assert clock.after(2 * HOUR).state(ticket) is SlaState.BREACHED
    clock.answer(ticket)
    assert clock.state(ticket) is SlaState.ON_TRACK


def test_waiting_for_the_customer_stops_the_clock_and_moves_the_target(clock: Clock) -> None:
    ticket = clock.answer(clock.ticket(Priority.HIGH))  # 24 hours to resolve
    clock.after(1 * HOUR).move(ticket, Status.OPEN, Status.PENDING_CUSTOMER)
    assert clock.after(500 * HOUR).state(ticket) is SlaState.PAUSED
    assert clock.row(ticket)["pausedAt"] == "2026-03-01T13:00:00.000Z"
    ticket = clock.after(101 * HOUR).move(ticket, Status.IN_PROGRESS)
    assert ticket["sla"]["resolutionDueAt"] == START + 124 * HOUR
    assert clock.row(ticket)["pausedAt"] is None
    assert clock.state(ticket) is SlaState.ON_TRACK
    # A second time adds to the first.
    clock.after(102 * HOUR).move(ticket, Status.PENDING_CUSTOMER)
    ticket = clock.after(112 * HOUR).move(ticket, Status.IN_PROGRESS)
    assert ticket["sla"]["resolutionDueAt"] == START + 134 * HOUR
    for time, state in (
        (127 * HOUR, SlaState.ON_TRACK),
        (128 * HOUR, SlaState.AT_RISK),
        (134 * HOUR, SlaState.BREACHED),
    ):
        assert clock.after(time).state(ticket) is state


def test_resolving_while_waiting_counts_the_time_waited(clock: Clock) -> None:
    ticket = clock.answer(clock.ticket(Priority.HIGH))
    clock.after(23 * HOUR).move(ticket, Status.OPEN, Status.PENDING_CUSTOMER)
    ticket = clock.after(200 * HOUR).move(ticket, Status.RESOLVED)
    assert ticket["sla"]["pausedAt"] is None
    assert clock.state(ticket) is SlaState.MET


@pytest.mark.parametrize("end", [Status.RESOLVED, Status.CLOSED])
@pytest.mark.parametrize(
    ("hours", "state"), [(23, SlaState.MET), (24, SlaState.MET), (25, SlaState.MISSED)]
)
def test_an_end_in_time_is_met_and_a_later_one_missed(
    clock: Clock, end: Status, hours: int, state: SlaState
) -> None:
    ticket = clock.ticket(Priority.HIGH)
    clock.after(hours * HOUR).move(ticket, end)
    assert clock.after(1_000 * HOUR).state(ticket) is state


def test_closing_later_does_not_change_when_it_was_resolved(clock: Clock) -> None:
    ticket = clock.ticket(Priority.HIGH)
    clock.after(HOUR).move(ticket, Status.RESOLVED)
    clock.after(100 * HOUR).move(ticket, Status.CLOSED)
    assert clock.state(ticket) is SlaState.MET
    assert clock.row(ticket)["resolvedAt"] == "2026-03-01T13:00:00.000Z"


def test_a_reopened_ticket_runs_against_the_target_it_had(clock: Clock) -> None:
    ticket = clock.answer(clock.ticket(Priority.HIGH))
    clock.after(HOUR).move(ticket, Status.RESOLVED)
    ticket = clock.after(20 * HOUR).move(ticket, Status.REOPENED)
    assert ticket["sla"]["resolutionDueAt"] == START + 24 * HOUR
    assert ticket["sla"]["resolvedAt"] is None
    assert clock.state(ticket) is SlaState.AT_RISK
    clock.after(30 * HOUR).move(ticket, Status.RESOLVED)
    assert clock.state(ticket) is SlaState.MISSED


def test_a_new_priority_sets_targets_from_the_creation_and_keeps_the_waiting(clock: Clock) -> None:
    ticket = clock.answer(clock.ticket(Priority.LOW))
    clock.after(1 * HOUR).move(ticket, Status.OPEN, Status.PENDING_CUSTOMER)
    clock.after(11 * HOUR).move(ticket, Status.IN_PROGRESS)
    fields: TicketInput = {"priority": Priority.URGENT}
    ticket = clock.after(12 * HOUR).service.update_ticket(ticket["_id"], fields, actor=ACTOR)
    assert ticket["sla"]["resolutionDueAt"] == START + (4 + 10) * HOUR
    assert ticket["sla"]["firstResponseDueAt"] == START + 15 * MINUTE
    assert clock.state(ticket) is SlaState.ON_TRACK
    assert clock.after(13 * HOUR + 1 * MINUTE).state(ticket) is SlaState.AT_RISK


def test_a_new_priority_and_a_new_status_in_one_write_agree(clock: Clock) -> None:
    ticket = clock.answer(clock.ticket(Priority.LOW))
    fields: TicketInput = {"priority": Priority.URGENT, "status": Status.RESOLVED}
    ticket = clock.after(5 * HOUR).service.update_ticket(ticket["_id"], fields, actor=ACTOR)
    assert ticket["sla"]["resolutionDueAt"] == START + 4 * HOUR
    assert clock.state(ticket) is SlaState.MISSED


def test_a_new_priority_of_a_resolved_ticket_updates_its_sla(clock: Clock) -> None:
    ticket = clock.ticket(Priority.LOW)
    clock.after(5 * HOUR).move(ticket, Status.RESOLVED)
    assert clock.state(ticket) is SlaState.MET
    clock.service.update_ticket(ticket["_id"], {"priority": Priority.URGENT}, actor=ACTOR)
    assert clock.state(ticket) is SlaState.MISSED


def test_the_list_sorts_by_the_moved_target(clock: Clock) -> None:
    first, second = (clock.answer(clock.ticket(Priority.HIGH)) for _ in range(2))
    clock.after(1 * HOUR).move(first, Status.OPEN, Status.PENDING_CUSTOMER)
    clock.after(2 * HOUR).move(first, Status.IN_PROGRESS)
    found = clock.service.list_tickets({}, "resolutionDueAt", Page(1, 10), actor=ACTOR)
    assert [doc["_id"] for doc in found.documents] == [second["_id"], first["_id"]]


def test_visibility_holds_after_any_sequence_of_changes(clock: Clock) -> None:
    """Every priority on every path, checked at many times: row, filter and count agree."""
    courses: list[list[Status]] = [
        [],
        [Status.OPEN, Status.PENDING_CUSTOMER],
        [Status.OPEN, Status.PENDING_CUSTOMER, Status.IN_PROGRESS],
        [Status.RESOLVED],
        # Resolved after five hours: too late for an urgent one.
        [
            Status.OPEN,
            Status.IN_PROGRESS,
            Status.WAITING_INTERNAL,
            Status.IN_PROGRESS,
            Status.RESOLVED,
        ],
        [Status.RESOLVED, Status.REOPENED, Status.PENDING_CUSTOMER],
    ]
    tickets = []
    for priority in Priority:
        for answered in (False, True):
            for course in courses:
                clock.after(timedelta(0))
                ticket = clock.ticket(priority)
                if answered:
                    clock.after(MINUTE).answer(ticket)
                for step, status in enumerate(course):
                    clock.after(HOUR * (step + 1)).move(ticket, status)
                tickets.append(ticket["_id"])
    seen = set()
    for hours in (4, 12, 20, 30, 60, 80, 130, 170, 400):
        clock.after(hours * HOUR)
        stored = {
            doc["_id"]: doc
            for doc in clock.service.list_tickets(
                {}, "ticketId", Page(1, 100), actor=ACTOR
            ).documents
        }
        by_row = {ticket: sla.state(stored[ticket]["sla"], clock.now) for ticket in tickets}
        for state in SlaState:
            listed = clock.service.list_tickets(
                {"sla": [state]}, "ticketId", Page(1, 100), actor=ACTOR
            )
            expected = {ticket for ticket, shown in by_row.items() if shown is state}
            assert {doc["_id"] for doc in listed.documents} == expected
            statistics = TicketStatistics(clock.lists, now=lambda: clock.now)
            counted = statistics.get_statistics(actor=ACTOR)["bySla"][state.value]
            assert counted == len(expected)
            seen |= {state} if expected else set()
    assert seen == set(SlaState)


def test_numbers_restart_with_the_year_in_utc(clock: Clock) -> None:
    clock.now = datetime(2026, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
    assert [clock.ticket()["_id"] for _ in range(2)] == ["TICKET-2026-000001", "TICKET-2026-000002"]
    clock.now = datetime(2027, 1, 1, tzinfo=UTC)
    assert clock.ticket()["_id"] == "TICKET-2027-000001"
    clock.now = datetime(2026, 12, 31, 23, tzinfo=UTC)  # a server whose clock is behind
    assert clock.ticket()["_id"] == "TICKET-2026-000003"


def test_past_999999_the_number_grows_a_digit_and_still_sorts(clock: Clock, db: Db) -> None:
    db["counters"].insert_one({"_id": "ticket-2026", "sequence": 999_998})
    made = [clock.ticket()["_id"] for _ in range(3)]
    assert made == ["TICKET-2026-999999", "TICKET-2026-1000000", "TICKET-2026-1000001"]
    found = clock.service.list_tickets({}, "ticketId", Page(1, 10), actor=ACTOR)
    assert [doc["_id"] for doc in found.documents] == made
    query = {"search": "TICKET-2026-1000000"}
    [hit] = clock.service.list_tickets(query, "ticketId", Page(1, 10), actor=ACTOR).documents
    assert hit["_id"] == made[1]
