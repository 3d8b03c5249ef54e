"""Ticket statistics for the dashboard, over what the asking agent may see.

One covered index scan groups by everything at once, and the few groups are summed up here. As it
reads an index entry of each ticket, it is shared: by all who see every ticket, and for ten times as
long as it took. So counting takes less than a tenth of a process's time however many ask, what a
small desk is told is of this moment, and what a desk of a million is told some seconds old.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

import pymongo

from backend.actor import Actor
from backend.documents import Document, utcnow
from backend.errors import DatabaseUnavailable
from backend.tickets import sla
from backend.tickets.models import Category, Priority, SlaState, Status
from backend.tickets.repository import TicketRepository
from backend.tickets.visibility import visible_to

DAYS = 14
KEPT_FOR = 10  # times as long as it took to count
# Seconds, where other operations have 4: for counting, and for waiting for the one who counts.
PATIENCE = 20.0
INDEX = "counted"


class _Kept:
    """Figures that one caller counts, for whom the others wait."""

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self._until = 0.0  # monotonic
        self._figures: Document = {}

    def get(self, count: Callable[[], Document]) -> Document:
        """Raises DatabaseUnavailable when the one who counts takes too long."""
        if time.monotonic() < self._until:
            return self._figures
        if not self._counting.acquire(timeout=PATIENCE):
            raise DatabaseUnavailable
        try:
            began = time.monotonic()
            if began >= self._until:  # else the one before has counted
                self._figures = count()
                now = time.monotonic()
                self._until = now + KEPT_FOR * (now - began)
            return self._figures
        finally:
            self._counting.release()


class TicketStatistics:
    def __init__(self, tickets: TicketRepository, now: Callable[[], datetime] = utcnow) -> None:
        self._tickets = tickets
        self._now = now
        self._kept: defaultdict[str, _Kept] = defaultdict(_Kept)  # by who sees the same

    def get_statistics(self, *, actor: Actor) -> Document:
        kept = self._kept["" if actor.sees_all_tickets else actor.id]
        figures = kept.get(lambda: self._count(actor))
        return {**figures, "mine": self._tickets.count_open_of(actor.id)}

    def _count(self, actor: Actor) -> Document:
        now = self._now()
        with pymongo.timeout(PATIENCE):
            groups = self._groups(actor, now)
            per_day = self._per_day(actor, now)
        still_open = [group for group in groups if group["open"]]
        return {
            "total": sum(group["count"] for group in groups),
            "byStatus": _sum_by(groups, "status", [status.value for status in Status]),
            "byPriority": _sum_by(groups, "priority", [priority.value for priority in Priority]),
            "openByPriority": _sum_by(
                still_open, "priority", [priority.value for priority in Priority]
            ),
            "byCategory": _sum_by(groups, "category", [category.value for category in Category]),
            "bySla": _sum_by(groups, "sla", [state.value for state in SlaState]),
            "unassigned": sum(g["count"] for g in still_open if not g["held"]),
            "escalated": sum(g["count"] for g in still_open if g["escalated"]),
            "perDay": per_day,
        }

    def _groups(self, actor: Actor, now: datetime) -> list[Document]:
        by = {
            "status": "$status",
            "priority": "$priority",
            "category": "$category",
            "escalated": "$escalated",
            "sla": sla.state_expression(now),
            "held": {"$gt": ["$assignedTo.agentId", None]},
        }
        grouped = self._tickets.aggregate(
            [{"$match": visible_to(actor)}, {"$group": {"_id": by, "count": {"$sum": 1}}}],
            hint=INDEX,
        )
        return [
            {
                **group["_id"],
                "open": Status(group["_id"]["status"]).is_open,
                "count": group["count"],
            }
            for group in grouped
        ]

    def _per_day(self, actor: Actor, now: datetime) -> list[Document]:
        """The last days in UTC, today included, oldest first."""
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        first = today - timedelta(days=DAYS - 1)
        created = self._by_day(actor, "createdAt", first)
        resolved = self._by_day(actor, "sla.resolvedAt", first)
        days = [f"{first + timedelta(days=day):%Y-%m-%d}" for day in range(DAYS)]
        return [
            {"date": day, "created": created.get(day, 0), "resolved": resolved.get(day, 0)}
            for day in days
        ]

    def _by_day(self, actor: Actor, field: str, first: datetime) -> dict[str, int]:
        day = {"$dateToString": {"date": f"${field}", "format": "%Y-%m-%d"}}
        # Whoever sees everything reads these days of the date's own index.
        index = {} if actor.sees_all_tickets else {"hint": INDEX}
        grouped = self._tickets.aggregate(
            [
                {"$match": {field: {"$gte": first}, **visible_to(actor)}},
                {"$group": {"_id": day, "count": {"$sum": 1}}},
            ],
            **index,
        )
        return {group["_id"]: group["count"] for group in grouped}


def _sum_by(groups: list[Document], name: str, values: list[str]) -> dict[str, int]:
    counted = Counter(dict.fromkeys(values, 0))
    for group in groups:
        counted[group[name]] += group["count"]
    return dict(counted)
