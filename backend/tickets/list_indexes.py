"""Which indexes lists are read off, and which of them a list takes.

A filter that leaves few tickets of many has an index for each order of a list; one that leaves many
has one for the default order, and elsewhere the order's own index is walked past the few that it
leaves out. So nothing is sorted in memory. The database would find out by trying, now and then
wrongly, and would have dozens of indexes to try: it is told.
"""

from __future__ import annotations

from backend.documents import index

Keys = list[tuple[str, int]]

DEFAULT = "updatedAt"
ORDERS = (DEFAULT, "createdAt", "priorityRank", "statusRank", "sla.resolutionDueAt", "number")
HOLDER = "assignedTo.agentId"

# By what they leave, the least first: whichever a list is asked for leads.
_NARROW = (("customer.customerId",), ("conversationId",), (HOLDER, "statusRank"), ("tags",))
_STATUS = ("statusRank",)
# The rest of the clock lets the database judge a ticket without reading it.
_CLOCK: Keys = [
    ("sla.clock", 1),
    (DEFAULT, -1),
    ("number", -1),
    ("sla.atRiskAt", 1),
    ("sla.breachAt", 1),
]
_BROAD = ("escalated", "priorityRank", "category")

# The times by which a list in this order can be narrowed on its own index.
_TIMES = {"createdAt", "updatedAt"}
_OWN_TIMES = {DEFAULT: _TIMES, "createdAt": {"createdAt"}}


def _keys(lead: tuple[str, ...], order: str) -> Keys:
    """An index that has what `lead` leaves in this order; `number` breaks ties."""
    leading = [(field, 1) for field in lead if field != order]
    following = [(order, -1)] if order == "number" else [(order, -1), ("number", -1)]
    # Whether a ticket was created in time is seen without reading it.
    judging = [("createdAt", 1)] if order == DEFAULT and lead in ((), _STATUS) else []
    return [*leading, *following, *judging]


_LIST_KEYS = [
    *(_keys(lead, order) for lead in (*_NARROW, _STATUS, ()) for order in ORDERS),
    *(_keys((field,), DEFAULT) for field in _BROAD if field != "escalated"),
]
# An order by status is the index of its filter.
LIST_INDEXES = [
    *(index(*keys) for keys in dict.fromkeys(map(tuple, _LIST_KEYS))),
    index(*_keys(("escalated",), DEFAULT), name="by_escalation"),
    index(*_CLOCK, name="by_clock"),
]


def index_of(asked: set[str], order: str) -> Keys | None:
    """The keys of the index that a list takes by the fields it asks for; None for the database to
    choose.

    It chooses when a range of time meets the order of something else, as no index can serve both:
    it walks the one, or sorts what the other leaves, whichever is less. The state of a running
    clock ($or) is such a range, too. Tickets that are named have their own.
    """
    if asked & {"_id", "$or"} or asked & _TIMES - _OWN_TIMES.get(order, set()):
        return None
    for lead in _NARROW:
        if lead[0] in asked:
            return _keys(lead, order)
    if order == DEFAULT and "sla.clock" in asked:
        return _CLOCK
    if "statusRank" in asked:
        return _keys(_STATUS, order)
    if order == DEFAULT:
        for field in _BROAD:
            if field in asked:
                return _keys((field,), order)
    return _keys((), order)
