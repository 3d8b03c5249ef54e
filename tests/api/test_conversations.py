"""Conversations over HTTP: reading, answering, taking over and handing back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from backend.common.documents import Db
from backend.tickets.service import TicketService
from tests.desk import Desk, Person, wait_for


class Visitor(Person):
    """A customer in the web chat."""

    def __init__(self, desk: Desk, name: str = "Marta") -> None:
        opened = desk.nobody.post("/channels/web/sessions", {"name": name})
        assert opened.status_code == 201, opened.text
        super().__init__(desk.app, opened.json["visitorToken"])
        self.path = f"/conversations/{opened.json['conversationId']}"

    def says(self, text: str) -> Any:
        answer = self.post("/channels/web/messages", {"text": text})
        assert answer.status_code == 202, answer.text
        return answer.json

    def texts(self) -> list[str]:
        listed = self.get("/channels/web/messages", limit=100).json["data"]
        return [message["text"] for message in listed]


@pytest.fixture
def visitor(desk: Desk) -> Visitor:
    """A visitor whose conversation is in the mode `human`."""
    visitor = Visitor(desk)
    assert desk.ana.put(f"{visitor.path}/mode", {"mode": "human"}).status_code == 200
    return visitor


def test_an_agents_answer_takes_over_and_reaches_the_customer(desk: Desk) -> None:
    visitor = Visitor(desk)
    sent = desk.ana.post(f"{visitor.path}/messages", {"text": "Soy Ana, ¿en qué ayudo?"})
    assert sent.status_code == 201
    assert sent.json["author"] == {"type": "agent", "id": desk.ana.agent_id, "name": "Ana"}
    assert sent.json["delivery"] == {"status": "sent", "error": None}
    conversation = desk.bruno.get(visitor.path).json
    assert (conversation["mode"], conversation["unanswered"]) == ("human", False)
    assert visitor.texts() == ["Soy Ana, ¿en qué ayudo?"]
    # What the customer sees of a message names who wrote it, and no more.
    [seen] = visitor.get("/channels/web/messages").json["data"]
    assert seen["author"] == {"type": "agent", "name": "Ana"}
    assert set(seen) == {"messageId", "author", "text", "createdAt"}


def test_a_conversation_is_listed_from_its_first_message_on(desk: Desk) -> None:
    """A session without messages is not listed."""
    visitor = Visitor(desk)
    customer = desk.ana.get(visitor.path).json["customer"]["customerId"]
    for query in ({}, {"mode": "assistant"}, {"customerId": customer}, {"unanswered": "false"}):
        listed = desk.ana.get("/conversations", **query).json
        assert (listed["data"], listed["pagination"]["total"]) == ([], 0)
    visitor.says("hola")
    (listed,) = desk.ana.get("/conversations").json["data"]
    assert listed["lastMessage"]["authorType"] in ("customer", "assistant")


def test_a_message_waits_for_a_person_who_has_taken_over(desk: Desk, visitor: Visitor) -> None:
    visitor.says("¿Hola?")
    conversation = desk.ana.get(visitor.path).json
    assert (conversation["unanswered"], conversation["mode"]) == (True, "human")
    assert desk.ana.get("/conversations", unanswered="true").json["data"] == [conversation]
    desk.ana.post(f"{visitor.path}/messages", {"text": "Aquí estoy."})
    assert desk.ana.get("/conversations", unanswered="true").json["data"] == []
    listed = desk.ana.get(f"{visitor.path}/messages").json["data"]
    assert [message["text"] for message in listed] == ["¿Hola?", "Aquí estoy."]


def test_handing_back_lets_the_assistant_answer_waiting_messages(
    desk: Desk, visitor: Visitor
) -> None:
    visitor.says("hola")
    back = desk.ana.put(f"{visitor.path}/mode", {"mode": "assistant"})
    assert back.json["mode"] == "assistant"
    wait_for(lambda: len(visitor.texts()) == 2)
    assert desk.ana.get(visitor.path).json["unanswered"] is False


def test_a_message_sent_twice_is_one_message(desk: Desk, visitor: Visitor) -> None:
    body = {"text": "una vez", "messageId": "mine-1"}
    first, second = (visitor.post("/channels/web/messages", body) for _ in range(2))
    assert first.json == second.json
    assert visitor.texts() == ["una vez"]


def test_an_agents_answer_sent_twice_is_one_answer(desk: Desk, visitor: Visitor) -> None:
    def send() -> Any:
        return desk.ana.post(f"{visitor.path}/messages", {"text": "Voy", "messageId": "ana-1"})

    with ThreadPoolExecutor(4) as pool:
        answers = [made.result() for made in [pool.submit(send) for _ in range(8)]]
    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json == answers[0].json for answer in answers)
    assert answers[0].json["messageId"] == "ana-1"
    assert visitor.texts() == ["Voy"]
    # The id belongs to another message, which is not shown.
    visitor.says("Gracias")
    taken = desk.bruno.post(f"{visitor.path}/messages", {"text": "¡Yo!", "messageId": "ana-1"})
    assert (taken.status_code, taken.json["code"]) == (409, "conflict")
    assert visitor.texts() == ["Voy", "Gracias"]
    assert desk.ana.get(visitor.path).json["unanswered"] is True


@pytest.mark.parametrize("message_id", ["", " ", "x" * 101, 7, None])
def test_an_invalid_message_id_is_refused(desk: Desk, visitor: Visitor, message_id: Any) -> None:
    body = {"text": "Voy", "messageId": message_id}
    refused = desk.ana.post(f"{visitor.path}/messages", body)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["messageId"])
    assert visitor.texts() == []


def test_a_conversation_carries_the_beginning_of_its_last_message(
    desk: Desk, visitor: Visitor
) -> None:
    assert desk.ana.get(visitor.path).json["lastMessage"] is None
    visitor.says("$set " + "x" * 400)
    last = desk.ana.get("/conversations").json["data"][0]["lastMessage"]
    assert last == {"text": "$set " + "x" * 155, "mediaType": None, "authorType": "customer"}
    sent = desk.ana.post(f"{visitor.path}/messages", {"text": "Voy"}).json
    after = desk.ana.get(visitor.path).json
    assert after["lastMessage"] == {"text": "Voy", "mediaType": None, "authorType": "agent"}
    assert after["lastMessageAt"] == sent["createdAt"]
    desk.ana.put(f"{visitor.path}/mode", {"mode": "assistant"})
    visitor.says("hola")
    wait_for(lambda: len(visitor.texts()) == 4)
    assert desk.ana.get(visitor.path).json["lastMessage"]["authorType"] == "assistant"


def test_conversations_that_need_an_agent_come_first_then_the_latest(desk: Desk) -> None:
    visitors = [Visitor(desk, name) for name in "abc"]
    for visitor in visitors:
        desk.ana.put(f"{visitor.path}/mode", {"mode": "human"})
    visitors[1].says("help")
    listed = desk.ana.get("/conversations").json["data"]
    assert [conversation["customer"]["name"] for conversation in listed] == ["b", "c", "a"]
    for mode, total in (("human", 3), ("assistant", 0)):
        assert desk.ana.get("/conversations", mode=mode).json["pagination"]["total"] == total
    assert desk.ana.get("/conversations", channel="whatsapp").json["data"] == []
    customer = listed[0]["customer"]["customerId"]
    assert desk.ana.get("/conversations", customerId=customer).json["data"] == listed[:1]


def test_cursors_walk_through_conversations_and_messages_once(desk: Desk, db: Db) -> None:
    visitors = [Visitor(desk, f"v{number}") for number in range(5)]
    for one in visitors:
        desk.ana.put(f"{one.path}/mode", {"mode": "human"})
        one.says("number 0")
    said = [f"number {number}" for number in range(7)]
    for text in said[1:]:
        visitors[0].says(text)

    def walk(path: str) -> list[Any]:
        pages: list[Any] = []
        query: dict[str, Any] = {"limit": 2}
        while True:
            answer = desk.ana.get(path, **query).json
            pages.append(answer["data"])
            cursor = answer["pagination"]["nextCursor"]
            if cursor is None:
                return pages
            query["cursor"] = cursor

    found = [
        conversation["customer"]["name"] for page in walk("/conversations") for conversation in page
    ]
    assert sorted(found) == ["v0", "v1", "v2", "v3", "v4"]
    # The newest page comes first, and a page reads from top to bottom.
    pages = [[message["text"] for message in page] for page in walk(f"{visitors[0].path}/messages")]
    assert [text for page in reversed(pages) for text in page] == said


def test_the_customers_answer_resumes_a_waiting_ticket(desk: Desk, visitor: Visitor) -> None:
    conversation = desk.ana.get(visitor.path).json
    ticket = desk.ticket(
        customerId=conversation["customer"]["customerId"],
        conversationId=conversation["conversationId"],
        assignedTo=desk.bruno.agent_id,
    )
    desk.moved(ticket, "open", "pending_customer")
    visitor.says("Aquí tiene la factura")
    after = desk.bruno.get(f"/tickets/{ticket['ticketId']}").json
    assert after["status"] == "in_progress"
    assert after["statusHistory"][-1]["changedBy"]["type"] == "customer"
    assert after["sla"]["firstRespondedAt"] is None
    desk.ana.post(f"{visitor.path}/messages", {"text": "Gracias"})
    assert desk.bruno.get(f"/tickets/{ticket['ticketId']}").json["sla"]["firstRespondedAt"]


def test_an_interrupted_request_is_completed_once(
    desk: Desk, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database becomes unavailable once the message is stored, before its tickets change."""
    conversation = desk.ana.get(visitor.path).json
    ticket = desk.ticket(
        customerId=conversation["customer"]["customerId"],
        conversationId=conversation["conversationId"],
    )
    path = f"/tickets/{ticket['ticketId']}"
    desk.moved(ticket, "open", "pending_customer")

    def gone(*_args: object) -> None:
        raise AutoReconnect("the database is away")

    def cut_off_then_repeated(person: Person, where: str, message_id: str) -> None:
        body = {"text": "Aquí tiene", "messageId": message_id}
        with monkeypatch.context() as fault:
            fault.setattr(TicketService, "_write_in_conversation", gone)
            assert person.post(where, body).status_code in (201, 202)
        assert person.post(where, body).status_code in (201, 202)

    cut_off_then_repeated(visitor, "/channels/web/messages", "v1")
    wait_for(lambda: desk.supervisor.get(path).json["status"] == "in_progress")
    cut_off_then_repeated(desk.ana, f"{visitor.path}/messages", "a1")
    said = desk.ana.get(f"{visitor.path}/messages").json["data"]
    [answered] = [message["createdAt"] for message in said if message["author"]["type"] == "agent"]
    wait_for(lambda: desk.supervisor.get(path).json["sla"]["firstRespondedAt"] == answered)
    assert visitor.texts() == ["Aquí tiene", "Aquí tiene"]
    # A late repetition must not affect tickets that started to wait later.
    desk.moved(ticket, "pending_customer")
    visitor.post("/channels/web/messages", {"text": "Aquí tiene", "messageId": "v1"})
    assert desk.supervisor.get(path).json["status"] == "pending_customer"


def test_a_conversation_lists_the_tickets_that_the_agent_may_see(
    desk: Desk, visitor: Visitor
) -> None:
    conversation = desk.ana.get(visitor.path).json
    of = {
        "customerId": conversation["customer"]["customerId"],
        "conversationId": conversation["conversationId"],
    }
    free = desk.ticket(**of)["ticketId"]
    others = desk.ticket(**of, assignedTo=desk.bruno.agent_id)["ticketId"]
    desk.ticket(customerId=of["customerId"])

    def seen(person: Person) -> set[str]:
        listed = person.get(f"{visitor.path}/tickets").json["data"]
        return {ticket["ticketId"] for ticket in listed}

    assert seen(desk.ana) == {free}
    assert seen(desk.supervisor) == {free, others}


@pytest.mark.parametrize("text", ["", "   ", "x" * 4_097, "nul\u0000", None, 7])
def test_an_invalid_message_is_refused(desk: Desk, visitor: Visitor, text: Any) -> None:
    for answer in (
        desk.ana.post(f"{visitor.path}/messages", {"text": text}),
        visitor.post("/channels/web/messages", {"text": text}),
    ):
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["text"])
    assert visitor.texts() == []


def test_an_unknown_conversation_is_not_found(desk: Desk) -> None:
    path = "/conversations/nowhere"
    for answer in (
        desk.ana.get(path),
        desk.ana.get(f"{path}/messages"),
        desk.ana.get(f"{path}/tickets"),
        desk.ana.post(f"{path}/messages", {"text": "x"}),
        desk.ana.put(f"{path}/mode", {"mode": "human"}),
    ):
        assert answer.status_code == 404
    assert desk.ana.put(f"{path}/mode", {"mode": "robot"}).status_code == 422
