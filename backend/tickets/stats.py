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
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

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
UTC_ZONE = ZoneInfo("UTC")
KEPT_FOR = 10  # times as long as it took to count
# Seconds, where other operations have 4: for counting, and for waiting for another thread's count.
COUNT_TIMEOUT = 20.0

Counts = Counter[Metric]

# The clock follows the status: for which it runs, stands still, and has ended.
_RUNNING = sla.statuses_with([sla.RUNNING])
_PAUSED = sla.statuses_with([SlaState.PAUSED])
_DONE = sla.statuses_with([SlaState.MET])


class Day(NamedTuple):
    date: str  # ISO 8601
    start: datetime
    end: datetime


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
        self._cached: defaultdict[str, _Cached] = defaultdict(_Cached)  # by scope and zone

    def get_statistics(self, zone: ZoneInfo = UTC_ZONE, *, actor: Actor) -> Document:
        """Return the counts of what the actor may see, with the last days of a time zone."""
        counts: Counts = Counter()
        for scope in scopes_of(actor):
            cached = self._cached[f"{zone.key} {scope}"]
            counts.update(cached.get(partial(self._count, scope, zone)))
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
                    "date": day.date,
                    "created": counts["created", day.date],
                    "resolved": counts["resolved", day.date],
                }
                for day in last_days(self._now(), zone)
            ],
        }

    def _count(self, scope: Document, zone: ZoneInfo) -> Counts:
        with pymongo.timeout(COUNT_TIMEOUT):
            return Counter(self._lists.count_each(scope, _counted(self._now(), zone)))


def _counted(now: datetime, zone: ZoneInfo) -> dict[Metric, Document]:
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
    for day in last_days(now, zone):
        within = {"$gte": day.start, "$lt": day.end}
        filters["created", day.date] = {"createdAt": within}
        filters["resolved", day.date] = {"sla.resolvedAt": within}
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


def last_days(now: datetime, zone: ZoneInfo) -> list[Day]:
    """Return the last days of a time zone, today included, oldest first."""
    today = now.astimezone(zone).date()
    dates = [today - timedelta(days=back) for back in reversed(range(-1, DAYS))]
    # Midnight by midnight, because days can have 23 or 25 hours.
    starts = [datetime.combine(date, datetime.min.time(), zone).astimezone(UTC) for date in dates]
    return [
        Day(date.isoformat(), start, end)
        for date, (start, end) in zip(dates, pairwise(starts), strict=False)
    ]
