"""Measure ticket lists with two filters, for every pair of values."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations, cycle
from typing import Any
from urllib.parse import urlencode

from backend.common.actor import Role
from backend.common.documents import Db, Document, utcnow
from backend.tickets.models import Category, Priority, SlaState, Status
from bench.client import Client
from bench.fill import TAGS
from bench.people import Person
from bench.percentiles import spread

SAMPLES = 5  # of each pair, after one that fills the caches
WORST = 5  # slowest pairs that are reported
AIM_MS = 15.0

Query = dict[str, str]


def measure(port: int, db: Db, people: dict[Role, list[Person]]) -> list[dict[str, Any]]:
    """Return a row for a supervisor and one for an agent."""
    colleague = people[Role.AGENT][0]
    rows = []
    for role in (Role.SUPERVISOR, Role.AGENT):
        assignee = "me" if role is Role.AGENT else colleague.actor.id
        pairs = list(_pairs(_values(db, assignee)))
        rows.append(
            {"role": role.value, "pairs": len(pairs), **_measure(port, people[role], pairs)}
        )
    return rows


def _measure(port: int, people: list[Person], pairs: list[Query]) -> dict[str, Any]:
    client = Client(port)
    medians: list[tuple[float, Query]] = []
    for pair, person in zip(pairs, cycle(people), strict=False):
        path, token = f"/tickets?{urlencode(pair)}", person.token()
        seconds = []
        for _ in range(1 + SAMPLES):
            began = time.perf_counter()
            client.send("GET", path, None, token)
            seconds.append(time.perf_counter() - began)
        medians.append((spread(seconds[1:])["p50"], pair))
    client.close()
    medians.sort(key=lambda one: -one[0])
    return {
        "p50Ms": spread([median / 1000 for median, _ in medians]),
        "aboveAim": sum(median > AIM_MS for median, _ in medians),
        "worst": [{"p50": median, "query": pair} for median, pair in medians[:WORST]],
    }


def _pairs(values: dict[str, list[str]]) -> Iterator[Query]:
    for one, other in combinations(values, 2):
        for value in values[one]:
            yield from ({one: value, other: second} for second in values[other])


def _values(db: Db, assignee: str) -> dict[str, list[str]]:
    by_customer: Document = {"$group": {"_id": "$customer.customerId", "count": {"$sum": 1}}}
    stages = [by_customer, {"$sort": {"count": -1, "_id": 1}}, {"$limit": 1}]
    [busiest] = db["tickets"].aggregate(stages)
    statuses = [status.value for status in Status]
    still_open = ",".join(status.value for status in Status if status.is_open)
    return {
        "status": [*statuses, still_open],
        "priority": [priority.value for priority in Priority],
        "category": [category.value for category in Category],
        "assignedTo": [assignee, "unassigned"],
        "customerId": [busiest["_id"]],
        "escalated": ["true", "false"],
        "sla": [state.value for state in SlaState],
        "tag": [TAGS[0]],
        "createdFrom": [_days_ago(30)],
        "createdTo": [_days_ago(90)],
        "updatedSince": [_days_ago(7)],
    }


def _days_ago(days: int) -> str:
    return f"{utcnow() - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
