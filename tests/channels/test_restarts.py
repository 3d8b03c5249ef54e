"""Real processes: killed at the worst moment, two that share the work, and what agents hear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels.graph import ACCESS_TOKEN, PHONE_NUMBER_ID, Answer, Graph
from tests.channels.meta import APP_SECRET, VERIFY_TOKEN, User, deliver, delivery
from tests.conftest import SECRET_KEY
from tests.desk import wait_for
from tests.live import LiveDesk, LiveServer

RESEND_SECONDS = 60  # a dead process's lease is 16 s, and a start takes some


def server(mongodb_uri: str, graph: Graph, output: Path) -> LiveServer:
    return LiveServer(
        "eventlet",
        output,
        MONGODB_URI=mongodb_uri,
        MONGODB_DB="live_whatsapp",
        SECRET_KEY=SECRET_KEY,
        WHATSAPP_VERIFY_TOKEN=VERIFY_TOKEN,
        WHATSAPP_APP_SECRET=APP_SECRET,
        WHATSAPP_ACCESS_TOKEN=ACCESS_TOKEN,
        WHATSAPP_PHONE_NUMBER_ID=PHONE_NUMBER_ID,
        WHATSAPP_API_URL=graph.url,
    )


@pytest.fixture
def live(mongodb_uri: str, graph: Graph, tmp_path: Path) -> Iterator[LiveServer]:
    running = server(mongodb_uri, graph, tmp_path / "output").start()
    yield running
    running.stop()


@pytest.fixture
def desk(live: LiveServer, password_hash: str) -> Iterator[LiveDesk]:
    people = LiveDesk(live, password_hash)
    yield people
    people.close()


@pytest.fixture
def known(desk: LiveDesk, graph: Graph) -> User:
    """A user whose conversation is in the mode `human`."""
    user = User(desk)
    user.says("Hola")
    user.sent(user.answer())
    user.is_told("Soy Ana.")
    wait_for(lambda: graph.texts[-1:] == ["Soy Ana."])
    graph.received.clear()
    return user


def test_killed_between_sending_and_recording_it_is_sent_once_more(
    live: LiveServer, desk: LiveDesk, graph: Graph
) -> None:
    """Two answers: one that WhatsApp has without a record of it, and one not sent yet."""
    graph.holds()
    user = User(desk)
    trouble, question = "Quiero abrir un ticket: la factura está mal", "¿Cómo va mi ticket?"
    first, report = user.says(trouble), user.answer()
    wait_for(lambda: graph.texts == [report["text"]])
    second, status = user.says(question), user.answer()
    live.kill()
    live.start()
    for text, message_id in ((trouble, first), (question, second)):  # Meta heard of no 200
        user.says(text, id=message_id)
    user.sent(status, seconds=RESEND_SECONDS)
    assert user.delivery_of(report)["status"] == "sent"
    assert graph.texts == [report["text"], report["text"], status["text"]]
    assert user.texts() == [trouble, report["text"], question, status["text"]]
    path = f"/conversations/{user.conversation()['conversationId']}/tickets"
    (ticket,) = desk.supervisor.get(path).json["data"]
    assert ticket["ticketId"] in report["text"]


def test_a_receipt_prevents_a_second_send(live: LiveServer, known: User, graph: Graph) -> None:
    graph.holds()
    message = known.is_told("Uno")
    wait_for(lambda: graph.texts == ["Uno"])
    live.kill()
    live.start()
    reference = graph.received[0]["biz_opaque_callback_data"]
    report = {
        "id": "wamid.1",
        "status": "delivered",
        "biz_opaque_callback_data": reference,
    }
    assert deliver(known.desk, delivery({"statuses": [report]})).status_code == 200
    known.sent(known.is_told("Dos"))
    assert known.delivery_of(message)["status"] == "delivered"
    assert graph.texts == ["Uno", "Dos"]


def test_messages_pending_at_a_stop_are_sent_after_the_start(
    live: LiveServer, known: User, graph: Graph
) -> None:
    """The assistant's answers and people's, in all conversations, each once."""
    graph.then(*[Answer(503, headers={"Retry-After": "2"})] * 2)
    others = [User(known.desk) for _ in range(2)]
    waiting = [known.is_told(f"Número {number}") for number in range(3)]
    for other in others:
        other.says("Hola")
    answers = [other.answer() for other in others]
    live.kill()
    live.start()
    known.sent(waiting[-1], seconds=RESEND_SECONDS)
    for other, answer in zip(others, answers, strict=True):
        other.sent(answer, seconds=RESEND_SECONDS)
    told = [m["text"]["body"] for m in graph.received if m["to"] == known.phone]
    assert list(dict.fromkeys(told)) == ["Número 0", "Número 1", "Número 2"]
    # Two were refused, and of those under way at the kill each conversation has one at most.
    assert len(graph.received) <= 5 + 2 + 3


def test_two_processes_send_each_message_once_and_in_order(
    live: LiveServer,
    known: User,
    graph: Graph,
    mongodb_uri: str,
    tmp_path: Path,
    password_hash: str,
) -> None:
    second = server(mongodb_uri, graph, tmp_path / "second").start()
    other_desk = LiveDesk(second, password_hash)
    try:
        same = User(other_desk, phone=known.phone)
        told = []
        for number in range(10):
            who = same if number % 2 else known
            told.append(who.is_told(f"Número {number}"))
        for message in told:
            known.sent(message)
        assert graph.texts == [f"Número {number}" for number in range(10)]
        # An answer that WhatsApp is slow to take is left to the one who sends it.
        held = graph.holds()
        slow = known.is_told("Despacio")
        wait_for(lambda: graph.texts[-1] == "Despacio")
        last = same.is_told("Después")
        held.set()
        known.sent(last)
        assert known.delivery_of(slow)["status"] == "sent"
        assert graph.texts[10:] == ["Despacio", "Después"]
    finally:
        other_desk.close()
        second.kill()
        second.db.client.close()


def test_a_merged_conversation_is_published_with_its_target(desk: LiveDesk, graph: Graph) -> None:
    by_phone, by_user_id = User(desk, phone="34611900300"), User(desk, user_id="ES.9300")
    for user in (by_phone, by_user_id):
        user.says("Hola")
        user.sent(user.answer())
    target, source = by_phone.conversation(), by_user_id.conversation()
    ears = [desk.listen(desk.ana), desk.listen(desk.supervisor)]
    User(desk, phone="34611900300", user_id="ES.9300").says("Soy la misma persona")
    for ear in ears:
        event = ear.wait_for("conversation_updated", conversationId=source["conversationId"])
        assert event["mergedInto"] == target["conversationId"]
        assert event["conversation"]["conversationId"] == target["conversationId"]
        ear.wait_for("conversation_updated", conversationId=target["conversationId"])
    path = f"/conversations/{source['conversationId']}"
    assert desk.ana.get(path).status_code == 404
    listed = desk.ana.get("/conversations", channel="whatsapp").json["data"]
    assert [found["conversationId"] for found in listed] == [target["conversationId"]]
