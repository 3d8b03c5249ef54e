"""Stand-ins for the model's provider and for WhatsApp's API."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, Self

from tests.migrations.whatsapp import message_id

_numbers = count(1)


class Providers:
    """Answers by the words of a message, so that its author decides what happens.

    The model opens a ticket for "factura", asks for a person for "persona", opens a ticket and then
    never answers for "caldera", and never answers for "horario". WhatsApp is unavailable for texts
    with "mañana" and refuses those with "promoción", unless it `takes_everything`.
    """

    def __init__(self, *, takes_everything: bool = False) -> None:
        self.sent: list[tuple[str, str]] = []  # addresses and texts that WhatsApp took, in order
        self._takes_everything = takes_everything
        self._ended = threading.Event()
        providers = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                providers.answer(self)

            def log_message(self, *_args: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        status, content = (
            self._respond(body["input"])
            if request.path.endswith("/responses")
            else self._send(body.get("to") or body["recipient"], body["text"]["body"])
        )
        if content is None:
            request.close_connection = True
            return
        payload = json.dumps(content).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(payload)))
        request.end_headers()
        request.wfile.write(payload)

    def _respond(self, items: list[Any]) -> tuple[int, Any]:
        messages = [json.dumps(item, ensure_ascii=False) for item in items if "role" in item]
        asked = messages[-1]
        has_called = items[-1].get("type") == "function_call_output"
        if "horario" in asked or ("caldera" in asked and has_called):
            self._ended.wait()
            return 503, None
        if not has_called and ("caldera" in asked or "factura" in asked):
            return 200, _call(
                "create_ticket_report",
                subject="Aviso del cliente",
                description="El cliente lo cuenta en la conversación.",
                category="billing" if "factura" in asked else "technical_support",
                priority="high",
                location=None,
            )
        if not has_called and "persona" in asked:
            return 200, _call("request_human", reason="Quiere hablar con alguien")
        text = "Gracias por escribirnos. Lo hemos anotado."
        content = [{"type": "output_text", "text": text, "annotations": []}]
        return 200, _output({"type": "message", "role": "assistant", "content": content})

    def _send(self, address: str, text: str) -> tuple[int, Any]:
        if "mañana" in text and not self._takes_everything:
            return 503, {}
        if "promoción" in text and not self._takes_everything:
            return 400, {"error": {"code": 131047, "message": "Re-engagement message"}}
        self.sent.append((address, text))
        return 200, {"messages": [{"id": message_id(address, text)}]}


def _call(name: str, **arguments: Any) -> Any:
    return _output(
        {
            "type": "function_call",
            "call_id": f"call_{next(_numbers)}",
            "name": name,
            "arguments": json.dumps(arguments, ensure_ascii=False),
        }
    )


def _output(item: Any) -> Any:
    number = next(_numbers)
    return {
        "id": f"resp_{number}",
        "object": "response",
        "status": "completed",
        "output": [item | {"id": f"item_{number}", "status": "completed"}],
    }
