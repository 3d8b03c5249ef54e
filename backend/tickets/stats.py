"""Ticket statistics for the dashboard, over what the asking agent may see.

One covered index scan groups by everything at once, and the few groups are summed up here. Kept for
a few seconds, as a dashboard that many people watch asks the same again and again.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from backend.actor import Actor
from backend.documents import Document, utcnow
from backend.tickets import sla
from backend.tickets.models import Category, Priority, SlaState, Status
from backend.tickets.repository import TicketRepository
from backend.tickets.visibility import visible_to

DAYS = 14
KEPT_FOR = 3.0  # seconds


class TicketStatistics:
    def __init__(self, tickets: TicketRepository, now: Callable[[], datetime] = utcnow) -> None:
        self._tickets = tickets
        self._now = now
        self._kept: dict[str, tuple[float, Document]] = {}
        self._lock = threading.Lock()

    def get_statistics(self, *, actor: Actor) -> Document:
        kept_at, statistics = self._kept.get(actor.id, (0.0, {}))
        if time.monotonic() - kept_at < KEPT_FOR and statistics:
            return statistics
        statistics = self._count(actor)
        with self._lock:
            fresh = time.monotonic() - KEPT_FOR
            self._kept = {who: kept for who, kept in self._kept.items() if kept[0] > fresh}
            self._kept[actor.id] = (time.monotonic(), statistics)
        return statistics

    def _count(self, actor: Actor) -> Document:
        now = self._now()
        groups = self._groups(actor, now)
        return {
            "total": sum(group["count"] for group in groups),
            "byStatus": _sum_by(groups, "status", [status.value for status in Status]),
            "byPriority": _sum_by(groups, "priority", [priority.value for priority in Priority]),
            "openByPriority": _sum_by(
                [group for group in groups if group["open"]],
                "priority",
                [priority.value for priority in Priority],
            ),
            "byCategory": _sum_by(groups, "category", [category.value for category in Category]),
            "bySla": _sum_by(groups, "sla", [state.value for state in SlaState]),
            "unassigned": sum(g["count"] for g in groups if g["holder"] == "nobody" and g["open"]),
            "mine": sum(g["count"] for g in groups if g["holder"] == "me" and g["open"]),
            "escalated": sum(g["count"] for g in groups if g["escalated"] and g["open"]),
            "perDay": self._per_day(actor, now),
        }

    def _groups(self, actor: Actor, now: datetime) -> list[Document]:
        holder = {
            "$switch": {
                "branches": [
                    {"case": {"$eq": ["$assignedTo.agentId", actor.id]}, "then": "me"},
                    {"case": {"$gt": ["$assignedTo.agentId", None]}, "then": "somebody"},
                ],
                "default": "nobody",
            }
        }
        grouped = self._tickets.aggregate(
            [
                {"$match": visible_to(actor)},
                {
                    "$group": {
                        "_id": {
                            "status": "$status",
                            "priority": "$priority",
                            "category": "$category",
                            "escalated": "$escalated",
                            "sla": sla.state_expression(now),
                            "holder": holder,
                        },
                        "count": {"$sum": 1},
                    }
                },
            ],
            hint="statistics",
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
        grouped = self._tickets.aggregate(
            [
                {"$match": {field: {"$gte": first}, **visible_to(actor)}},
                {"$group": {"_id": day, "count": {"$sum": 1}}},
            ]
        )
        return {group["_id"]: group["count"] for group in grouped}


def _sum_by(groups: list[Document], name: str, values: list[str]) -> dict[str, int]:
    counted = Counter(dict.fromkeys(values, 0))
    for group in groups:
        counted[group[name]] += group["count"]
    return dict(counted)
