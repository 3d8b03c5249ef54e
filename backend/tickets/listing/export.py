"""The ticket list as CSV (RFC 4180), streamed."""

from __future__ import annotations

import csv
import io
import re
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import datetime

from backend.common.documents import iso
from backend.tickets import sla
from backend.tickets.models import TicketDocument

COLUMNS = (
    "ticketId",
    "subject",
    "status",
    "priority",
    "category",
    "subcategory",
    "customerName",
    "customerPhone",
    "assignedTo",
    "escalated",
    "tags",
    "slaState",
    "firstResponseDueAt",
    "resolutionDueAt",
    "createdAt",
    "updatedAt",
    "closedAt",
)

# The stored fields that fill them; the rest of a ticket is not even read.
FIELDS = (
    "subject",
    "status",
    "priority",
    "category",
    "subcategory",
    "customer",
    "assignedTo",
    "escalated",
    "tags",
    "sla.clock",
    "sla.atRiskAt",
    "sla.breachAt",
    "sla.firstResponseDueAt",
    "sla.resolutionDueAt",
    "createdAt",
    "updatedAt",
    "closedAt",
)

# One export at a time makes rows. However many run, another request waits for one batch of one.
_turn = threading.Lock()

# How a formula starts, also in the width that some spreadsheets take for the plain one. Where the
# comma is for decimals, as in Spain, they end a cell at each semicolon, whatever is quoted.
_FORMULA = re.compile(r"(^|;)(?=\"*[=+\-@＝＋－＠\t\r\n])")


def csv_chunks(batches: Iterable[list[TicketDocument]], now: datetime) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for batch in batches:
        with _turn:
            writer.writerows([_safe(value) for value in _cells(ticket, now)] for ticket in batch)
            time.sleep(0)  # others go first, while this one has the turn
        if text := buffer.getvalue():  # the last batch may be empty
            yield text
        buffer.seek(0)
        buffer.truncate()


def _cells(ticket: TicketDocument, now: datetime) -> list[str | None]:
    customer, assignee, clock = ticket["customer"], ticket["assignedTo"], ticket["sla"]
    return [
        ticket["_id"],
        ticket["subject"],
        ticket["status"],
        ticket["priority"],
        ticket["category"],
        ticket["subcategory"],
        customer["name"],
        customer["phone"],
        assignee and assignee["name"],
        "true" if ticket["escalated"] else "false",
        ", ".join(ticket["tags"]),
        sla.state(clock, now).value,
        iso(clock["firstResponseDueAt"]),
        iso(clock["resolutionDueAt"]),
        iso(ticket["createdAt"]),
        iso(ticket["updatedAt"]),
        iso(ticket["closedAt"]),
    ]


def _safe(value: str | None) -> str:
    """A spreadsheet runs a cell that starts like a formula; an apostrophe makes it text
    (OWASP, CSV injection).
    """
    if not value or (value[0].isalnum() and ";" not in value):
        return value or ""  # nearly all are, and searching each costs more than reading it
    return _FORMULA.sub(r"\1'", value)
