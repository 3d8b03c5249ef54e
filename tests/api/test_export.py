"""The list as CSV: whole, filtered, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest

from backend.common.documents import Db
from backend.common.reading import BATCH
from backend.tickets.listing.export import COLUMNS
from backend.tickets.listing.indexes import SORT_FIELDS
from tests.desk import Desk, Person, store_tickets


def rows(person: Person, **query: str) -> list[dict[str, str]]:
    answer = person.get("/tickets/export.csv", **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=tickets.csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode())))


def test_a_row_matches_the_list(desk: Desk) -> None:
    customer = desk.customer(name="Íñigo 龍 Peña", phone="+34600123456")
    ticket = desk.ticket(
        customerId=customer["customerId"],
        subject='Avería, "urgente" 🙂',
        priority="urgent",
        tags=["a", "b"],
        assignedTo=desk.ana.agent_id,
    )
    [row] = rows(desk.ana)
    assert list(row) == list(COLUMNS)
    assert row == {
        "ticketId": ticket["ticketId"],
        "subject": 'Avería, "urgente" 🙂',
        "status": "new",
        "priority": "urgent",
        "category": "account",
        "subcategory": "",
        "customerName": "Íñigo 龍 Peña",
        "customerPhone": "'+34600123456",
        "assignedTo": "Ana",
        "escalated": "false",
        "tags": "a, b",
        "slaState": "on_track",
        "firstResponseDueAt": ticket["sla"]["firstResponseDueAt"],
        "resolutionDueAt": ticket["sla"]["resolutionDueAt"],
        "createdAt": ticket["createdAt"],
        "updatedAt": ticket["updatedAt"],
        "closedAt": "",
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", '="', "\t="])
def test_no_cell_is_a_formula(desk: Desk, start: str) -> None:
    text = f'{start}cmd|"/c calc"!A1'
    customer = desk.customer(name=text)["customerId"]
    desk.ticket(customerId=customer, subject=text, subcategory=text, tags=[text])
    [row] = rows(desk.ana)
    for column in ("subject", "subcategory", "tags", "customerName"):
        assert row[column] == "'" + text.strip(), column


@pytest.mark.parametrize(
    "text", ["hola;=1+1", 'hola";=1+1', 'hola;"=1+1"', "a;-1;@b;\u200b", "＝;＋1"]
)
def test_no_cell_is_a_formula_where_semicolons_end_cells(desk: Desk, text: str) -> None:
    desk.ticket(subject=text)
    export = desk.ana.get("/tickets/export.csv").text
    cells = [cell for row in csv.reader(io.StringIO(export), delimiter=";") for cell in row]
    assert len(cells) > len(export.splitlines())  # they end there
    assert [cell for cell in cells if cell.lstrip('"').startswith(tuple("=+-@＝＋－＠"))] == []


def test_a_line_break_stays_within_its_cell(desk: Desk, db: Db) -> None:
    ticket = desk.ticket()["ticketId"]
    db["tickets"].update_one({"_id": ticket}, {"$set": {"subject": 'a\r\n=b,c\n"d"'}})
    [row] = rows(desk.ana)
    assert row["subject"] == 'a\r\n=b,c\n"d"'


def test_an_empty_list_is_a_header(desk: Desk) -> None:
    answer = desk.ana.get("/tickets/export.csv")
    assert answer.data.decode() == ",".join(COLUMNS) + "\r\n"


def test_it_is_filtered_sorted_and_limited_to_visible_tickets(desk: Desk) -> None:
    free = desk.ticket(priority="low")["ticketId"]
    mine = desk.ticket(assignedTo=desk.ana.agent_id, priority="urgent")["ticketId"]
    theirs = desk.ticket(assignedTo=desk.bruno.agent_id)["ticketId"]

    def ids(person: Person, **query: str) -> list[str]:
        return [row["ticketId"] for row in rows(person, **query)]

    assert ids(desk.ana, sort="ticketId") == [free, mine]
    assert ids(desk.supervisor, sort="-ticketId") == [theirs, mine, free]
    assert ids(desk.ana, priority="urgent") == [mine]
    assert ids(desk.ana, assignedTo=desk.bruno.agent_id) == []
    for bad in ({"page": "1"}, {"limit": "5"}, {"status": "x"}, {"nope": "1"}):
        assert desk.ana.get("/tickets/export.csv", **bad).status_code == 422


@pytest.mark.parametrize("sort", [*SORT_FIELDS, *(f"-{name}" for name in SORT_FIELDS)])
def test_more_than_a_batch_comes_whole_and_once(desk: Desk, db: Db, sort: str) -> None:
    store_copies(desk, db, 2 * BATCH + 7)
    found = [row["ticketId"] for row in rows(desk.ana, sort=sort)]
    assert len(found) == len(set(found)) == 2 * BATCH + 7


def test_whole_batches_come_whole_and_once(desk: Desk, db: Db) -> None:
    store_copies(desk, db, 2 * BATCH)
    found = [row["ticketId"] for row in rows(desk.ana)]
    assert len(found) == len(set(found)) == 2 * BATCH


def test_an_abandoned_export_does_not_block_others(desk: Desk, db: Db) -> None:
    store_copies(desk, db, 2 * BATCH)
    unread = desk.ana.get("/tickets/export.csv")
    assert next(unread.iter_encoded())
    assert len(rows(desk.bruno)) == 2 * BATCH


@pytest.mark.parametrize("since", [False, True])
def test_concurrent_changes_are_not_missed(desk: Desk, db: Db, since: bool) -> None:
    """The next batch goes on from where the last one ended, whatever has moved."""
    query = {"updatedSince": "2020-01-01T00:00:00Z"} if since else {}
    store_copies(desk, db, 3 * BATCH)
    stored = {ticket["_id"] for ticket in db["tickets"].find()}
    export = desk.ana.get("/tickets/export.csv", **query)
    chunks = export.iter_encoded()
    begun = next(chunks).decode()
    unread = sorted(stored - {row["ticketId"] for row in csv.DictReader(io.StringIO(begun))})
    for ticket in unread[::50]:
        assert desk.ana.post(f"/tickets/{ticket}/notes", {"content": "x"}).status_code == 201
    whole = begun + b"".join(chunks).decode()
    assert {row["ticketId"] for row in csv.DictReader(io.StringIO(whole))} == stored


def store_copies(desk: Desk, db: Db, count: int) -> None:
    """Tickets that differ in number alone, so that nothing else tells where a batch ended."""
    ticket = db["tickets"].find_one({"_id": desk.ticket()["ticketId"]})
    assert ticket is not None
    copies = [
        ticket | {"_id": f"TICKET-2020-{number:06d}", "number": 2020 * 10**9 + number}
        for number in range(1, count)
    ]
    store_tickets(db, copies)
