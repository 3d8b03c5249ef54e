"""The ticket list as CSV (RFC 4180), streamed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from backend.documents import Document
from backend.tickets.views import ticket_row

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

CHUNK = 8_192  # characters or a little more: each piece sent costs as much as making some rows

# How a formula starts, also in the width that some spreadsheets take for the plain one. Where the
# comma is for decimals, as in Spain, they end a cell at each semicolon, whatever is quoted.
_FORMULA = re.compile(r"(^|;)(?=\"*[=+\-@＝＋－＠\t\r\n])")


def csv_chunks(tickets: Iterable[Document], now: datetime) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for ticket in tickets:
        writer.writerow([_safe(value) for value in _cells(ticket_row(ticket, now))])
        if buffer.tell() >= CHUNK:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cells(row: Document) -> list[object]:
    return [
        row["ticketId"],
        row["subject"],
        row["status"],
        row["priority"],
        row["category"],
        row["subcategory"],
        row["customer"]["name"],
        row["customer"]["phone"],
        row["assignedTo"] and row["assignedTo"]["name"],
        "true" if row["escalated"] else "false",
        ", ".join(row["tags"]),
        row["sla"]["state"],
        row["sla"]["firstResponseDueAt"],
        row["sla"]["resolutionDueAt"],
        row["createdAt"],
        row["updatedAt"],
        row["closedAt"],
    ]


def _safe(value: object) -> str:
    """A spreadsheet runs a cell that starts like a formula; an apostrophe makes it text
    (OWASP, CSV injection).
    """
    return _FORMULA.sub(r"\1'", "" if value is None else str(value))
