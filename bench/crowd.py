"""Connected agents, in a separate process.

This module implements Engine.IO and Socket.IO itself. Incoming data only gets a time stamp and is
parsed on request, because a thousand full clients would use more of the machine than the server
under test. Compression is offered, as browsers do.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, Self, cast

from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from backend.agents.models import Session, new_account
from backend.agents.repository import AgentRepository
from backend.auth.tokens import Tokens
from backend.common.actor import Role
from backend.common.documents import Db, new_id, utcnow
from bench.server import ServerFailed

AT_ONCE = 20  # handshakes
CONNECT_SECONDS = 120
# The server pings every 25 s and waits 20 s for the pong, which is sent with the next question.
ASK_EVERY = 10.0  # seconds
SUPERVISORS = 0.1  # of all; the others are agents

# When each copy of one event arrived, in seconds since the epoch, by its text.
Heard = dict[str, list[float]]


def hire(db: Db, tokens: Tokens, count: int) -> list[str]:
    """Create agents and return their access tokens; not by logins, which are limited by address."""
    agents = AgentRepository(db)
    made = []
    for number in range(count):
        role = Role.SUPERVISOR if number < count * SUPERVISORS else Role.AGENT
        email = f"{new_id()}@bench.test"
        agent = new_account(f"Agente {number}", email, role, "no password fits")
        agents.insert(agent)
        session_id = new_id()
        session: Session = {
            "id": session_id,
            "hash": "",
            "createdAt": utcnow(),
            "expiresAt": utcnow(),
        }
        agents.add_session(agent["_id"], session, agent["passwordHash"])
        made.append(tokens.issue_access(agent["_id"], session_id))
    return made


class Crowd:
    """Connects the owner of each token: `with Crowd(port, tokens) as crowd:`."""

    def __init__(self, port: int, tokens: Sequence[str]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_work, args=(port, tokens, other), daemon=True)

    def __enter__(self) -> Self:
        began = time.perf_counter()
        self._process.start()
        self._answer(CONNECT_SECONDS)
        self.seconds_to_connect = time.perf_counter() - began
        return self

    def __exit__(self, *exc: object) -> None:
        self._pipe.close()  # the process ends with the pipe
        self._process.join(5)
        self._process.kill()

    def heard(self) -> Heard:
        """Return the ticket events since the last call. Call it every ASK_EVERY seconds."""
        return cast(Heard, self._ask("heard"))

    def swap(self, count: int) -> None:
        """Disconnect and reconnect `count` agents."""
        self._ask("swap", count)

    def _ask(self, *question: object) -> object:
        self._pipe.send(question)
        return self._answer(30)

    def _answer(self, seconds: float) -> object:
        if not self._pipe.poll(seconds):
            raise ServerFailed(f"the agents' sockets got no answer within {seconds} s")
        try:
            return self._pipe.recv()
        except EOFError:
            raise ServerFailed("the server refused or closed agents' sockets") from None


class _Client(asyncio.Protocol):
    """One WebSocket."""

    def __init__(self, url: str, token: str) -> None:
        self.joined = asyncio.get_running_loop().create_future()
        self.heard: list[tuple[float, str]] = []
        self._token = token
        self._waiting: list[tuple[float, bytes]] = []
        deflate = ClientPerMessageDeflateFactory(client_max_window_bits=True)
        self._protocol = ClientProtocol(parse_uri(url), extensions=[deflate])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._protocol.send_request(self._protocol.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._waiting.append((time.time(), data))
        if not self.joined.done():
            self.catch_up()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.joined.done():
            self.joined.set_exception(ConnectionError("the server refused a connection"))

    def catch_up(self) -> None:
        """Parse the received data, and answer pings."""
        waiting, self._waiting = self._waiting, []
        for at, data in waiting:
            self._protocol.receive_data(data)
            for event in self._protocol.events_received():
                if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                    self._read(at, bytes(event.data).decode())
        self._flush()

    def close(self) -> None:
        self._transport.abort()

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    def _read(self, at: float, text: str) -> None:
        if text.startswith("0"):  # Engine.IO is open: join Socket.IO
            self._protocol.send_text(f'40{{"token":"{self._token}"}}'.encode())
        elif text.startswith("40"):
            self.joined.set_result(None)
        elif text == "2":
            self._protocol.send_text(b"3")
        elif text.startswith('42["ticket_'):
            self.heard.append((at, text))

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            self._transport.write(data)


def _work(port: int, tokens: Sequence[str], pipe: Connection) -> None:
    asyncio.run(_Crowd(port, tokens).serve(pipe))


class _Crowd:
    def __init__(self, port: int, tokens: Sequence[str]) -> None:
        self._port = port
        self._tokens = tokens
        self._clients: deque[tuple[str, _Client]] = deque()

    async def serve(self, pipe: Connection) -> None:
        await self._connect(self._tokens)
        pipe.send(None)
        answers: dict[str, Callable[..., Awaitable[Any]]] = {
            "heard": self._hear,
            "swap": self._swap,
        }
        while True:
            try:
                name, *arguments = await asyncio.to_thread(pipe.recv)
            except (EOFError, OSError):
                return
            pipe.send(await answers[name](*arguments))

    async def _hear(self) -> Heard:
        heard: Heard = {}
        for _, client in self._clients:
            client.catch_up()
            if not client.is_open:
                raise ConnectionError("the server closed a connection")
            for at, text in client.heard:
                heard.setdefault(text, []).append(at)
            client.heard.clear()
        return heard

    async def _swap(self, count: int) -> None:
        left = [self._clients.popleft() for _ in range(count)]
        for _, client in left:
            client.close()
        await self._connect([token for token, _ in left])

    async def _connect(self, tokens: Sequence[str]) -> None:
        turns = asyncio.Semaphore(AT_ONCE)
        url = f"ws://127.0.0.1:{self._port}/socket.io/?EIO=4&transport=websocket"

        async def connect(token: str) -> None:
            async with turns:
                _, client = await asyncio.get_running_loop().create_connection(
                    lambda: _Client(url, token), "127.0.0.1", self._port
                )
                await client.joined
            self._clients.append((token, client))

        await asyncio.gather(*map(connect, tokens))
