"""Sets `createdMonth`, the months from January 2020 to a ticket's creation, where it is missing."""

from __future__ import annotations

from datetime import UTC, datetime

from backend.common.documents import Db, Document
from backend.platform.migrations import batches, by_id

DESCRIPTION = "Set the creation month of tickets"

_JANUARY_2020 = datetime(2020, 1, 1, tzinfo=UTC)
_MONTHS: Document = {
    "$dateDiff": {"startDate": _JANUARY_2020, "endDate": "$createdAt", "unit": "month"}
}


def apply(db: Db) -> None:
    tickets = db["tickets"]
    for batch in batches(tickets, {"createdMonth": None}, {"_id": True}):
        tickets.update_many(by_id(batch), [{"$set": {"createdMonth": {"$max": [_MONTHS, 0]}}}])
