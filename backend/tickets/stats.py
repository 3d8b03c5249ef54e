"""Ticket statistics for the dashboard, over what the asking agent may see.

Each figure is a count of what lies between two entries of an index, which the database has
much faster than it reads what lies there. As that still grows with the desk, counts are shared:
those of all tickets by all who see them, those of nobody's tickets by all agents. And they are kept
for ten times as long as counting took. So a share is counted for less than a tenth of a process's
time however many ask; a small desk is told of this moment, and one of a million tickets of some
seconds ago.
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
from backend.tickets.models import (
    OPEN_STATUSES,
    PRIORITY_RANK,
    STATUS_RANK,
    Category,
    Priority,
    SlaState,
    Status,
)
from backend.tickets.repository import Figure, TicketRepository
from backend.tickets.visibility import OF_NOBODY, shares_of

DAYS = 14
KEPT_FOR = 10  # times as long as it took to count
# Seconds, where other operations have 4: for counting, and for waiting for the one who counts.
PATIENCE = 20.0

Tally = Counter[Figure]

# The clock follows the status: for which it runs, stands still, and has ended.
_RUNNING = sla.statuses_with([sla.RUNNING])
_PAUSED = sla.statuses_with([SlaState.PAUSED])
_DONE = sla.statuses_with([SlaState.MET])


class _Kept:
    """What one caller counts, for whom the others wait."""

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self._until = 0.0  # monotonic
        self._counts: Tally = Counter()

    def get(self, count: Callable[[], Tally]) -> Tally:
        """Raises DatabaseUnavailable when the one who counts takes too long."""
        if time.monotonic() < self._until:
            return self._counts
        if not self._counting.acquire(timeout=PATIENCE):
            raise DatabaseUnavailable
        try:
            began = time.monotonic()
            if began >= self._until:  # else the one before has counted
                self._counts = count()
                now = time.monotonic()
                self._until = now + KEPT_FOR * (now - began)
            return self._counts
        finally:
            self._counting.release()


class TicketStatistics:
    def __init__(self, tickets: TicketRepository, now: Callable[[], datetime] = utcnow) -> None:
        self._tickets = tickets
        self._now = now
        self._kept: defaultdict[str, _Kept] = defaultdict(_Kept)  # by share

    def get_statistics(self, *, actor: Actor) -> Document:
        counts: Tally = Counter()
        for share in shares_of(actor):
            counts.update(self._kept[str(share)].get(partial(self._count, share)))
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
            "mine": self._tickets.count_open_of(actor.id),
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

    def _count(self, share: Document) -> Tally:
        with pymongo.timeout(PATIENCE):
            return Counter(self._tickets.count_each(share, _counted(self._now())))


def _counted(now: datetime) -> dict[Figure, Document]:
    """A filter for each figure that is counted, for an index to answer by itself."""
    filters: dict[Figure, Document] = {
        ("unassigned",): {**OF_NOBODY, **with_status(OPEN_STATUSES)},
        ("escalated",): {"escalated": True, **with_status(OPEN_STATUSES)},
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


def _by_priority(counts: Tally, statuses: list[Status]) -> dict[str, int]:
    return {
        priority: sum(counts["status", status, priority] for status in statuses)
        for priority in Priority
    }


def _by_sla(counts: Tally, by_status: dict[Status, int]) -> dict[str, int]:
    """Whose clock has run out or is about to is counted; the others are those who are left."""
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
