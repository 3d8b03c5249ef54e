"""The service-level clock of a ticket: the only place that derives targets and states.

A ticket stores facts (when it was answered, paused, resolved, and how long it was paused) and, for
the database to filter and sort by, what follows from them. There is no background job: `on_track`,
`at_risk` and `breached` depend on the time of reading.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from backend.common.documents import Document
from backend.tickets.models import Priority, Sla, SlaFacts, SlaState, Status


class SlaTarget(NamedTuple):
    first_response: timedelta
    resolution: timedelta


SLA_TARGETS: dict[Priority, SlaTarget] = {
    Priority.URGENT: SlaTarget(timedelta(minutes=15), timedelta(hours=4)),
    Priority.HIGH: SlaTarget(timedelta(hours=1), timedelta(hours=24)),
    Priority.MEDIUM: SlaTarget(timedelta(hours=4), timedelta(hours=72)),
    Priority.LOW: SlaTarget(timedelta(hours=24), timedelta(days=7)),
}

AT_RISK_SHARE = 0.75  # of the time allowed

# `clock` is stored; while it runs, the state depends on the time of reading.
RUNNING = "running"
_RUNNING = (SlaState.ON_TRACK, SlaState.AT_RISK, SlaState.BREACHED)  # in this order, never back


def start(priority: Priority, created_at: datetime) -> Sla:
    facts: SlaFacts = {
        "firstRespondedAt": None,
        "resolvedAt": None,
        "pausedAt": None,
        "pausedMs": 0,
    }
    return _derive(facts, priority, created_at)


def set_priority(sla: Sla, priority: Priority, created_at: datetime) -> Sla:
    """Targets count from the creation, without the time already spent waiting for the customer."""
    return _derive(sla, priority, created_at)


def first_response(sla: Sla, priority: Priority, created_at: datetime, now: datetime) -> Sla:
    if sla["firstRespondedAt"] is not None:
        return sla
    return _derive(sla | {"firstRespondedAt": now}, priority, created_at)


def pause(sla: Sla, priority: Priority, created_at: datetime, now: datetime) -> Sla:
    return _derive(sla | {"pausedAt": now}, priority, created_at)


def unpause(sla: Sla, priority: Priority, created_at: datetime, now: datetime) -> Sla:
    """The resolution target moves by the time that the customer took."""
    if sla["pausedAt"] is None:
        return sla
    paused_ms = sla["pausedMs"] + (now - sla["pausedAt"]) // timedelta(milliseconds=1)
    return _derive(sla | {"pausedAt": None, "pausedMs": paused_ms}, priority, created_at)


def stop(sla: Sla, priority: Priority, created_at: datetime, now: datetime) -> Sla:
    if sla["resolvedAt"] is not None:
        return sla
    return _derive(sla | {"resolvedAt": now}, priority, created_at)


def restart(sla: Sla, priority: Priority, created_at: datetime) -> Sla:
    """A reopened ticket runs against the target it had."""
    return _derive(sla | {"resolvedAt": None}, priority, created_at)


def _derive(facts: SlaFacts, priority: Priority, created_at: datetime) -> Sla:
    target = SLA_TARGETS[priority]
    first_response_due = created_at + target.first_response
    resolution_due = created_at + target.resolution + timedelta(milliseconds=facts["pausedMs"])
    if facts["resolvedAt"] is not None:
        met = facts["resolvedAt"] <= resolution_due
        clock = SlaState.MET.value if met else SlaState.MISSED.value
    elif facts["pausedAt"] is not None:
        clock = SlaState.PAUSED.value
    else:
        clock = RUNNING
    # The next target: first the response, then the resolution.
    if facts["firstRespondedAt"] is None:
        breach_at, allowed = first_response_due, target.first_response
    else:
        breach_at, allowed = resolution_due, target.resolution
    return {
        **facts,
        "firstResponseDueAt": first_response_due,
        "resolutionDueAt": resolution_due,
        "clock": clock,
        "atRiskAt": breach_at - allowed * (1 - AT_RISK_SHARE),
        "breachAt": breach_at,
    }


def state(sla: Sla, now: datetime) -> SlaState:
    if sla["clock"] != RUNNING:
        return SlaState(sla["clock"])
    if now >= sla["breachAt"]:
        return SlaState.BREACHED
    if now >= sla["atRiskAt"]:
        return SlaState.AT_RISK
    return SlaState.ON_TRACK


def in_states(wanted: Collection[SlaState], now: datetime) -> Document:
    """Return the same rule as `state` as a filter for the database: any of these states."""
    running = [one for one in _RUNNING if one in wanted]
    stopped = [one.value for one in SlaState if one in wanted and one not in _RUNNING]
    times = _running_in(running, now)
    if not (running and stopped and times):
        # In this form an index narrows down the times.
        return {"sla.clock": {"$in": [RUNNING, *stopped] if running else stopped}, **times}
    return {
        "sla.clock": {"$in": [RUNNING, *stopped]},
        "$or": [{"sla.clock": {"$in": stopped}}, {"sla.clock": RUNNING, **times}],
    }


def statuses_with(clocks: Collection[str]) -> list[Status]:
    """Return the statuses of tickets with any of these clocks: the clock follows the status."""
    return [status for status in Status if not _clocks_of(status).isdisjoint(clocks)]


def _clocks_of(status: Status) -> set[str]:
    if not status.is_open:
        return {SlaState.MET.value, SlaState.MISSED.value}
    return {SlaState.PAUSED.value if status is Status.PENDING_CUSTOMER else RUNNING}


def _running_in(states: list[SlaState], now: datetime) -> Document:
    """Return the condition on the times of a running clock in any of these states."""
    passed: Document = {"$lte": now}
    ahead: Document = {"$gt": now}
    conditions: dict[tuple[SlaState, ...], Document] = {
        # What is not at risk is not breached either; saying so lets an index begin there.
        (SlaState.ON_TRACK,): {"sla.atRiskAt": ahead, "sla.breachAt": ahead},
        (SlaState.AT_RISK,): {"sla.atRiskAt": passed, "sla.breachAt": ahead},
        (SlaState.BREACHED,): {"sla.breachAt": passed},
        (SlaState.ON_TRACK, SlaState.AT_RISK): {"sla.breachAt": ahead},
        (SlaState.AT_RISK, SlaState.BREACHED): {"sla.atRiskAt": passed},
        (SlaState.ON_TRACK, SlaState.BREACHED): {
            "$or": [{"sla.atRiskAt": ahead}, {"sla.breachAt": passed}]
        },
    }
    return conditions.get(tuple(states), {})
