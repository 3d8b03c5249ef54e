"""The model's provider: llmock, an independent server that speaks OpenAI's wire format, and what it
cannot script by itself: answers held back, cut off in the middle, or of the test's own making.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from typing import Any, Self

from llmock.pytest_plugin import LLMock
from llmock.scenarios import Reply, ToolCall
from llmock.testing import LLMockServer

from backend.common.documents import Document


class Held:
    """A request that waits for its answer."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self._released = threading.Event()

    def release(self) -> None:
        self._released.set()

    async def play(self, _send: Any) -> bool:
        self.arrived.set()
        while not self._released.is_set():
            await asyncio.sleep(0.005)
        return False


class Cut:
    """The connection breaks in the middle of the answer."""

    async def play(self, send: Any) -> bool:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"id":', "more_body": True})
        return True


class Raw:
    """A response with a given body, status and headers."""

    def __init__(self, body: str, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._body = body.encode()
        self._status = status
        self._headers = {"content-type": "application/json"} | (headers or {})

    async def play(self, send: Any) -> bool:
        headers = [(name.encode(), value.encode()) for name, value in self._headers.items()]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": self._body})
        return True


class Drip:
    """A body that is sent byte by byte until the client disconnects."""

    async def play(self, send: Any) -> bool:
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for _ in range(1_000):
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0.01)
        return True


Step = Held | Cut | Raw | Drip


class _Stage:
    """In front of llmock: each request takes the next step, if there is one, before or instead."""

    def __init__(self, app: Any, steps: deque[Step | None]) -> None:
        self._app = app
        self._steps = steps

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        # Read first: llmock would not count a request whose sender has died since.
        whole = b""
        while (part := await receive())["type"] == "http.request":
            whole += part.get("body", b"")
            if not part.get("more_body"):
                break
        request = iter([{"type": "http.request", "body": whole}])

        async def replay() -> Any:
            return next(request, None) or await receive()

        step = self._steps.popleft() if self._steps else None
        if step is None or not await step.play(send):
            await self._app(scope, replay, send)


class Provider(LLMock):
    """Scripts are played in order; unscripted requests are answered with some text."""

    def __init__(self, server: LLMockServer) -> None:
        super().__init__(server)
        self._steps: deque[Step | None] = deque()
        self._held: list[Held] = []
        server.app.add_middleware(_Stage, steps=self._steps)

    def fresh(self) -> Self:
        for held in self._held:
            held.release()
        self._held.clear()
        self._steps.clear()
        self.reset()
        self.tool_mode("off")
        return self

    def calls(self, *calls: tuple[str, Document], text: str | None = None, times: int = 1) -> Self:
        """The next answer calls these tools."""
        tool_calls = tuple(ToolCall(name, arguments) for name, arguments in calls)
        self.add(Reply(text=text, tool_calls=tool_calls, times=times))
        return self

    def says(self, text: str) -> Self:
        self.add(Reply(text=text))
        return self

    def holds(self, *, after: int = 0, times: int = 1) -> Held:
        """Requests wait before llmock sees them; the first `after` ones do not."""
        held = Held()
        self._held.append(held)
        self._steps.extend([None] * after + [held] * times)
        return held

    def cuts(self, times: int, *, after: int = 0) -> Self:
        self._steps.extend([None] * after + [Cut()] * times)
        return self

    def sends(self, body: str) -> Self:
        self._steps.append(Raw(body))
        return self

    def refuses(self, status: int, times: int = 1, headers: dict[str, str] | None = None) -> Self:
        self._steps.extend([Raw("{}", status, headers)] * times)
        return self

    def drips(self, times: int = 1) -> Self:
        self._steps.extend([Drip()] * times)
        return self

    def answers(self, *output: Document, status: str = "completed", **fields: Any) -> Self:
        """A response with these output items."""
        response = {
            "id": "resp_1",
            "object": "response",
            "created_at": 1,
            "status": status,
            "model": "test",
            "output": output,
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            **fields,
        }
        return self.sends(json.dumps(response))

    @property
    def bodies(self) -> list[Document]:
        """The bodies of the requests."""
        return [record.body for record in self.requests]


TEXT = {"type": "output_text", "text": "Hola", "annotations": []}


def function_call(name: str, arguments: str, call_id: str = "call_1") -> Document:
    """An output item; `arguments` is text, as on the wire."""
    return {
        "type": "function_call",
        "id": f"fc_{call_id}",
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
        "status": "completed",
    }


def message(*content: Document) -> Document:
    return {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": list(content),
    }
