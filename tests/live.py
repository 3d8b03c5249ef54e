"""A real server (gunicorn and its worker), with people and sockets."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self, cast

import httpx
import pymongo
import socketio
from flask import Flask

from backend.app import SERVICES
from backend.auth.tokens import Tokens
from backend.collections import FEATURES
from backend.common.documents import Db
from backend.launcher.application import GUNICORN
from backend.launcher.parent_death import with_parent_death_signal
from backend.platform.database import connect, prepare
from backend.settings import load_settings
from tests.desk import Desk, Person, wait_for
from tests.run.conftest import ROOT, command_line, descendants, environment, free_port

START_SECONDS = 30


class Installation:
    """A database of its own, with what a desk needs to know of the server that runs on it."""

    url: str

    def __init__(self, **variables: str) -> None:
        settings = load_settings(
            mongodb_uri=variables["MONGODB_URI"],
            mongodb_db=variables["MONGODB_DB"],
            secret_key=variables["SECRET_KEY"],
        )
        self.tokens = Tokens(settings.signing_key)
        self.db: Db = connect(settings)
        prepare(self.db, FEATURES)

    def close(self) -> None:
        with pymongo.timeout(60):  # dropping many indexes takes a while on a busy machine
            self.db.client.drop_database(self.db.name)
        self.db.client.close()


class LiveServer(Installation):
    """gunicorn with the application, on a port and a database of its own."""

    def __init__(self, mode: str, output: Path, **variables: str) -> None:
        super().__init__(**variables)
        self.mode = mode
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._output = output
        self._variables = variables | {"ASYNC_MODE": mode, "DEMO": variables.get("DEMO", "1")}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        command = [*GUNICORN, "--bind", f"127.0.0.1:{self.port}"]
        with self._output.open("a") as output:
            self._process = subprocess.Popen(
                with_parent_death_signal(command, signal.SIGKILL),
                cwd=ROOT,
                env=environment(**self._variables),
                stdout=output,
                stderr=output,
            )
        wait_for(self._is_ready, START_SECONDS)
        return self

    def kill(self) -> None:
        """SIGKILL for the worker and its master, as the kernel does when memory runs out."""
        assert self._process is not None
        pids = [self._process.pid, *descendants(self._process.pid)]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self._process.wait()
        wait_for(lambda: not any(map(command_line, pids)))

    def stop(self) -> None:
        """Stop it, and check that its log has no errors."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(10)
        self.close()
        # A thread of engineio's may find its socket closed by the client a moment before it closes
        # it itself, and says so with a traceback: what counts is any that passes through our code.
        assert f'File "{ROOT / "backend"}' not in self.output, self.output

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def output(self) -> str:
        return self._output.read_text()

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.output
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=10).status_code == 200
        except httpx.TransportError:
            return False


@dataclass(frozen=True)
class Reply:
    """An answer with the names of werkzeug's TestResponse, which the desk reads."""

    status_code: int
    headers: httpx.Headers
    text: str
    json: Any


class _RemoteApp:
    """As much of a Flask application as the desk uses; its requests go over the wire."""

    def __init__(self, server: Installation) -> None:
        self.extensions = {SERVICES: SimpleNamespace(tokens=server.tokens)}
        # A fresh connection each: one that was kept may close just as the next request goes out.
        fresh = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.Client(base_url=server.url, timeout=30, limits=fresh)

    def test_client(self, **_options: bool) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """The connections stay open for the next request."""

    def open(self, path: str, query_string: Any = None, **request: Any) -> Reply:
        if isinstance(request.get("data"), bytes):  # a body as it is, which httpx calls content
            request["content"] = request.pop("data")
        answer = self._http.request(url=path, params=query_string, **request)
        is_json = "json" in answer.headers.get("Content-Type", "")
        body = answer.json() if is_json else None
        return Reply(answer.status_code, answer.headers, answer.text, body)

    def close(self) -> None:
        self._http.close()


class Refused(Exception):
    """The server refused the client; the message is the server's."""


class Listener:
    """A real Socket.IO client that records all events in order."""

    def __init__(
        self, url: str, token: object, transports: tuple[str, ...] = ("websocket",)
    ) -> None:
        self._heard: list[tuple[str, Any]] = []
        self._gone = threading.Event()
        self.client = socketio.Client(reconnection=False, handle_sigint=False)
        self.client.on("*", lambda name, data: self._heard.append((name, data)))
        self.client.on("disconnect", lambda _reason: self._gone.set())
        refusals: list[Any] = []
        self.client.on("connect_error", refusals.append)
        auth = {"token": token} if token is not None else None
        try:
            self.client.connect(url, auth=auth, transports=list(transports), wait_timeout=10)
        except socketio.exceptions.ConnectionError as error:
            raise Refused(*refusals) from error

    @property
    def is_connected(self) -> bool:
        return not self._gone.is_set()

    def heard(self, *names: str, **matching: Any) -> list[Any]:
        """The payloads of these events (of all without names) that have these values."""
        return [data for name, data in self._matching(matching) if not names or name in names]

    def names(self, **matching: Any) -> list[str]:
        """The names of the events that have these values, in order."""
        return [name for name, _ in self._matching(matching)]

    def forget(self) -> None:
        self._heard.clear()

    def _matching(self, values: dict[str, Any]) -> list[tuple[str, Any]]:
        return [
            (name, data)
            for name, data in list(self._heard)
            if all(data.get(key) == value for key, value in values.items())
        ]

    def wait_for(self, *names: str, **matching: Any) -> Any:
        return wait_for(lambda: self.heard(*names, **matching))[0]

    def lost_within(self, seconds: float) -> bool:
        return self._gone.wait(seconds)

    def close(self) -> None:
        self.client.disconnect()


class LiveDesk(Desk):
    """People at a live server, who can listen."""

    def __init__(self, server: Installation, password_hash: str) -> None:
        self.server = server
        self._remote = _RemoteApp(server)
        self._listeners: list[Listener] = []
        super().__init__(cast(Flask, self._remote), server.db, password_hash)
        self._bell = self.visitor()
        self._bell_modes = cycle(["human", "assistant"])

    def listen(self, who: object, **options: Any) -> Listener:
        """Connect with a person's token, or with this one."""
        token = who.token if isinstance(who, Person) else who
        listener = Listener(self.server.url, token, **options)
        self._listeners.append(listener)
        return listener

    def settle(self, *agents: Listener) -> None:
        """Return when these agents have received all earlier events.

        A process sends in order, so one event that everybody hears marks the end of the rest.
        """
        bell = self._bell.conversation_id
        answer = self.supervisor.put(
            f"/conversations/{bell}/mode", {"mode": (mode := next(self._bell_modes))}
        )
        assert answer.json["mode"] == mode

        def all_have_heard() -> bool:
            rung = [agent.heard("conversation_updated", conversationId=bell) for agent in agents]
            return all(heard and heard[-1]["conversation"]["mode"] == mode for heard in rung)

        wait_for(all_have_heard)

    def visitor(self, **identity: str) -> Visitor:
        answer = self.nobody.post("/channels/web/sessions", identity)
        assert answer.status_code == 201, answer.text
        return Visitor(self.app, answer.json["visitorToken"], answer.json["conversationId"])

    def close(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._remote.close()


class Visitor(Person):
    """A visitor of the web chat."""

    def __init__(self, app: Flask, token: str, conversation_id: str) -> None:
        super().__init__(app, token)
        self.conversation_id = conversation_id

    def says(self, text: str, **more: str) -> Any:
        answer = self.post("/channels/web/messages", {"text": text} | more)
        assert answer.status_code == 202, answer.text
        return answer.json

    def messages(self) -> list[Any]:
        found: list[Any] = self.get("/channels/web/messages", limit=100).json["data"]
        return found


@contextmanager
def served(mode: str, output: Path, **variables: str) -> Iterator[LiveServer]:
    """Serve an installation with one of gunicorn's workers for the block."""
    live = LiveServer(mode, output, **variables)
    live.start()
    yield live
    live.stop()
