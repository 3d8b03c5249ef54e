"""Measure customers' messages, from the web channel to the answer and the ticket at an agent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

import socketio

from backend.common.documents import Db
from backend.ops.demo_accounts import PASSWORD
from bench.client import Client, RequestFailed, log_in
from bench.percentiles import spread
from bench.server import ServerFailed

ANSWER_SECONDS = 300  # to wait for the last answer

_phones = count(600_000_000)  # a different customer for every message


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was accepted; times are those of `time.perf_counter`."""

    conversation_id: str
    at: float
    accepted_at: float


class Listener:
    """A supervisor's socket: records when tickets and answers arrive, by conversation."""

    def __init__(self) -> None:
        self.tickets: dict[str, float] = {}
        self.answers: dict[str, float] = {}
        self._arrived = threading.Condition()

    @contextmanager
    def connected(self, port: int) -> Iterator[None]:
        token = log_in(port, "supervisor@demo.test", PASSWORD)
        client = socketio.Client()
        client.on("ticket_created", self._ticket_created)
        client.on("message_created", self._message_created)
        client.connect(f"http://127.0.0.1:{port}", auth={"token": token}, transports=["websocket"])
        try:
            yield
        finally:
            client.disconnect()

    def wait_for_answers(self, conversations: set[str]) -> bool:
        """Return False when answers are missing after ANSWER_SECONDS."""
        with self._arrived:
            return self._arrived.wait_for(
                lambda: conversations <= self.answers.keys(), ANSWER_SECONDS
            )

    def _ticket_created(self, event: Any) -> None:
        self.tickets[event["ticket"]["conversationId"]] = time.perf_counter()

    def _message_created(self, event: Any) -> None:
        if event["message"]["author"]["type"] == "assistant":
            with self._arrived:
                self.answers[event["conversationId"]] = time.perf_counter()
                self._arrived.notify_all()


@dataclass(frozen=True, slots=True)
class Sendings:
    """The outcome of sent messages; times as above."""

    sent: list[Sent]
    errors: list[str]
    listener: Listener
    began: float
    accepted_at: float


def send_all(port: int, texts: list[str], *, senders: int, one_by_one: bool = False) -> Sendings:
    """Send each text from a different customer; return when all are answered.

    Each sender sends its next message when the previous one is accepted or, with `one_by_one`,
    answered.
    """
    listener = Listener()
    bodies = [
        {"phone": f"+34{phone}", "name": f"Cliente {phone}", "text": text}
        for phone, text in zip(_phones, texts, strict=False)
    ]
    sent: list[Sent] = []
    errors: list[str] = []
    with listener.connected(port), ThreadPoolExecutor(senders) as pool:
        send = partial(_send, port, listener if one_by_one else None)
        began = time.perf_counter()
        shares = [bodies[sender::senders] for sender in range(senders)]
        for accepted, failed in pool.map(send, range(senders), shares):
            sent += accepted
            errors += failed
        accepted_at = time.perf_counter()
        listener.wait_for_answers({message.conversation_id for message in sent})
    return Sendings(sent, errors, listener, began, accepted_at)


def measure(
    port: int, db: Db, texts: list[str], *, senders: int, one_by_one: bool = False
) -> dict[str, Any]:
    """Return the metrics of `send_all`."""
    sendings = send_all(port, texts, senders=senders, one_by_one=one_by_one)
    sent, listener = sendings.sent, sendings.listener
    stored = stored_of(db, [message.conversation_id for message in sent])
    events = [
        listener.tickets[message.conversation_id] - message.at
        for message in sent
        if message.conversation_id in listener.tickets
    ]
    if not events:
        raise ServerFailed(
            f"no ticket came of {len(sent)} messages accepted: {sendings.errors[:1]}"
        )
    answered_at = max(listener.answers.values())
    return {
        "messages": len(texts),
        "senders": senders,
        "oneByOne": one_by_one,
        "errors": sendings.errors,
        "acceptedPerSecond": round(len(sent) / (sendings.accepted_at - sendings.began), 1),
        "answeredPerSecond": round(len(sent) / (answered_at - sendings.began), 1),
        "acceptMs": spread([message.accepted_at - message.at for message in sent]),
        "ticketEventMs": spread(events),
        **stored,
        "ticketEventsMissed": stored["tickets"] - len(events),
    }


def _send(
    port: int, listener: Listener | None, sender: int, bodies: list[dict[str, str]]
) -> tuple[list[Sent], list[str]]:
    """Send from one address, which may send 600 messages a minute."""
    client = Client(port, source=f"127.0.0.{2 + sender}")
    sent: list[Sent] = []
    errors: list[str] = []
    for body in bodies:
        at = time.perf_counter()
        try:
            answer = client.send("POST", "/channels/web/messages", body)
        except (RequestFailed, OSError) as error:
            errors.append(str(error))
            continue
        accepted_at = time.perf_counter()
        conversation_id = json.loads(answer)["conversationId"]
        sent.append(Sent(conversation_id, at, accepted_at))
        if listener:
            listener.wait_for_answers({conversation_id})
            client.close()  # idle connections end after 2 s; the next message opens one
    client.close()
    return sent, errors


def stored_of(db: Db, conversations: list[str]) -> dict[str, int]:
    """Count the stored answers of the accepted messages: each should have one."""
    answers = dict.fromkeys(conversations, 0)
    from_assistant = {"author.type": "assistant", "conversationId": {"$in": conversations}}
    for message in db["messages"].find(from_assistant, {"conversationId": True}):
        answers[message["conversationId"]] += 1
    return {
        "unanswered": sum(count == 0 for count in answers.values()),
        "duplicates": sum(count - 1 for count in answers.values() if count > 1),
        "tickets": db["tickets"].count_documents({"conversationId": {"$in": conversations}}),
    }
