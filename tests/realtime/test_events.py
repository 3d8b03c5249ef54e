"""Which events a write emits, their payloads and their receivers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.desk import Person
from tests.live import Listener, LiveDesk

ENVELOPE = {"ticketId", "version", "ticket", "changes", "actor", "at"}
BARE = {"ticketId", "version", "assignedTo"}


def act(desk: LiveDesk, ticket: Any, method: str, path: str, body: Any, **headers: str) -> Any:
    """The supervisor's request; a `$agent` in the body is Ana."""
    if body:
        body = {k: desk.ana.agent_id if v == "$agent" else v for k, v in body.items()}
    answer = desk.supervisor.request(
        method, f"/tickets/{ticket['ticketId']}{path}", json=body, headers=headers
    )
    assert answer.status_code in {200, 201}, answer.text
    return answer.json


def row(desk: LiveDesk, ticket_id: str) -> Any:
    rows = desk.supervisor.get("/tickets", search=ticket_id).json["data"]
    return next(row for row in rows if row["ticketId"] == ticket_id)


WRITES: dict[str, tuple[str, str, Any, list[str], set[str]]] = {
    # what: (method, path, body, the names it sends, the fields that changed)
    "fields": (
        "PUT",
        "",
        {"subject": "Otro asunto", "tags": ["vip"], "description": "Otra descripción"},
        ["ticket_updated"],
        {"subject", "tags", "description"},
    ),
    "priority": ("PUT", "", {"priority": "urgent"}, ["ticket_updated"], {"priority", "sla"}),
    "status": ("PUT", "", {"status": "open"}, ["ticket_status_changed"], {"status"}),
    "fields and status": (
        "PUT",
        "",
        {"subject": "Otro asunto", "status": "open"},
        ["ticket_updated", "ticket_status_changed"],
        {"subject", "status"},
    ),
    "closing": (
        "PUT",
        "",
        {"status": "closed"},
        ["ticket_status_changed"],
        {"status", "closedAt", "sla"},
    ),
    "assigning": ("PUT", "/assign", {"agentId": "$agent"}, ["ticket_assigned"], {"assignedTo"}),
    "resolving": (
        "PUT",
        "/resolve",
        {"summary": "Arreglado"},
        ["ticket_status_changed", "ticket_resolved"],
        {"status", "resolution", "sla"},
    ),
    "escalating": (
        "PUT",
        "/escalate",
        {"reason": "urge"},
        ["ticket_escalated"],
        {"escalated", "escalation"},
    ),
    "escalating to somebody": (
        "PUT",
        "/escalate",
        {"reason": "urge", "toAgentId": "$agent"},
        ["ticket_assigned", "ticket_escalated"],
        {"escalated", "escalation", "assignedTo"},
    ),
    "an internal note": ("POST", "/notes", {"content": "ojo"}, ["ticket_note_added"], set()),
    "a public note": (
        "POST",
        "/notes",
        {"content": "hola", "isInternal": False},
        ["ticket_note_added"],
        {"sla"},
    ),
}


@pytest.mark.parametrize("what", WRITES)
def test_a_write_emits_every_event_that_applies(desk: LiveDesk, what: str) -> None:
    method, path, body, names, changed = WRITES[what]
    ticket = desk.ticket()
    supervisor = desk.listen(desk.supervisor)
    act(desk, ticket, method, path, body)
    now = row(desk, ticket["ticketId"])
    desk.settle(supervisor)
    assert supervisor.names(ticketId=ticket["ticketId"]) == names
    for name, event in zip(names, supervisor.heard(ticketId=ticket["ticketId"]), strict=True):
        note = {"note"} if name == "ticket_note_added" else set()
        assert set(event) == ENVELOPE | note
        assert event["ticket"] == now
        assert event["version"] == now["version"] == 2
        assert set(event["changes"]) == changed
        for field, change in event["changes"].items():
            assert set(change) == {"from", "to"}
            assert change["from"] == ticket[field]
            assert change["to"] == now.get(field, (body or {}).get(field))
        assert event["actor"] == {
            "type": "agent",
            "id": desk.supervisor.agent_id,
            "name": now_named(desk.supervisor),
        }
        assert event["at"] == now["updatedAt"]


def now_named(person: Person) -> str:
    name: str = person.get("/auth/me").json["name"]
    return name


def test_a_new_ticket_is_published_to_all_who_may_take_it(desk: LiveDesk) -> None:
    agents = [desk.listen(who) for who in (desk.ana, desk.bruno, desk.supervisor, desk.admin)]
    ticket = desk.ticket()
    desk.settle(*agents)
    for agent in agents:
        (event,) = agent.heard(ticketId=ticket["ticketId"])
        assert agent.names(ticketId=ticket["ticketId"]) == ["ticket_created"]
        assert set(event) == ENVELOPE
        assert event["changes"] == {}
        assert event["ticket"] == row(desk, ticket["ticketId"])


def test_de_escalating_emits_an_escalation_event(desk: LiveDesk) -> None:
    ticket = desk.ticket()
    path = f"/tickets/{ticket['ticketId']}/escalate"
    desk.supervisor.put(path, {"reason": "urge"})
    listener = desk.listen(desk.ana)
    assert desk.supervisor.delete(path).json["escalated"] is False
    event = listener.wait_for("ticket_escalated", ticketId=ticket["ticketId"])
    assert event["changes"]["escalated"] == {"from": True, "to": False}


def test_a_note_comes_with_its_event(desk: LiveDesk) -> None:
    ticket = desk.ticket()
    listener = desk.listen(desk.ana)
    note = desk.bruno.post(f"/tickets/{ticket['ticketId']}/notes", {"content": "ojo"}).json
    event = listener.wait_for("ticket_note_added", ticketId=ticket["ticketId"])
    assert event["note"] == note
    assert "notes" not in event["ticket"]


def test_a_new_customer_name_is_published_for_each_ticket_and_conversation(desk: LiveDesk) -> None:
    visitor = desk.visitor(name="María")
    conversation = desk.ana.get(f"/conversations/{visitor.conversation_id}").json
    customer = conversation["customer"]["customerId"]
    free = desk.ticket(customerId=customer)
    brunos = desk.ticket(customerId=customer, assignedTo=desk.bruno.agent_id)
    ana, supervisor = desk.listen(desk.ana), desk.listen(desk.supervisor)
    assert desk.ana.put(f"/customers/{customer}", {"name": "Begoña"}).status_code == 200
    assert desk.ana.put(f"/customers/{customer}", {"name": "Begoña"}).status_code == 200
    desk.settle(ana, supervisor)
    for ear, tickets in ((ana, [free]), (supervisor, [free, brunos])):
        events = ear.heard("ticket_updated")
        assert sorted(event["ticketId"] for event in events) == sorted(
            ticket["ticketId"] for ticket in tickets
        )
        assert {event["changes"]["customer"]["to"]["name"] for event in events} == {"Begoña"}
        [told] = ear.heard("conversation_updated", conversationId=visitor.conversation_id)
        assert told["conversation"]["customer"]["name"] == "Begoña"
    for event in supervisor.heard("ticket_updated"):
        assert event["ticket"] == row(desk, event["ticketId"])


class Room:
    """Two agents, a third one and two who see everything, all listening."""

    def __init__(self, desk: LiveDesk) -> None:
        self.desk = desk
        self.carla = desk.hire("agent", name="Carla")
        people = (desk.ana, desk.bruno, self.carla, desk.supervisor, desk.admin)
        self.ears: dict[str, Listener] = {who.agent_id: desk.listen(who) for who in people}

    def heard(self, who: Person, ticket: Any) -> list[tuple[str, set[str]]]:
        """The names and the keys of what this person heard of the ticket since the last time."""
        ear = self.ears[who.agent_id]
        heard = ear.heard(ticketId=ticket["ticketId"])
        return list(zip(ear.names(ticketId=ticket["ticketId"]), map(set, heard), strict=True))

    def after(self, ticket: Any, path: str, body: Any) -> None:
        self.desk.settle(*self.ears.values())
        for ear in self.ears.values():
            ear.forget()
        act(self.desk, ticket, "PUT", path, body)
        self.desk.settle(*self.ears.values())


FULL = ("ticket_assigned", ENVELOPE)
SIGHT_LOST = ("ticket_assigned", BARE)


@pytest.fixture
def room(desk: LiveDesk) -> Room:
    return Room(desk)


def test_taking_an_unassigned_ticket_hides_it_from_others(room: Room) -> None:
    desk, ticket = room.desk, room.desk.ticket()
    room.after(ticket, "/assign", {"agentId": desk.ana.agent_id})
    assert room.heard(desk.ana, ticket) == [FULL]
    for other in (desk.bruno, room.carla):
        assert room.heard(other, ticket) == [SIGHT_LOST]
        (bare,) = room.ears[other.agent_id].heard(ticketId=ticket["ticketId"])
        assert bare == {
            "ticketId": ticket["ticketId"],
            "version": 2,
            "assignedTo": {"agentId": desk.ana.agent_id, "name": "Ana"},
        }
    for boss in (desk.supervisor, desk.admin):
        assert room.heard(boss, ticket) == [FULL]
    room.after(ticket, "", {"subject": "Solo para Ana"})
    assert room.heard(desk.ana, ticket) == [("ticket_updated", ENVELOPE)]
    assert room.heard(desk.bruno, ticket) == room.heard(room.carla, ticket) == []


def test_reassigning_a_ticket_notifies_both_agents(room: Room) -> None:
    desk, ticket = room.desk, room.desk.ticket(assignedTo=room.desk.ana.agent_id)
    room.after(ticket, "/assign", {"agentId": desk.bruno.agent_id})
    assert room.heard(desk.ana, ticket) == [SIGHT_LOST]
    assert room.heard(desk.bruno, ticket) == [FULL]
    assert room.heard(room.carla, ticket) == []
    assert room.heard(desk.supervisor, ticket) == [FULL]


def test_escalating_to_another_agent_assigns_the_ticket(room: Room) -> None:
    desk, ticket = room.desk, room.desk.ticket(assignedTo=room.desk.ana.agent_id)
    room.after(ticket, "/escalate", {"reason": "urge", "toAgentId": desk.bruno.agent_id})
    assert room.heard(desk.ana, ticket) == [SIGHT_LOST]
    assert room.heard(desk.bruno, ticket) == [FULL, ("ticket_escalated", ENVELOPE)]
    assert room.heard(room.carla, ticket) == []


def test_unassigning_a_ticket_shows_it_to_all(room: Room) -> None:
    desk, ticket = room.desk, room.desk.ticket(assignedTo=room.desk.ana.agent_id)
    room.after(ticket, "/assign", {"agentId": None})
    for who in (desk.ana, desk.bruno, room.carla, desk.supervisor, desk.admin):
        assert room.heard(who, ticket) == [FULL]


def test_a_supervisor_who_takes_a_ticket_gets_one_event(room: Room) -> None:
    desk, ticket = room.desk, room.desk.ticket(assignedTo=room.desk.ana.agent_id)
    room.after(ticket, "/assign", {"agentId": desk.supervisor.agent_id})
    assert room.heard(desk.supervisor, ticket) == [FULL]
    assert room.heard(desk.ana, ticket) == [SIGHT_LOST]
    assert room.heard(desk.bruno, ticket) == []
    room.after(ticket, "/assign", {"agentId": desk.bruno.agent_id})
    assert room.heard(desk.supervisor, ticket) == [FULL]
    assert room.heard(desk.ana, ticket) == []
    assert room.heard(desk.bruno, ticket) == [FULL]


def test_empty_and_failed_changes_emit_nothing(desk: LiveDesk) -> None:
    ticket = desk.ticket(assignedTo=desk.ana.agent_id)
    path = f"/tickets/{ticket['ticketId']}"
    ears = [desk.listen(who) for who in (desk.ana, desk.bruno, desk.supervisor)]
    answers = [
        desk.ana.put(path, {"subject": ticket["subject"], "status": "new"}),
        desk.ana.put(f"{path}/assign", {"agentId": desk.ana.agent_id}),
        desk.ana.delete(f"{path}/escalate"),
        desk.ana.put(path, {"status": "reopened"}),
        desk.ana.put(path, {"subject": "x"}, If_Match='"9"'),
        desk.ana.put(path, {"subject": ""}),
        desk.ana.post(f"{path}/notes", {"content": ""}),
        desk.ana.put(f"{path}/assign", {"agentId": "nobody"}),
        desk.bruno.put(path, {"subject": "not mine"}),
        desk.nobody.put(path, {"subject": "nobody's"}),
    ]
    assert [answer.status_code for answer in answers] == [
        *(200, 200, 200),
        *(409, 412, 422, 422, 422, 404, 401),
    ]
    desk.settle(*ears)
    assert [ear.names(ticketId=ticket["ticketId"]) for ear in ears] == [[], [], []]


def test_each_concurrent_write_is_published_once(desk: LiveDesk) -> None:
    ticket = desk.ticket()
    ears = [desk.listen(desk.ana), desk.listen(desk.supervisor)]
    with ThreadPoolExecutor(6) as pool:
        notes = [f"nota {n}" for n in range(12)]
        list(pool.map(lambda n: act(desk, ticket, "POST", "/notes", {"content": n}), notes))
    desk.settle(*ears)
    for ear in ears:
        events = ear.heard("ticket_note_added", ticketId=ticket["ticketId"])
        assert sorted(event["version"] for event in events) == list(range(2, 14))
        assert sorted(event["note"]["content"] for event in events) == sorted(notes)
