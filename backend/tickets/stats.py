"""Ticket statistics for the dashboard, over what the asking agent may see.

One covered index scan groups by all that is stored, and the few groups are summed up here; which
clocks have run out is counted by their own index, as judging each ticket would take as long again.
As the scan reads an index entry of each ticket, it is shared: by all who see every ticket, and for
ten times as long as it took. So counting takes less than a tenth of a process's time however many
ask; a small desk is told of this moment, and one of a million tickets of some seconds ago.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

import pymongo

from backend.actor import Actor
from backend.documents import Document, utcnow
from backend.errors import DatabaseUnavailable
from backend.tickets import sla
from backend.tickets.models import Category, Priority, SlaState, Status
from backend.tickets.repository import TicketRepository
from backend.tickets.visibility import shares_of, visible_to

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
            groups = [group for share in shares_of(actor) for group in self._groups(share)]
            by_sla = self._by_sla(groups, actor, now)
            unassigned = self._tickets.count_open_of(None)
            per_day = self._per_day(actor, now)
        still_open = [group for group in groups if Status(group["status"]).is_open]
        return {
            "total": sum(group["count"] for group in groups),
            "byStatus": _sum_by(groups, "status", Status),
            "byPriority": _sum_by(groups, "priority", Priority),
            "openByPriority": _sum_by(still_open, "priority", Priority),
            "byCategory": _sum_by(groups, "category", Category),
            "bySla": by_sla,
            "unassigned": unassigned,
            "escalated": sum(group["count"] for group in still_open if group["escalated"]),
            "perDay": per_day,
        }

    def _groups(self, share: Document) -> list[Document]:
        by = {
            "status": "$status",
            "priority": "$priority",
            "category": "$category",
            "escalated": "$escalated",
            "clock": "$sla.clock",
        }
        grouped = self._tickets.aggregate(
            [{"$match": share}, {"$group": {"_id": by, "count": {"$sum": 1}}}], hint=INDEX
        )
        return [{**group["_id"], "count": group["count"]} for group in grouped]

    def _by_sla(self, groups: list[Document], actor: Actor, now: datetime) -> dict[str, int]:
        by_clock = Counter[str]()
        for group in groups:
            by_clock[group["clock"]] += group["count"]
        late = {
            state: self._tickets.count(visible_to(actor), sla.in_states([state], now))
            for state in (SlaState.BREACHED, SlaState.AT_RISK)
        }
        on_track = by_clock[sla.RUNNING] - sum(late.values())
        running = {**late, SlaState.ON_TRACK: max(0, on_track)}  # tickets may change meanwhile
        return {state.value: running.get(state, by_clock[state.value]) for state in SlaState}

    def _per_day(self, actor: Actor, now: datetime) -> list[Document]:
        """The last days in UTC, today included, oldest first."""
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        first = today - timedelta(days=DAYS - 1)
        created = self._by_day(actor, "createdAt", first)
        resolved = self._by_day(actor, "sla.resolvedAt", first)
        days = [f"{first + timedelta(days=day):%Y-%m-%d}" for day in range(DAYS)]
        return [{"date": day, "created": created[day], "resolved": resolved[day]} for day in days]

    def _by_day(self, actor: Actor, field: str, first: datetime) -> Counter[str]:
        day = {"$dateToString": {"date": f"${field}", "format": "%Y-%m-%d"}}
        # Whoever sees everything reads these days off the date's own index.
        index = {} if actor.sees_all_tickets else {"hint": INDEX}
        counted = Counter[str]()
        for share in shares_of(actor):
            grouped = self._tickets.aggregate(
                [
                    {"$match": {field: {"$gte": first}, **share}},
                    {"$group": {"_id": day, "count": {"$sum": 1}}},
                ],
                **index,
            )
            counted.update({group["_id"]: group["count"] for group in grouped})
        return counted


def _sum_by(groups: list[Document], name: str, values: type[StrEnum]) -> dict[str, int]:
    counted = Counter(dict.fromkeys((value.value for value in values), 0))
    for group in groups:
        counted[group[name]] += group["count"]
    return dict(counted)
