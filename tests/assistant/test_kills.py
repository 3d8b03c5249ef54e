"""Processes killed with SIGKILL between each pair of steps of a turn: afterwards every message is
answered once, and has one ticket.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import pymongo
import pytest

from backend.common.documents import Document, utcnow
from tests.assistant.chat import Chat
from tests.assistant.provider import TEXT, function_call, message
from tests.conftest import SECRET_KEY
from tests.failable import FailableMongo, held_back, let_go
from tests.live import LiveDesk, LiveServer, Visitor

SLOWLY = 60.0  # seconds


class Held:
    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.released = threading.Event()


class Reporter(ThreadingHTTPServer):
    """A model that first opens a ticket, in other words each time, and then says so.

    It goes by the conversation alone, in whatever order the conversations come.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.held: dict[str, Held] = defaultdict(Held)  # by "<customer's words> <first|second>"
        self.wording = count(1)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Answer(BaseHTTPRequestHandler):
    server: Reporter

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = [item["content"] for item in body["input"] if item.get("role") == "user"][-1]
        words = asked.split("\n")[1]
        done = any(item.get("type") == "function_call_output" for item in body["input"])
        held = self.server.held.get(f"{words} {'second' if done else 'first'}")
        if held is not None:
            held.arrived.set()
            held.released.wait(SLOWLY)
        self._send(message(TEXT) if done else self._report(words))

    def _report(self, words: str) -> Document:
        number = next(self.server.wording)
        report = {
            "subject": f"{words}, {number}",
            "description": f"{words} en otras palabras: {number}",
            "category": "billing",
            "priority": None,
            "location": None,
        }
        return function_call("create_ticket_report", json.dumps(report), f"call_{number}")

    def _send(self, item: Document) -> None:
        answer = json.dumps({"id": "resp_1", "status": "completed", "output": [item]}).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        except OSError:
            """Whoever asked was killed."""

    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FailableMongo]:
    with FailableMongo(tmp_path_factory.mktemp("failable")) as mongo:
        yield mongo


@pytest.fixture(scope="module")
def model() -> Iterator[Reporter]:
    with Reporter() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def server(mongo: FailableMongo, model: Reporter, tmp_path: Path) -> Iterator[LiveServer]:
    server = live(mongo, model, tmp_path / "output").start()
    yield server
    server.stop()


def live(mongo: FailableMongo, model: Reporter, output: Path) -> LiveServer:
    return LiveServer(
        "eventlet",
        output,
        MONGODB_URI=mongo.uri,
        MONGODB_DB="live_kills",
        SECRET_KEY=SECRET_KEY,
        OPENAI_API_KEY="a key",
        OPENAI_BASE_URL=model.url,
    )


@contextmanager
def asked(model: Reporter, which: str) -> Iterator[None]:
    """Within the block, this question reaches the model, and waits there."""
    held = model.held[which]
    yield
    assert held.arrived.wait(9)
    held.released.set()
    del model.held[which]


def set_leases(server: LiveServer, until: Any) -> None:
    """Waits for conversations that a transaction cut off still holds."""
    with pymongo.timeout(20):
        server.db["conversations"].update_many(
            {"run": {"$ne": None}}, {"$set": {"run.leaseUntil": until}}
        )


# What the customer wrote says where the process was killed. The last one leaves no lease behind,
# and would be answered by the next process at once.
STEPS: dict[str, Any] = {
    "claimed, not asked": lambda _, model: asked(model, "claimed, not asked first"),
    "made, not recorded": lambda server, _: held_back(server, "update", "assistant_runs", 0),
    "recorded, not asked again": lambda _, model: asked(model, "recorded, not asked again second"),
    "answered, not stored": lambda server, _: held_back(server, "insert", "messages", 1),
    "stored, not noted": lambda server, _: held_back(server, "update", "assistant_runs", 1),
    "received, not claimed": lambda server, _: held_back(
        server, "findAndModify", "conversations", 1
    ),
}


def test_a_kill_at_any_step_loses_and_doubles_nothing(
    server: LiveServer, model: Reporter, password_hash: str
) -> None:
    desk = LiveDesk(server, password_hash)
    chats = {words: Chat(desk) for words in STEPS}
    accepted = {}
    for words, step in STEPS.items():
        with step(server, model):
            accepted[words] = chats[words].says(words, messageId=words)
        server.kill()
        let_go(server)
        set_leases(server, utcnow() + timedelta(hours=1))
        server.start()
    set_leases(server, utcnow())
    for words, chat in chats.items():
        answer = chat.reply_to(accepted[words], seconds=SLOWLY)
        assert answer["text"] == TEXT["text"]
        # Delivered once more, it is still the same message.
        assert chat.says(words, messageId=words) == accepted[words]
    desk.settle(desk.listen(desk.supervisor))
    for words, chat in chats.items():
        authors = [message["author"]["type"] for message in chat.transcript()]
        assert authors == ["customer", "assistant"], words
        assert len(chat.tickets()) == 1, words
        assert chat.conversation()["unanswered"] is False
    desk.close()


def test_two_processes_answer_once_although_one_is_killed(
    mongo: FailableMongo,
    model: Reporter,
    server: LiveServer,
    tmp_path: Path,
    password_hash: str,
) -> None:
    other = live(mongo, model, tmp_path / "other").start()
    desk, other_desk = LiveDesk(server, password_hash), LiveDesk(other, password_hash)
    chats = {f"cliente {number}": Chat(desk) for number in range(6)}
    doors = [
        (visitor, words)
        for words, chat in chats.items()
        for visitor in (chat, Visitor(other_desk.app, chat.token or "", chat.conversation_id))
    ]
    with ThreadPoolExecutor(len(doors)) as pool:
        accepted = dict(
            pool.map(lambda door: (door[1], door[0].says(door[1], messageId=door[1])), doors)
        )
    other.kill()
    for words, chat in chats.items():
        chat.reply_to(accepted[words], seconds=SLOWLY)
    desk.settle(desk.listen(desk.supervisor))
    for words, chat in chats.items():
        authors = [message["author"]["type"] for message in chat.transcript()]
        assert authors == ["customer", "assistant"], words
        assert len(chat.tickets()) == 1, words
    other_desk.close()
    other.db.client.close()
    desk.close()
