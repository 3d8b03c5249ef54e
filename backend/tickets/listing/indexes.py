"""Which indexes lists are read off, and which of them a list takes.

A filter that leaves few tickets of many has an index for each order of a list; one that leaves many
has one for the default order, and elsewhere the order's own index is walked past the few that it
leaves out. So nothing is sorted in memory. The database would find out by trying, now and then
wrongly, and would have dozens of indexes to try: it is told.
"""

from __future__ import annotations

from datetime import UTC, datetime

from backend.common.documents import index

Keys = list[tuple[str, int]]

DEFAULT = "updatedAt"
ORDERS = (DEFAULT, "createdAt", "priorityRank", "statusRank", "sla.resolutionDueAt", "number")
HOLDER = "assignedTo.agentId"

# In the default order a range of creation that ends is read month by month, and these are merged:
# off one index of that order, all that is newer would be walked past.
MONTH = "createdMonth"

# By what they leave, the least first: whichever a list is asked for leads.
_STATUS = ("statusRank",)
_NARROW = (("customer.customerId",), ("conversationId",), (HOLDER, *_STATUS), ("tags",))
_BROAD = ((MONTH,), ("escalated",), ("priorityRank",), ("category",))

# What else the tickets of a status are asked for: seen on the index, without reading them. The SLA
# state follows the status, and within it is a matter of these.
_JUDGED = ("createdAt", "sla.clock", "sla.atRiskAt", "sla.breachAt")
# In the default order the other large lists are counted by status without reading them.
_TOLD = ("createdAt", *_STATUS)
_LARGE = ((), ("tags",), *_BROAD)

_TIMES = {"createdAt", "updatedAt"}
FIRST_MONTH = datetime(2020, 1, 1, tzinfo=UTC)  # and what is older belongs to it too


def _keys(lead: tuple[str, ...], order: str) -> Keys:
    """An index that has what `lead` leaves in this order; `number` breaks ties."""
    leading = [(field, 1) for field in lead if field != order]
    following = [(order, -1)] if order == "number" else [(order, -1), ("number", -1)]
    judged: tuple[str, ...] = ()
    if lead[-1:] == _STATUS or (not lead and order == "statusRank"):
        judged = _JUDGED
    elif order == DEFAULT and lead in _LARGE:
        judged = _TOLD
    return [*leading, *following, *((field, 1) for field in judged if field != order)]


_LIST_KEYS = [
    *(_keys(lead, order) for lead in (*_NARROW, _STATUS, ()) for order in ORDERS),
    *(_keys(broad, DEFAULT) for broad in _BROAD),
]
# An order by status is the index of its filter.
LIST_INDEXES = [index(*keys) for keys in dict.fromkeys(map(tuple, _LIST_KEYS))]


def index_of(asked: set[str], order: str) -> Keys | None:
    """The keys of the index that a list takes by the fields it asks for; None for the database to
    choose.

    It chooses when a range of time meets the order of something else, and nothing that leaves few
    tickets leads: it walks the order, or sorts what the range leaves, whichever is less. Tickets
    that are named have their own index.
    """
    if "_id" in asked:
        return None
    for narrow in _NARROW:
        if narrow[0] in asked:
            return _keys(narrow, order)
    lead: tuple[str, ...] = _STATUS if "statusRank" in asked else ()
    if asked & _TIMES - {order} - {field for field, _ in _keys(lead, order)}:
        return None
    if not lead and order == DEFAULT:
        lead = next((broad for broad in _BROAD if broad[0] in asked), lead)
    return _keys(lead, order)


def month_of(moment: datetime) -> int:
    """By which tickets are put together: how many months after the first."""
    months = (moment.year - FIRST_MONTH.year) * 12 + moment.month - FIRST_MONTH.month
    return max(0, months)
