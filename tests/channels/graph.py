"""A fake of Meta's Graph API over HTTP: it accepts messages in the wire format, refuses what the
real one would refuse, and fails in the ways that a test asks for.
"""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, Self

ACCESS_TOKEN = "an-access-token"
PHONE_NUMBER_ID = "106540352242922"
PATH = f"/v25.0/{PHONE_NUMBER_ID}/messages"

_numbers = count(1)


@dataclass
class Answer:
    """What the next request gets instead of success."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    held: threading.Event | None = None  # answered when it is set
    cut: bool = False  # the connection breaks without an answer


def error(code: int, message: str = "(#%d) An error of the API", status: int = 400) -> Answer:
    """In Meta's form: https://developers.facebook.com/docs/graph-api/guides/error-handling"""
    said = message % code if "%d" in message else message
    body = {"error": {"message": said, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}}
    return Answer(status, body)


class Graph:
    """`received` are the messages that it accepted or was asked to fail, in order."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.wrong: list[str] = []  # requests that the real API would not understand
        self.answers: deque[Answer] = deque()
        graph = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                graph.answer(self)

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_args: object) -> None:
                """Ignore broken connections: the tests kill clients."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v25.0"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.fresh()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fresh(self) -> Self:
        for answer in self.answers:
            if answer.held:
                answer.held.set()
        self.answers.clear()
        self.received.clear()
        self.wrong.clear()
        return self

    def then(self, *answers: Answer) -> Self:
        """The next requests get these, in order; those after them succeed."""
        self.answers.extend(answers)
        return self

    def holds(self, **answer: Any) -> threading.Event:
        """The next request is answered once the event is set."""
        held = threading.Event()
        self.then(Answer(held=held, **answer))
        return held

    @property
    def texts(self) -> list[str]:
        return [message["text"]["body"] for message in self.received]

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        message = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        problem = _problem(request, message)
        if problem:
            self.wrong.append(problem)
        planned = self.answers.popleft() if self.answers else Answer()
        self.received.append(message)
        if planned.held:
            planned.held.wait(60)
        if planned.cut:
            request.close_connection = True
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        body = planned.body or {
            "messaging_product": "whatsapp",
            "contacts": [{"input": message.get("to"), "wa_id": message.get("to")}],
            "messages": [{"id": f"wamid.sent{next(_numbers)}"}],
        }
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.send_response(400 if problem else planned.status)
        for name, value in planned.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(sent)))
        request.end_headers()
        request.wfile.write(sent)


def _problem(request: BaseHTTPRequestHandler, message: Any) -> str | None:
    if request.path != PATH:
        return f"the path {request.path}"
    if request.headers["Authorization"] != f"Bearer {ACCESS_TOKEN}":
        return "the access token"
    fixed = {"messaging_product": "whatsapp", "recipient_type": "individual", "type": "text"}
    if any(message.get(name) != value for name, value in fixed.items()):
        return f"the fields of {message}"
    if ("to" in message) == ("recipient" in message):
        return "one of to and recipient"
    body = message["text"]["body"]
    return None if 0 < len(body) <= 4096 else f"{len(body)} characters"
