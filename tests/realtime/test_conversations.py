"""Live events of a conversation, and the server's response times during many logins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.desk import PASSWORD, wait_for
from tests.live import Listener, LiveDesk, Visitor

NONSENSE: tuple[object, ...] = (
    None,
    [],
    {},
    {"conversationId": {"$gt": ""}},
    {"conversationId": "x" * 999},
)


def sent_to(visitor: Listener, text: str) -> Any:
    """The visitor's event of the message with this text."""

    def found() -> Any:
        events = visitor.heard("message_created")
        return next((event for event in events if event["message"]["text"] == text), None)

    return wait_for(found)


def answered(desk: LiveDesk, visitor: Visitor) -> Any:
    """The conversation once the assistant has answered."""

    def found() -> Any:
        conversation = desk.supervisor.get(f"/conversations/{visitor.conversation_id}").json
        return None if conversation["unanswered"] else conversation

    return wait_for(found)


def test_agents_follow_a_conversation_as_it_happens(desk: LiveDesk) -> None:
    visitor = desk.visitor()
    mine = {"conversationId": visitor.conversation_id}
    ears = [desk.listen(who) for who in (desk.ana, desk.supervisor)]
    visitor.says("Hola")
    conversation = answered(desk, visitor)
    desk.settle(*ears)
    messages = desk.ana.get(f"/conversations/{visitor.conversation_id}/messages").json["data"]
    for ear in ears:
        assert ear.names(**mine)[0] == "message_created"
        events = ear.heard("message_created", **mine)
        assert [event["message"] for event in events] == messages
        assert [message["author"]["type"] for message in messages] == ["customer", "assistant"]
        assert set(events[-1]) == {"conversationId", "message", "conversation", "at"}
        assert events[0]["conversation"]["unanswered"] is True
        assert events[-1]["conversation"] == conversation
        typing = [event["typing"] for event in ear.heard("assistant_typing", **mine)]
        assert typing[0] is True
        assert typing[-1] is False


def test_a_visitor_receives_events_of_their_own_conversation_only(desk: LiveDesk) -> None:
    visitor, other = desk.visitor(), desk.visitor()
    own, others = desk.listen(visitor), desk.listen(other)
    agent = desk.listen(desk.ana)
    visitor.says("Quiero abrir un ticket: no me llega la factura")
    answered(desk, visitor)
    ticket = wait_for(lambda: agent.heard("ticket_created"))[0]
    assert ticket["ticket"]["conversationId"] == visitor.conversation_id
    path = f"/tickets/{ticket['ticketId']}"
    desk.supervisor.post(f"{path}/notes", {"content": "between us"})
    desk.supervisor.post(f"{path}/notes", {"content": "for you", "isInternal": False})
    desk.supervisor.put(f"{path}/resolve", {"summary": "Enviada"})
    desk.supervisor.put(f"/conversations/{visitor.conversation_id}/mode", {"mode": "human"})
    for mine in (visitor, other):
        desk.ana.post(f"/conversations/{mine.conversation_id}/messages", {"text": "Soy Ana."})
    last = sent_to(own, "Soy Ana.")
    sent_to(others, "Soy Ana.")

    assert set(own.names()) == {"message_created", "assistant_typing"}
    assert last["message"]["author"] == {"type": "agent", "name": "Ana"}
    for event in own.heard("message_created"):
        assert set(event) == {"message"}
        assert set(event["message"]) == {"messageId", "author", "text", "createdAt"}
        assert set(event["message"]["author"]) == {"type", "name"}
    for event in own.heard("assistant_typing"):
        assert set(event) == {"typing"}
    assert [event["message"] for event in own.heard("message_created")] == visitor.messages()
    assert others.names() == ["message_created"]


def test_typing_is_shown_to_the_people_concerned(desk: LiveDesk) -> None:
    visitor, other = desk.visitor(), desk.visitor()
    mine = {"conversationId": visitor.conversation_id}
    own, others = desk.listen(visitor), desk.listen(other)
    ana, bruno = desk.listen(desk.ana), desk.listen(desk.bruno)

    # What a visitor claims is not asked: it is their own conversation, once a second at most.
    foreign = {"conversationId": other.conversation_id}
    for _ in range(20):
        assert own.client.call("conversation_typing", foreign) == {"ok": True}
    assert bruno.wait_for("conversation_typing", **mine) == mine | {"agent": None}
    assert ana.client.call("conversation_typing", mine) == {"ok": True}
    for nonsense in (*NONSENSE, {"conversationId": "made up"}):
        assert ana.client.call("conversation_typing", nonsense) == {"ok": False}
    bruno.wait_for("conversation_typing", agent={"agentId": desk.ana.agent_id, "name": "Ana"})
    assert len(bruno.heard("conversation_typing", agent=None)) < 20
    assert bruno.heard("conversation_typing", **foreign) == []
    assert own.wait_for("conversation_typing") == {}
    assert others.names() == []


def test_a_change_of_mode_is_published_once(desk: LiveDesk) -> None:
    visitor = desk.visitor()
    mine = {"conversationId": visitor.conversation_id}
    ears = [desk.listen(desk.ana), desk.listen(desk.supervisor)]
    for _ in range(2):
        answer = desk.ana.put(f"/conversations/{visitor.conversation_id}/mode", {"mode": "human"})
    desk.settle(*ears)
    for ear in ears:
        (event,) = ear.heard(**mine)
        assert ear.names(**mine) == ["conversation_updated"]
        assert set(event) == {"conversationId", "conversation", "at"}
        assert event["conversation"] == answer.json


def test_a_customers_answer_resumes_the_waiting_ticket_live(
    desk: LiveDesk,
) -> None:
    visitor = desk.visitor()
    conversation = desk.supervisor.get(f"/conversations/{visitor.conversation_id}").json
    ticket = desk.ticket(
        customerId=conversation["customer"]["customerId"],
        conversationId=visitor.conversation_id,
    )
    desk.moved(ticket, "open", "pending_customer")
    ear = desk.listen(desk.bruno)
    visitor.says("Ya está")
    event = ear.wait_for("ticket_status_changed", ticketId=ticket["ticketId"])
    assert event["changes"]["status"] == {"from": "pending_customer", "to": "in_progress"}
    assert event["actor"]["type"] == "customer"


def test_logins_do_not_hold_up_the_rest(desk: LiveDesk) -> None:
    """Hashing a password takes tens of milliseconds, which must pass beside the event loop."""
    people = [desk.hire("agent") for _ in range(10)]

    def log_in(email: str) -> int:
        answer = desk.nobody.post("/auth/login", {"email": email, "password": PASSWORD})
        code: int = answer.status_code
        return code

    health_checks = 0
    with ThreadPoolExecutor(10) as pool, httpx.Client(base_url=desk.server.url) as http:
        logins = [pool.submit(log_in, person.email) for person in people]
        while not all(login.done() for login in logins):
            assert http.get("/health").status_code == 200
            health_checks += 1
    assert {login.result() for login in logins} == {200}
    # A blocked loop answers one between two hashes at best.
    assert health_checks > 2 * len(people), health_checks
