"""Canaries in every event: sockets of each role record all changes of the desk.

Strings that stand in Bruno's tickets alone, or in one visitor's conversation, are compared with
every byte of every event that those hear who may not see them.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass

import pytest

from backend.realtime.names import LiveEvent
from tests.desk import Person, wait_for
from tests.live import Listener, LiveDesk, Visitor

# What events carry of a ticket, and what none does.
TOLD = ("subject", "description", "subcategory", "tag", "address", "note", "publicnote")
TOLD_TOO = ("reason", "summary", "newsubject", "newdescription", "afterwards")
UNTOLD = ("history", "filename", "content")


def canary(name: str) -> str:
    return f"canario{name}."


@dataclass
class Ear:
    """A socket, and the strings that must not come out of it."""

    listener: Listener
    forbidden: list[str]
    compared: int = 0

    def leaks(self) -> list[str]:
        found = []
        heard = zip(self.listener.names(), self.listener.heard(), strict=True)
        for name, payload in heard:
            said = json.dumps(payload, ensure_ascii=False)
            for text in self.forbidden:
                self.compared += 1
                if text in said:
                    found.append(f"{name}: {text}")
        return found


def test_no_event_shows_what_its_receiver_may_not_see(
    desk: LiveDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor, stranger = desk.visitor(name="Zoe"), desk.visitor(name="Otro")
    # Those who may see it all, whose sockets prove that the canaries were sent.
    bruno, supervisor, admin = (
        desk.listen(who) for who in (desk.bruno, desk.supervisor, desk.admin)
    )
    ana, own, other = (desk.listen(who) for who in (desk.ana, visitor, stranger))
    moved = desk.ticket()
    ticket = _plant(desk, visitor)
    _work(desk, ticket)
    _look(desk, ticket, (bruno, supervisor), (ana, own, other))
    _take_away(desk, moved["ticketId"])
    _talk(desk, visitor, bruno)
    desk.settle(bruno, supervisor, admin, ana)

    tickets = [canary(name) for name in (*TOLD, *TOLD_TOO, *UNTOLD)]
    staff = [who.agent_id for who in (desk.ana, desk.bruno, desk.supervisor, desk.admin)]
    ears = [
        Ear(ana, [*tickets, ticket]),
        Ear(own, [*tickets, *staff]),
        Ear(other, [*tickets, *staff, ticket, canary("message"), canary("answer")]),
        *(Ear(who, [canary(name) for name in UNTOLD]) for who in (bruno, supervisor, admin)),
    ]
    assert [leak for ear in ears for leak in ear.leaks()] == []
    for listener in (bruno, supervisor, admin):
        said = json.dumps(listener.heard(), ensure_ascii=False)
        assert [name for name in (*TOLD, *TOLD_TOO) if canary(name) not in said] == []
        assert canary("message") in said
    # `message_updated` tells of WhatsApp's deliveries alone, which this desk has none of.
    happened = {event.value for event in LiveEvent} - {"message_updated"}
    assert {*bruno.names(), *supervisor.names()} == happened
    assert {"ticket_created", "message_created", "conversation_updated"} <= set(ana.names())
    with capsys.disabled():
        compared = sum(ear.compared for ear in ears)
        print(f"\n{compared} comparisons with canaries, none heard")  # noqa: T201 - a figure


def _plant(desk: LiveDesk, visitor: Visitor) -> str:
    conversation = desk.supervisor.get(f"/conversations/{visitor.conversation_id}").json
    ticket: str = desk.ticket(
        subject=canary("subject"),
        description=canary("description"),
        category="complaint",
        subcategory=canary("subcategory"),
        tags=[canary("tag")],
        location={"address": canary("address")},
        customerId=conversation["customer"]["customerId"],
        conversationId=visitor.conversation_id,
        assignedTo=desk.bruno.agent_id,
    )["ticketId"]
    return ticket


def _work(desk: LiveDesk, ticket: str) -> None:
    """Every kind of write, with a canary in every text."""
    path = f"/tickets/{ticket}"
    supervisor, bruno = desk.supervisor.agent_id, desk.bruno.agent_id
    file = {"file": (f"{canary('filename')}txt", io.BytesIO(canary("content").encode()))}
    change = {"subject": canary("newsubject"), "description": canary("newdescription")}
    for method, where, body in (
        ("PUT", "", change),
        ("PUT", "", {"status": "open", "statusReason": canary("history")}),
        ("POST", "/notes", {"content": canary("note")}),
        ("POST", "/notes", {"content": canary("publicnote"), "isInternal": False}),
        ("PUT", "/escalate", {"reason": canary("reason")}),
        ("PUT", "/escalate", {"reason": canary("reason"), "toAgentId": supervisor}),
        ("PUT", "/assign", {"agentId": bruno}),
        ("DELETE", "/escalate", None),
        ("PUT", "/resolve", {"summary": canary("summary")}),
    ):
        answer = desk.supervisor.request(method, path + where, json=body)
        assert answer.status_code in {200, 201}, answer.text
    assert desk.bruno.request("POST", f"{path}/attachments", files=file).status_code == 201


def _look(
    desk: LiveDesk, ticket: str, those_who_may: tuple[Listener, ...], others: tuple[Listener, ...]
) -> None:
    for listener in those_who_may:
        for name in ("view_ticket", "note_typing"):
            data = {"ticketId": ticket, "typing": True}
            assert listener.client.call(name, data) == {"ok": True}
    for listener in others:
        for name in ("view_ticket", "note_typing", "leave_ticket"):
            listener.client.call(name, {"ticketId": ticket, "typing": True})
        for room in ("supervisors", f"agent:{desk.bruno.agent_id}"):
            listener.client.emit("join", {"room": room})
    wait_for(lambda: those_who_may[0].heard("ticket_viewers"))


def _take_away(desk: LiveDesk, ticket: str) -> None:
    """What Ana saw is Bruno's now, and worked on."""
    path = f"/tickets/{ticket}"
    assert desk.supervisor.put(f"{path}/assign", {"agentId": desk.bruno.agent_id}).json
    note = {"content": canary("afterwards"), "isInternal": False}
    assert desk.bruno.post(f"{path}/notes", note).status_code == 201


def _talk(desk: LiveDesk, visitor: Visitor, bruno: Listener) -> None:
    """The conversation that all agents see, and one visitor alone."""
    path = f"/conversations/{visitor.conversation_id}"
    visitor.says(canary("message"))
    wait_for(lambda: not desk.supervisor.get(path).json["unanswered"])
    typing = {"conversationId": visitor.conversation_id}
    assert bruno.client.call("conversation_typing", typing) == {"ok": True}
    _answer(desk.bruno, path)
    assert desk.supervisor.put(f"{path}/mode", {"mode": "assistant"}).status_code == 200
    wait_for(lambda: canary("answer") in json.dumps(visitor.messages()))


def _answer(person: Person, path: str) -> None:
    answer = person.post(f"{path}/messages", {"text": canary("answer")})
    assert answer.status_code == 201, answer.text
