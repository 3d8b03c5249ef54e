"""Each write over HTTP adds an entry to the event log: actor, time, old and new values."""

from __future__ import annotations

import io
from typing import Any

import pytest

from backend.common.documents import Db
from tests.desk import Desk, Person


class Log:
    """The event log, read in the order in which it was written."""

    def __init__(self, db: Db) -> None:
        self._events = db["events"]

    def of(self, **subjects: str) -> list[Any]:
        return list(self._events.find(subjects).sort([("at", 1), ("_id", 1)]))

    def last(self, ticket: Any, actor: Person) -> Any:
        """The latest entry of the ticket, which this person caused and which is its version."""
        entry = self.of(ticketId=ticket["ticketId"])[-1]
        current = actor.get(f"/tickets/{ticket['ticketId']}").json
        assert entry["version"] == current["version"]
        assert entry["actor"]["type"] == "agent"
        assert entry["actor"]["id"] == actor.agent_id
        assert entry["customerId"] == ticket["customer"]["customerId"]
        return entry

    def changes(self, ticket: Any, actor: Person) -> Any:
        entry = self.last(ticket, actor)
        assert entry["type"] == "ticket_changed"
        return {name: (both["from"], both["to"]) for name, both in entry["changes"].items()}


@pytest.fixture
def log(db: Db) -> Log:
    return Log(db)


def path_of(ticket: Any) -> str:
    return f"/tickets/{ticket['ticketId']}"


def test_a_new_ticket(desk: Desk, log: Log) -> None:
    ticket = desk.ana.post("/tickets", desk.ticket_body()).json
    entry = log.last(ticket, desk.ana)
    assert (entry["type"], entry["version"], entry["changes"]) == ("ticket_created", 1, {})


def test_changed_fields(desk: Desk, log: Log) -> None:
    ticket = desk.ticket(subject="before", priority="low", tags=["a"])
    body = {"subject": "after", "priority": "urgent", "tags": ["a", "b"], "description": "new"}
    desk.ana.put(path_of(ticket), body)
    assert log.changes(ticket, desk.ana) == {
        "subject": ("before", "after"),
        "priority": ("low", "urgent"),
        "tags": (["a"], ["a", "b"]),
        "description": (ticket["description"], "new"),
    }


def test_an_empty_change_leaves_no_entry(desk: Desk, log: Log) -> None:
    ticket = desk.ticket(subject="same")
    desk.ana.put(path_of(ticket), {"subject": "same"})
    assert len(log.of(ticketId=ticket["ticketId"])) == 1


def test_a_refused_change_leaves_no_entry(desk: Desk, log: Log) -> None:
    ticket = desk.ticket()
    assert desk.ana.put(path_of(ticket), {"status": "reopened"}).status_code == 409
    stale = desk.ana.put(path_of(ticket), {"subject": "x"}, If_Match='"7"')
    assert stale.status_code == 412
    assert len(log.of(ticketId=ticket["ticketId"])) == 1


def test_an_assignment_and_its_end(desk: Desk, log: Log) -> None:
    ticket = desk.ticket()
    ana = {"agentId": desk.ana.agent_id, "name": "Ana"}
    desk.supervisor.put(f"{path_of(ticket)}/assign", {"agentId": desk.ana.agent_id})
    assert log.changes(ticket, desk.supervisor) == {"assignedTo": (None, ana)}
    desk.supervisor.put(f"{path_of(ticket)}/assign", {"agentId": None})
    assert log.changes(ticket, desk.supervisor) == {"assignedTo": (ana, None)}


def test_an_escalation_and_its_end(desk: Desk, log: Log) -> None:
    ticket = desk.ticket()
    body = {"reason": "Angry", "toAgentId": desk.bruno.agent_id}
    desk.supervisor.put(f"{path_of(ticket)}/escalate", body)
    changes = log.changes(ticket, desk.supervisor)
    assert changes.keys() == {"escalated", "escalation", "assignedTo"}
    assert changes["escalated"] == (False, True)
    assert changes["escalation"][1]["reason"] == "Angry"
    desk.supervisor.delete(f"{path_of(ticket)}/escalate")
    changes = log.changes(ticket, desk.supervisor)
    assert changes["escalated"] == (True, False)
    assert changes["escalation"][1] is None


def test_a_resolution(desk: Desk, log: Log) -> None:
    ticket = desk.ticket()
    desk.ana.put(f"{path_of(ticket)}/resolve", {"summary": "Done"})
    changes = log.changes(ticket, desk.ana)
    assert changes["status"] == ("new", "resolved")
    assert changes["resolution"][1]["summary"] == "Done"


def test_a_note_and_an_attachment(desk: Desk, log: Log) -> None:
    ticket = desk.ticket()
    note = desk.ana.post(f"{path_of(ticket)}/notes", {"content": "hi"}).json
    assert log.last(ticket, desk.ana)["noteId"] == note["noteId"]
    file = desk.ana.request(
        "POST",
        f"{path_of(ticket)}/attachments",
        data={"file": (io.BytesIO(b"\x89PNG\r\n\x1a\n0000"), "a.png")},
    ).json
    assert log.last(ticket, desk.ana)["attachmentId"] == file["attachmentId"]


def test_a_link_is_in_the_log_of_both_sides(desk: Desk, log: Log) -> None:
    one, other = desk.ticket(), desk.ticket()
    desk.ana.put(path_of(one), {"relatedTickets": [other["ticketId"]]})
    assert log.changes(one, desk.ana) == {"relatedTickets": ([], [other["ticketId"]])}
    assert log.changes(other, desk.ana) == {"relatedTickets": ([], [one["ticketId"]])}


def test_each_ticket_of_a_bulk_change(desk: Desk, log: Log) -> None:
    tickets = [desk.ticket(priority="low") for _ in range(2)]
    ids = [ticket["ticketId"] for ticket in tickets]
    desk.ana.post("/tickets/bulk", {"ticketIds": ids, "change": {"priority": "high"}})
    for ticket in tickets:
        assert log.changes(ticket, desk.ana) == {"priority": ("low", "high")}


def test_a_renamed_customer_and_the_tickets(desk: Desk, log: Log) -> None:
    customer = desk.customer(name="Before")
    ticket = desk.ticket(customerId=customer["customerId"])
    desk.ana.put(f"/customers/{customer['customerId']}", {"name": "After"})
    changed = log.of(customerId=customer["customerId"], type="customer_changed")
    assert [entry["changes"]["name"] for entry in changed] == [{"from": "Before", "to": "After"}]
    before, after = log.changes(ticket, desk.ana)["customer"]
    assert (before["name"], after["name"]) == ("Before", "After")


def test_every_version_of_a_ticket_is_in_the_log_once(desk: Desk, log: Log) -> None:
    ticket = desk.ticket()
    for status in ("open", "in_progress", "resolved", "reopened"):
        desk.ana.put(path_of(ticket), {"status": status})
    entries = log.of(ticketId=ticket["ticketId"])
    assert [entry["version"] for entry in entries] == [1, 2, 3, 4, 5]
    moves = [entry["changes"]["status"]["to"] for entry in entries[1:]]
    assert moves == ["open", "in_progress", "resolved", "reopened"]
