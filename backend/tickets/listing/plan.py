"""How a query is read: pure decisions, which the repository carries out."""

from __future__ import annotations

from dataclasses import replace

from backend.common.documents import Document
from backend.common.reading import Keys, Reading
from backend.tickets.listing import indexes
from backend.tickets.listing.filters import ASSIGNEE, with_status
from backend.tickets.listing.months import FIRST_MONTH, MONTH, months_until
from backend.tickets.listing.query import ListQuery
from backend.tickets.models import Status
from backend.tickets.visibility import IS_UNASSIGNED

FEW = 500  # tickets that are sorted faster than any order is walked
# Passing a ticket on the way through an order costs as much as sorting so many index entries.
_PASSING = 4


def in_order(query: ListQuery, order: str) -> Reading:
    """Return the reading that walks the order, from its first ticket on."""
    lead = _lead(query, order)
    if lead is None or "_id" in query.conditions:
        return Reading([query.conditions])
    conditions = query.conditions | _bounds(query, lead, order)
    if order in ("statusRank", "priorityRank") and order in query.conditions:
        conditions |= {order: _range(query.conditions[order]["$in"])}
    return Reading([conditions], indexes.index_in_order(lead, order))


def is_in_order(query: ListQuery, order: str) -> bool:
    """Say whether the reading in this order passes no ticket that the query leaves out."""
    if "_id" in query.conditions:
        return True
    lead = _lead(query, order)
    if lead is None:
        return False
    met = {*lead, order} | ({"createdAt"} if lead == (MONTH,) else set())
    return query.fields <= met


# A reading, and the part of the query that says how many entries it reads.
Candidate = tuple[Reading, ListQuery]


def to_count(query: ListQuery) -> list[Candidate]:
    """Return the readings that count the query's tickets without reading them."""
    if not query.conditions:
        return [(Reading([]), query)]
    for order in indexes.TIMES & query.fields:
        if is_in_order(query, order):
            return [_in_range(query, order)]
    return to_sort(query)


def to_sort(query: ListQuery) -> list[Candidate]:
    """Return the readings that intersect all conditions, and sort what is left in any order. They
    contain the status.
    """
    if "_id" in query.fields:
        return [(Reading([query.conditions]), query)]
    candidates = [
        (_intersection(query, index), query.only(indexes.narrowed_by(index, query.fields)))
        for index in indexes.facet_indexes(query.fields)
    ]
    if indexes.DEFAULT in query.fields:
        candidates.append(_in_range(query, indexes.DEFAULT))
    return candidates


def size_of(part: ListQuery, reading: Reading) -> Reading:
    """Return the reading that counts a part of the query from the same index."""
    return _intersection(part, reading.index or [])


def is_sorted(query: ListQuery, total: int, wanted: int, size: int) -> bool:
    """Say whether sorting `total` of `size` tickets costs less than walking the order until
    `wanted` of them are found.
    """
    if "$lte" in query.conditions.get("createdAt", {}):
        return True  # they are not spread over the order: most orders begin with newer tickets
    return total * total <= _PASSING * wanted * size


def _in_range(query: ListQuery, order: str) -> Candidate:
    """Return the reading from the index of an order in which the query wants a range."""
    lead = _lead(query, order) or ()
    bounded = replace(query, conditions=query.conditions | _bounds(query, lead, order))
    reading = _intersection(bounded, indexes.index_in_order(lead, order))
    return reading, bounded.only({*lead, order})


def _intersection(query: ListQuery, index: Keys) -> Reading:
    conditions = query.conditions
    if index[0][0] == "statusRank" and "statusRank" not in conditions:
        conditions = with_status(*Status) | conditions  # bounds begin with the first field
    assignees = conditions.get(ASSIGNEE, {}).get("$in", [])
    if None not in assignees:
        return Reading([conditions], index)
    # Asked for null, the database would read each ticket as well.
    named: Document = {ASSIGNEE: {"$in": [one for one in assignees if one is not None]}}
    return Reading([{"$or": [conditions | named, conditions | IS_UNASSIGNED]}], index)


def _lead(query: ListQuery, order: str) -> indexes.Lead | None:
    fields = query.fields
    if "$lte" in query.conditions.get("createdAt", {}):
        fields = fields | {MONTH}
    return indexes.lead_of(fields, order)


def _bounds(query: ListQuery, lead: indexes.Lead, order: str) -> Document:
    """Return the conditions that let an index with this lead be read in order: all values where the
    query names none.
    """
    if lead == (MONTH,):
        created = query.conditions["createdAt"]
        return {MONTH: {"$in": months_until(created["$lte"], created.get("$gte", FIRST_MONTH))}}
    if lead[:1] == (ASSIGNEE,) and "statusRank" not in query.conditions and order != "statusRank":
        return with_status(*Status)
    return {}


def _range(ranks: list[int]) -> Document:
    """Return the condition on the field of the order as a range with gaps: single values would be
    read one by one, each in its own order.
    """
    if not ranks:
        return {"$in": []}
    first, last = min(ranks), max(ranks)
    # Open at both ends: a range from one to itself, also with a cursor's, would be a single value.
    return {"$gt": first - 1, "$lt": last + 1, "$nin": list({*range(first, last)} - {*ranks})}
