"""Each message is answered once, despite new messages, hand-offs and crashes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from backend.assistant.loop import REPLY
from backend.common.documents import new_id, utcnow
from backend.conversations.repository import ConversationRepository
from backend.services import Services
from tests.assistant.chat import Chat
from tests.assistant.provider import Provider
from tests.assistant.test_assistant import REPORT
from tests.conftest import SECRET_KEY
from tests.desk import wait_for
from tests.live import LiveDesk, LiveServer


def authors(chat: Chat) -> list[str]:
    return [message["author"]["type"] for message in chat.transcript()]


def test_a_message_sent_five_times_at_once_is_one(chat: Chat, provider: Provider) -> None:
    provider.calls(("create_ticket_report", REPORT)).says("Hecho.")
    with ThreadPoolExecutor(5) as pool:
        accepted = list(
            pool.map(lambda _: chat.says("No llega la factura", messageId="m1"), range(5))
        )
    assert accepted == [{"conversationId": chat.conversation_id, "messageId": "m1"}] * 5
    chat.reply_to(accepted[0])
    assert chat.says("No llega la factura", messageId="m1") == accepted[0]
    assert authors(chat) == ["customer", "assistant"]
    assert len(chat.tickets()) == 1
    assert len(provider.bodies) == 2


def test_messages_that_come_meanwhile_are_answered_by_the_next_run(
    chat: Chat, provider: Provider
) -> None:
    held = provider.holds()
    provider.says("A la primera.").says("A las otras dos.")
    chat.says("Hola")
    assert held.arrived.wait(5)
    chat.says("¿Hay alguien?")
    chat.says("No puedo entrar")
    held.release()
    wait_for(lambda: not chat.conversation()["unanswered"])
    assert [message["text"] for message in chat.transcript()] == [
        *("Hola", "¿Hay alguien?", "No puedo entrar"),
        *("A la primera.", "A las otras dos."),
    ]
    first, second = provider.bodies
    assert len(first["input"]) == 1
    # The model reads what it answered before what it has yet to answer.
    said = [item["content"] for item in second["input"]]
    assert [text.removeprefix("<customer_message>\n").split("\n")[0] for text in said] == [
        *("Hola", "A la primera."),
        *("¿Hay alguien?", "No puedo entrar"),
    ]


def test_a_message_stored_late_does_not_count_as_answered(
    chat: Chat, provider: Provider, model_services: Services
) -> None:
    """Two messages are stored side by side: the one that was written first may be stored last."""
    held = provider.holds()
    provider.says("A la segunda.").says("A la primera.")
    second = chat.says("La segunda")
    assert held.arrived.wait(5)
    conversations = ConversationRepository(model_services.db)
    stored = conversations.find_message(chat.conversation_id, second["messageId"])
    assert stored is not None
    earlier = stored["createdAt"] - timedelta(milliseconds=5)
    late = {**stored, "_id": new_id(), "messageId": "late", "text": "La primera"}
    model_services.db["messages"].insert_one(late | {"createdAt": earlier, "awaiting": True})
    held.release()
    wait_for(lambda: len(provider.bodies) == 2)
    assert "La primera" in str(provider.bodies[1]["input"])
    wait_for(lambda: authors(chat).count("assistant") == 2)


def test_a_burst_leaves_nothing_unanswered(chat: Chat, model_services: Services) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: chat.says(f"Mensaje {n}"), range(24)))
    awaiting = {"conversationId": chat.conversation_id, "awaiting": True}
    wait_for(lambda: model_services.db["messages"].find_one(awaiting) is None)
    wait_for(lambda: chat.conversation()["unanswered"] is False)
    assert authors(chat).count("customer") == 24


def test_messages_that_wait_for_a_free_slot_do_not_pile_up(
    chat: Chat, provider: Provider, model_services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a slow provider many wait, and each is looked after every few seconds."""
    monkeypatch.setitem(model_services.jobs._slots, REPLY, threading.Semaphore(1))  # noqa: SLF001
    held = provider.holds()
    chat.says("Hola")
    assert held.arrived.wait(5)
    waiting = Chat(chat.desk)
    before = threading.active_count()
    for number in range(20):
        waiting.says(f"Mensaje {number}")
        model_services.jobs.tick()
    assert threading.active_count() <= before + 2
    held.release()
    wait_for(lambda: "assistant" in authors(waiting))
    wait_for(lambda: waiting.conversation()["unanswered"] is False)


def test_an_answer_that_overtakes_the_bookkeeping_counts(
    chat: Chat, provider: Provider, model_services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run may find a message before the request that stored it has gone on."""
    update = ConversationRepository.update
    jobs = model_services.jobs
    early = iter([lambda key: jobs.start(jobs.enqueue(REPLY, key))])

    def late(self: ConversationRepository, conversation_id: str, fields: Any, **more: Any) -> Any:
        if fields.get("unanswered") and (wake := next(early, None)):
            wake(conversation_id)
            with contextlib.suppress(AssertionError):
                wait_for(lambda: "assistant" in authors(chat), 0.3)
        return update(self, conversation_id, fields, **more)

    monkeypatch.setattr(ConversationRepository, "update", late)
    provider.says("Hola.")
    chat.ask("Hola")
    assert chat.conversation()["unanswered"] is False


def test_no_message_id_keeps_the_assistant_from_answering(chat: Chat, provider: Provider) -> None:
    """The sender chooses the id, and may choose what an answer's could be."""
    provider.says("Hola.").says("Otra vez hola.")
    chat.ask("Primero", messageId="reply:m1")
    assert chat.ask("Segundo", messageId="m1")["text"] == "Otra vez hola."


def test_a_person_who_answers_silences_the_assistant(chat: Chat, provider: Provider) -> None:
    desk = chat.desk
    path = f"/conversations/{chat.conversation_id}/messages"
    assert desk.ana.post(path, {"text": "Soy Ana."}).status_code == 201
    assert chat.conversation()["mode"] == "human"
    chat.says("Gracias, Ana")
    assert chat.conversation()["unanswered"] is True
    other = Chat(desk)
    other.ask("Hola")  # the assistant is awake
    assert authors(chat) == ["agent", "customer"]
    chat.hand_back()
    wait_for(lambda: authors(chat) == ["agent", "customer", "assistant"])
    assert "a person of the team] Soy Ana." in str(provider.bodies[-1]["input"])


@pytest.mark.parametrize("how", ["by mode", "by answering"])
def test_taking_over_while_the_model_thinks_drops_its_answer(
    chat: Chat, provider: Provider, model_services: Services, how: str
) -> None:
    held = provider.holds()
    provider.says("Llego tarde.").says("Vuelvo yo.")
    chat.says("Hola")
    assert held.arrived.wait(5)
    if how == "by mode":
        chat.take_over()
    else:
        chat.desk.ana.post(
            f"/conversations/{chat.conversation_id}/messages", {"text": "Yo me ocupo."}
        )
    held.release()
    runs = model_services.db["assistant_runs"]
    dropped = {"conversationId": chat.conversation_id, "outcome": "dropped"}
    wait_for(lambda: runs.find_one(dropped))
    assert "assistant" not in authors(chat)
    assert chat.conversation()["unanswered"] is (how == "by mode")
    chat.hand_back()
    chat.ask("¿Sigue ahí?")
    replies = [m["text"] for m in chat.transcript() if m["author"]["type"] == "assistant"]
    assert "Vuelvo yo." in replies
    assert "Llego tarde." not in replies


def test_a_person_who_takes_over_stops_the_tools_too(chat: Chat, provider: Provider) -> None:
    held = provider.holds()
    provider.calls(("create_ticket_report", REPORT)).says("Hecho.")
    chat.says("No llega la factura")
    assert held.arrived.wait(5)
    chat.take_over()
    held.release()
    wait_for(lambda: len(provider.bodies) == 1)
    other = Chat(chat.desk)
    other.ask("Hola")
    assert chat.tickets() == []


def test_a_person_in_between_ends_a_run_for_good(chat: Chat, provider: Provider) -> None:
    """Its tool calls are not resumed: it asked for a person, who has answered."""
    held = provider.holds(after=1)
    wish = ("request_human", {"reason": "Quiere una persona"})
    provider.calls(("create_ticket_report", REPORT), wish).says("Aquí sigo.").says("Nadie lo lee.")
    chat.says("No llega la factura; quiero una persona")
    assert held.arrived.wait(5)
    chat.take_over()
    last = chat.says("Déjelo, solo dígame si está apuntado")
    chat.hand_back()
    reply = chat.reply_to(last)
    assert (reply["text"], reply["toolCalls"]) == ("Aquí sigo.", [])
    conversation = chat.conversation()
    assert (conversation["mode"], conversation["flagged"]) == ("assistant", None)
    asked = provider.bodies[-1]
    assert [item["role"] for item in asked["input"]] == ["user", "user"]
    (ticket,) = chat.tickets()
    assert ticket["ticketId"] in asked["instructions"]
    held.release()
    wait_for(lambda: len(provider.bodies) == 3)
    assert authors(chat).count("assistant") == 1


def test_a_dropped_run_does_not_affect_the_next_one(
    chat: Chat, provider: Provider, model_services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease is renewed as before, so that no third run takes the same turn."""
    monkeypatch.setattr("backend.platform.jobs.RENEWAL", timedelta(seconds=0.05))
    first, second = provider.holds(), provider.holds()
    provider.says("Nadie lo lee.").says("Aquí sigo.")
    chat.says("No llega la factura")
    assert first.arrived.wait(5)
    chat.take_over()
    last = chat.says("¿Sigue ahí?")
    chat.hand_back()
    assert second.arrived.wait(5)
    first.release()
    runs, jobs = (model_services.db[name] for name in ("assistant_runs", "jobs"))
    wait_for(lambda: runs.find_one({"conversationId": chat.conversation_id, "outcome": "dropped"}))

    def held_until() -> Any:
        job = jobs.find_one({"kind": REPLY, "key": chat.conversation_id})
        return job and job["leaseUntil"]

    def is_renewed(before: datetime) -> bool:
        return bool(held_until() > before)

    for _ in range(3):
        before = held_until()
        wait_for(partial(is_renewed, before), 10)
    second.release()
    assert chat.reply_to(last)["text"] == "Aquí sigo."
    assert len(provider.bodies) == 2


def test_a_message_that_is_answered_after_a_person_has_no_second_ticket(
    chat: Chat, provider: Provider
) -> None:
    """Along with a later one, by another run, with other words."""
    held = provider.holds(after=1)
    again = REPORT | {"subject": "Otra vez la factura"}
    other = REPORT | {"category": "account", "subject": "La aplicación se cierra"}
    provider.calls(("create_ticket_report", REPORT)).says("Nadie lo lee.")
    chat.says("No llega la factura")
    assert held.arrived.wait(5)
    (ticket,) = chat.tickets()
    chat.take_over()
    held.release()
    last = chat.says("Y la aplicación se cierra")
    wait_for(lambda: len(provider.bodies) == 2)
    provider.calls(("create_ticket_report", again), ("create_ticket_report", other)).says("Hecho.")
    chat.hand_back()
    assert chat.reply_to(last)["text"] == "Hecho."
    first, second = sorted(chat.tickets(), key=lambda row: row["ticketId"])
    assert (first["ticketId"], first["subject"]) == (ticket["ticketId"], REPORT["subject"])
    assert second["category"] == "account"


def test_the_interrupted_run_is_resumed_instead_of_a_finished_one(
    chat: Chat, provider: Provider, model_services: Services
) -> None:
    held = provider.holds(after=1)
    provider.calls(("request_human", {"reason": "Quiere una persona"})).says("Nadie lo lee.")
    chat.says("Quiero una persona")
    assert held.arrived.wait(5)
    chat.take_over()
    held.release()
    runs, conversations = (model_services.db[name] for name in ("assistant_runs", "conversations"))
    wait_for(lambda: runs.find_one({"conversationId": chat.conversation_id, "outcome": "dropped"}))
    last = chat.says("Déjelo, ya está")
    # As a process leaves it that dies at the second run.
    left = {"owner": "dead", "isLeftOver": False}
    conversations.update_one(
        {"_id": chat.conversation_id}, {"$set": {"mode": "assistant", "run": left}}
    )
    provider.says("De acuerdo.")
    model_services.jobs.start(model_services.jobs.enqueue(REPLY, chat.conversation_id))
    reply = chat.reply_to(last)
    assert (reply["text"], reply["toolCalls"]) == ("De acuerdo.", [])
    conversation = chat.conversation()
    assert (conversation["mode"], conversation["flagged"]) == ("assistant", None)


def test_a_run_claimed_by_another_process_is_not_started(
    chat: Chat, provider: Provider, model_services: Services
) -> None:
    jobs = model_services.db["jobs"]
    job_id = model_services.jobs.enqueue(REPLY, chat.conversation_id)
    held = {"owner": "other", "leaseUntil": utcnow() + timedelta(minutes=1)}
    jobs.update_one({"_id": job_id}, {"$set": held})
    accepted = chat.says("Hola")
    Chat(chat.desk).ask("Hola")
    assert authors(chat) == ["customer"]
    jobs.update_one({"_id": job_id}, {"$set": {"leaseUntil": utcnow()}})
    chat.reply_to(accepted)


def test_a_run_interrupted_too_often_is_handed_to_agents(
    chat: Chat, provider: Provider, model_services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("a bug of our own")

    monkeypatch.setattr(model_services.assistant, "_open_tickets", broken)
    accepted = chat.says("Hola")
    answered = {"conversationId": chat.conversation_id, "outcome": "failed"}
    runs = model_services.db["assistant_runs"]

    def given_up() -> Any:
        # Due at once, without the backoff between attempts.
        model_services.jobs.start(model_services.jobs.enqueue(REPLY, chat.conversation_id))
        return runs.find_one(answered)

    wait_for(given_up)
    assert chat.reply_to(accepted)["text"].startswith("Disculpe")
    assert "cut off" in chat.conversation()["flagged"]["reason"]


@pytest.fixture
def live(mongodb_uri: str, provider: Provider, tmp_path: Path) -> Iterator[LiveServer]:
    server = LiveServer(
        "eventlet",
        tmp_path / "output",
        MONGODB_URI=mongodb_uri,
        MONGODB_DB="live_assistant",
        SECRET_KEY=SECRET_KEY,
        OPENAI_API_KEY="a key",
        OPENAI_BASE_URL=provider.base_url(),
    ).start()
    yield server
    server.stop()


def test_a_killed_run_is_resumed_by_the_next_process(
    live: LiveServer, provider: Provider, password_hash: str
) -> None:
    """Killed between the ticket and the answer: one ticket, one answer."""
    desk = LiveDesk(live, password_hash)
    chat = Chat(desk)
    held = provider.holds(after=1)
    provider.calls(("create_ticket_report", REPORT)).says("Nadie lo lee.").says("Hecho.")
    accepted = chat.says("No llega la factura")
    assert held.arrived.wait(10)
    (ticket,) = chat.tickets()
    live.kill()
    held.release()
    wait_for(lambda: len(provider.bodies) == 2)
    live.start()
    reply = chat.reply_to(accepted, seconds=60)
    assert reply["text"] == "Hecho."
    assert [call["name"] for call in reply["toolCalls"]] == ["create_ticket_report"]
    assert [row["ticketId"] for row in chat.tickets()] == [ticket["ticketId"]]
    assert authors(chat) == ["customer", "assistant"]
    assert chat.conversation()["unanswered"] is False
    # The ticket's round was not asked for again: what was recorded is replayed.
    assert provider.bodies[2]["input"] == provider.bodies[1]["input"]
    desk.close()


def test_the_typing_indicator_stops_when_a_person_takes_over(
    live: LiveServer, provider: Provider, password_hash: str
) -> None:
    desk = LiveDesk(live, password_hash)
    chat = Chat(desk)
    ana, own = desk.listen(desk.ana), desk.listen(chat.token)
    held = provider.holds()
    chat.says("Hola")
    assert held.arrived.wait(10)
    ana.wait_for("assistant_typing", conversationId=chat.conversation_id, typing=True)
    chat.take_over()
    ana.wait_for("assistant_typing", conversationId=chat.conversation_id, typing=False)
    own.wait_for("assistant_typing", typing=False)
    assert authors(chat) == ["customer"]
    held.release()
    desk.close()
