"""Ticket statistics for the dashboard, over what the asking agent may see.

Each metric counts the entries between two keys of an index, which is much faster than reading the
tickets. That still grows with the desk, so counts are cached by visibility filter: all tickets for
everybody who sees all, unassigned tickets for all agents. A cached count is valid for ten times as
long as counting took. So a process spends less than a tenth of its time on a filter, however many
people ask; a small desk sees this moment, a desk of a million tickets some seconds ago.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pymongo

from backend.common.actor import Actor
from backend.common.documents import Document, utcnow
from backend.common.errors import DatabaseUnavailable
from backend.tickets import sla
from backend.tickets.listing.filters import with_status
from backend.tickets.listing.repository import Metric, TicketLists
from backend.tickets.models import (
    OPEN_STATUSES,
    PRIORITY_RANK,
    STATUS_RANK,
    Category,
    Priority,
    SlaState,
    Status,
)
from backend.tickets.visibility import IS_UNASSIGNED, scopes_of

DAYS = 14
KEPT_FOR = 10  # times as long as it took to count
# Seconds, where other operations have 4: for counting, and for waiting for another thread's count.
COUNT_TIMEOUT = 20.0

Counts = Counter[Metric]

# The clock follows the status: for which it runs, stands still, and has ended.
_RUNNING = sla.statuses_with([sla.RUNNING])
_PAUSED = sla.statuses_with([SlaState.PAUSED])
_DONE = sla.statuses_with([SlaState.MET])


class _Cached:
    """Counts of one thread, for which the others wait."""

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self._until = 0.0  # monotonic
        self._counts: Counts = Counter()

    def get(self, count: Callable[[], Counts]) -> Counts:
        """Raises DatabaseUnavailable when another thread counts for too long."""
        if time.monotonic() < self._until:
            return self._counts
        if not self._counting.acquire(timeout=COUNT_TIMEOUT):
            raise DatabaseUnavailable
        try:
            began = time.monotonic()
            if began >= self._until:  # else another thread has counted
                self._counts = count()
                now = time.monotonic()
                self._until = now + KEPT_FOR * (now - began)
            return self._counts
        finally:
            self._counting.release()


class TicketStatistics:
    def __init__(self, lists: TicketLists, now: Callable[[], datetime] = utcnow) -> None:
        self._lists = lists
        self._now = now
        self._cached: defaultdict[str, _Cached] = defaultdict(_Cached)  # by scope

    def get_statistics(self, *, actor: Actor) -> Document:
        counts: Counts = Counter()
        for scope in scopes_of(actor):
            counts.update(self._cached[str(scope)].get(partial(self._count, scope)))
        by_status = {
            status: sum(counts["status", status, priority] for priority in Priority)
            for status in Status
        }
        return {
            "total": sum(by_status.values()),
            "byStatus": by_status,
            "byPriority": _by_priority(counts, [*Status]),
            "openByPriority": _by_priority(counts, [s for s in Status if s.is_open]),
            "byCategory": {category: counts["category", category] for category in Category},
            "bySla": _by_sla(counts, by_status),
            "unassigned": counts["unassigned",],
            "mine": self._lists.count_open_of(actor.id),
            "escalated": counts["escalated",],
            "perDay": [
                {
                    "date": day,
                    "created": counts["created", day],
                    "resolved": counts["resolved", day],
                }
                for day in map(_date, _last_days(self._now()))
            ],
        }

    def _count(self, scope: Document) -> Counts:
        with pymongo.timeout(COUNT_TIMEOUT):
            return Counter(self._lists.count_each(scope, _counted(self._now())))


def _counted(now: datetime) -> dict[Metric, Document]:
    """Return a filter for each metric, in a form that an index answers alone."""
    filters: dict[Metric, Document] = {
        ("unassigned",): {**IS_UNASSIGNED, **with_status(*OPEN_STATUSES)},
        ("escalated",): {"escalated": True, **with_status(*OPEN_STATUSES)},
    }
    for status, status_rank in STATUS_RANK.items():
        for priority, rank in PRIORITY_RANK.items():
            filters["status", status, priority] = {"statusRank": status_rank, "priorityRank": rank}
    for category in Category:
        filters["category", category] = {"category": category}
    for state in (SlaState.BREACHED, SlaState.AT_RISK, SlaState.MISSED):
        filters["sla", state] = sla.in_states([state], now)
    for day in _last_days(now):
        within = {"$gte": day, "$lt": day + timedelta(days=1)}
        filters["created", _date(day)] = {"createdAt": within}
        filters["resolved", _date(day)] = {"sla.resolvedAt": within}
    return filters


def _by_priority(counts: Counts, statuses: list[Status]) -> dict[str, int]:
    return {
        priority: sum(counts["status", status, priority] for status in statuses)
        for priority in Priority
    }


def _by_sla(counts: Counts, by_status: dict[Status, int]) -> dict[str, int]:
    """Return the counts by SLA state; what is neither breached nor at risk is what remains."""
    breached, at_risk, missed = (
        counts["sla", state] for state in (SlaState.BREACHED, SlaState.AT_RISK, SlaState.MISSED)
    )
    running, paused, done = (
        sum(by_status[status] for status in statuses) for statuses in (_RUNNING, _PAUSED, _DONE)
    )
    return {
        # Tickets may change meanwhile.
        SlaState.ON_TRACK: max(0, running - breached - at_risk),
        SlaState.AT_RISK: at_risk,
        SlaState.BREACHED: breached,
        SlaState.PAUSED: paused,
        SlaState.MET: max(0, done - missed),
        SlaState.MISSED: missed,
    }


def _last_days(now: datetime) -> list[datetime]:
    """In UTC, today included, oldest first."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return [today - timedelta(days=back) for back in reversed(range(DAYS))]


def _date(day: datetime) -> str:
    return f"{day:%Y-%m-%d}"
