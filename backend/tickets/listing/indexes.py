"""The indexes of the ticket list, and which of them a query is read from.

The database would find an index by trying, now and then a bad one, and would have dozens to try:
each read names its index. There are two kinds:

- *In order*: a filter's lead, then an order of the list. A page is read from its first entry on,
  past what other filters leave out.
- *Facets*: all fields with few values, then every field that orders a list. It intersects several
  filters, counts what they select, and sorts a small selection, without reading tickets.
"""

from __future__ import annotations

from pymongo.operations import IndexModel

from backend.common.documents import Document, index
from backend.common.reading import Keys
from backend.tickets.listing.filters import ASSIGNEE, FILTERS, Served
from backend.tickets.listing.months import MONTH

DEFAULT = "updatedAt"
# The API's sort names and the stored fields that carry their order.
SORT_FIELDS = {
    "updatedAt": DEFAULT,
    "createdAt": "createdAt",
    "priority": "priorityRank",
    "status": "statusRank",
    "resolutionDueAt": "sla.resolutionDueAt",
    "ticketId": "number",
}
ORDERS = tuple(SORT_FIELDS.values())
TIMES = {"createdAt", "updatedAt"}

Lead = tuple[str, ...]

_NONE: Lead = ()
_STATUS: Lead = FILTERS["status"].lead
_TAG: Lead = FILTERS["tag"].lead
_ASSIGNEE: Lead = FILTERS["assignedTo"].lead


def _leads(served: Served) -> list[Lead]:
    return [one.lead for one in FILTERS.values() if one.lead and one.served is served]


_FACETS = tuple(one.facet for one in FILTERS.values() if one.facet)
_SORTED_BY = ("createdAt", "updatedAt", "sla.resolutionDueAt", "number")
# A status selects the most of these, so it comes last.
_IN_ALL_ORDERS = sorted(_leads(Served.ALL_ORDERS), key=lambda lead: lead == _STATUS)
# A range of creation that ends is read month by month, and these are merged: from one index in the
# default order, everything newer would have to be passed.
_IN_DEFAULT_ORDER = [(MONTH,), *_leads(Served.DEFAULT_ORDER)]
_ALONE = _leads(Served.ONE)

# Passed on the index, without reading tickets, on the way through a status or a large list.
_PASSED_IN_STATUS = ("createdAt", "sla.clock", "sla.atRiskAt", "sla.breachAt")
_PASSED = ("createdAt", "statusRank")

_CLOCK = ("sla.clock", "sla.breachAt", "sla.atRiskAt")


def in_order(lead: Lead, order: str) -> Keys:
    """Return the index with what `lead` selects in this order; `number` breaks ties."""
    keys = [(field, 1) for field in lead if field != order]
    keys += [(order, -1)] if order == "number" else [(order, -1), ("number", -1)]
    passed: Lead = ()
    if lead[-1:] == _STATUS or (not lead and order == "statusRank"):
        passed = _PASSED_IN_STATUS
    elif order == DEFAULT and lead not in _ALONE:
        passed = _PASSED
    if lead == _ASSIGNEE and order == DEFAULT:
        passed = (*passed, *_FACETS, *_SORTED_BY)
    return _once([*keys, *((field, 1) for field in passed)])


def facets(lead: Lead = _NONE) -> Keys:
    return _ascending(*lead, *_FACETS, *_SORTED_BY, *_CLOCK)


def clocks(lead: Lead = _NONE) -> Keys:
    """Return the facets that begin with the SLA clock, for states that depend on the time."""
    return _ascending(*lead, *_CLOCK, *_FACETS, *_SORTED_BY)


def alone(lead: Lead) -> Keys:
    """Return the one index of a filter that selects few tickets."""
    return _once([*in_order(lead, DEFAULT), *_ascending(*_FACETS, *_SORTED_BY, *_CLOCK, ASSIGNEE)])


def lead_of(fields: set[str], order: str) -> Lead | None:
    """Return the lead of the index in this order that has the least to pass; None without one."""
    if any(lead[0] in fields for lead in _ALONE):
        return next(lead for lead in _ALONE if lead[0] in fields) if order == DEFAULT else None
    lead = next((lead for lead in _IN_ALL_ORDERS if lead[0] in fields), _NONE)
    if lead == _STATUS and order == DEFAULT and MONTH in fields:
        return (MONTH,)
    passed = {order, *(field for field, _ in in_order(lead, order))}
    if lead in (_NONE, _STATUS) and fields & TIMES - passed:
        return None
    if lead == _NONE and order == DEFAULT:
        lead = next((lead for lead in _IN_DEFAULT_ORDER if lead[0] in fields), _NONE)
    return lead


def index_in_order(lead: Lead, order: str) -> Keys:
    return alone(lead) if lead in _ALONE else in_order(lead, order)


def facet_indexes(fields: set[str]) -> list[Keys]:
    """Return the indexes that intersect conditions on these fields, one or two to choose from."""
    if lead := next((lead for lead in _ALONE if lead[0] in fields), None):
        return [alone(lead)]
    if _TAG[0] in fields:
        return [facets((*_TAG, ASSIGNEE))]
    lead = (ASSIGNEE,) if ASSIGNEE in fields else _NONE
    if not fields & {"sla.breachAt", "sla.atRiskAt"}:
        return [facets(lead)]
    return [facets(lead), clocks(lead)]


def narrowed_by(index: Keys, fields: set[str]) -> set[str]:
    """Return the fields whose conditions say how many entries of such an index are read."""
    if index in (clocks(), clocks((ASSIGNEE,))):
        return fields & {ASSIGNEE, *_CLOCK}
    return fields - {"updatedAt", "sla.breachAt", "sla.atRiskAt"}


def _ascending(*fields: str) -> Keys:
    return _once([(field, 1) for field in fields])


def _once(keys: Keys) -> Keys:
    """Return the keys without those that repeat an earlier one."""
    unique: dict[str, int] = {}
    for field, way in keys:
        unique.setdefault(field, way)
    return list(unique.items())


_KEYS: list[Keys] = [
    *(in_order(lead, order) for lead in (*_IN_ALL_ORDERS, _NONE) for order in ORDERS),
    *(in_order(lead, DEFAULT) for lead in _IN_DEFAULT_ORDER),
    *(alone(lead) for lead in _ALONE),
    facets(),
    facets((ASSIGNEE,)),
    facets((*_TAG, ASSIGNEE)),
    clocks(),
    clocks((ASSIGNEE,)),
]

VALIDATORS: dict[str, Document] = {}
# The order by status is the index of the filter by status.
INDEXES: dict[str, list[IndexModel]] = {
    "tickets": [index(*keys) for keys in dict.fromkeys(map(tuple, _KEYS))]
}
