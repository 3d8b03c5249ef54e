"""What a ticket list is asked for, as a value."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.common.actor import Actor
from backend.common.documents import Document
from backend.tickets.listing.filters import FILTERS, Context
from backend.tickets.visibility import visible_to

# What the conditions on an SLA state compare with the time of asking.
MOVING = frozenset({"sla.atRiskAt", "sla.breachAt", "$or"})


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One condition for each stored field. Queries with the same `key` ask for the same, even if
    their conditions contain different moments of asking.
    """

    conditions: Document
    key: Hashable

    @classmethod
    def of(cls, *conditions: Document) -> ListQuery:
        """Return the query of conditions that do not depend on the time."""
        merged: Document = {}
        for condition in conditions:
            merged = _merged(merged, condition)
        return cls(merged, repr(merged))

    @property
    def fields(self) -> set[str]:
        """Return the stored fields that the conditions are on."""
        return {field for field in self.conditions if not field.startswith("$")}

    def only(self, fields: Collection[str]) -> ListQuery:
        """Return the query with the conditions on these fields alone."""
        kept = {field: value for field, value in self.conditions.items() if field in fields}
        return ListQuery(kept, (self.key, *kept))


def list_query(asked: Document, actor: Actor, now: datetime) -> ListQuery:
    """Return the query for the parameters of a list, restricted to what the actor may see."""
    context = Context(actor, now)
    conditions = visible_to(actor)
    for name, filter_ in FILTERS.items():
        if name in asked:
            conditions = _merged(conditions, filter_.condition(asked[name], context))
    fixed = {field: value for field, value in conditions.items() if field not in MOVING}
    return ListQuery(conditions, repr((fixed, asked.get("sla"))))


def _merged(one: Document, other: Document) -> Document:
    """Combine conditions: of what both allow for a field, only what is common remains."""
    both = {field: _common(one[field], other[field]) for field in one.keys() & other.keys()}
    return one | other | both


def _common(one: Any, other: Any) -> Document:
    if "$in" in one and "$in" in other:
        return {"$in": [value for value in one["$in"] if value in other["$in"]]}
    return {**one, **other}
