"""Whole conversations that aimock plays (`scripts.json`): a server of other hands than llmock's, so
that what one of them gets wrong of the Responses API does not pass for right.

It answers by what the request says, and refuses what no script foresees.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from backend.assistant.models.openai import OpenAIModel
from backend.launcher.parent_death import with_parent_death_signal
from backend.services import Services
from backend.settings import Settings
from tests.assistant.chat import Chat
from tests.desk import wait_for
from tests.run.conftest import ROOT

SCRIPTS = Path(__file__).with_name("scripts.json")
AIMOCK = ROOT / "node_modules/@copilotkit/aimock/dist/cli.js"


class Aimock:
    """`with Aimock(output) as aimock:` plays the scripts at `aimock.url` until the block ends."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self.url = ""

    def __enter__(self) -> Self:
        options = ["--port", "0", "--strict", "--validate-on-load", "--fixtures", str(SCRIPTS)]
        with self._output.open("w") as output:
            self._process = subprocess.Popen(
                with_parent_death_signal(["node", str(AIMOCK), *options], signal.SIGKILL),
                stdout=output,
                stderr=output,
            )
        self.url = wait_for(self._announced, 30)
        return self

    def _announced(self) -> str | None:
        said = self._output.read_text()
        assert self._process.poll() is None, said
        found = re.search(r"listening on (http://\S+)", said)
        return found[1] if found else None

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait()

    def forget(self) -> None:
        httpx.post(f"{self.url}/__aimock/reset/journal").raise_for_status()

    @property
    def requests(self) -> list[Any]:
        """The requests as aimock read them: in the form of chat messages."""
        return [entry["body"] for entry in httpx.get(f"{self.url}/__aimock/journal").json()]


@pytest.fixture(scope="module")
def aimock_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aimock]:
    with Aimock(tmp_path_factory.mktemp("aimock") / "output") as aimock:
        yield aimock


@pytest.fixture
def aimock(
    aimock_server: Aimock,
    model_services: Services,
    model_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Aimock]:
    """It is the assistant's provider for this test."""
    model = OpenAIModel("a key", f"{aimock_server.url}/v1", model_settings.openai_model)
    monkeypatch.setattr(model_services.assistant, "model", model)
    aimock_server.forget()
    yield aimock_server
    model._client.close()  # noqa: SLF001  # in the product it lives as long as the process


def tools_answered(request: Any) -> list[Any]:
    """The tools' results in a request, each of which must answer the call in the same place."""
    messages = request["messages"]
    calls = [call["id"] for message in messages for call in message.get("tool_calls") or []]
    answers = [message for message in messages if message["role"] == "tool"]
    assert [answer["tool_call_id"] for answer in answers] == calls
    return [json.loads(answer["content"]) for answer in answers]


def test_a_conversation_from_a_report_to_a_person(
    aimock: Aimock, chat: Chat, model_services: Services
) -> None:
    assert chat.ask("No me ha llegado la factura de octubre")["text"] == "He abierto su ticket."
    assert chat.ask("¿Cómo va?")["text"] == "Sigue abierto."
    assert chat.ask("Quiero una persona")["text"] == "Le paso con una persona."
    (ticket,) = chat.tickets()
    assert (ticket["subject"], ticket["priority"]) == ("No llega la factura", "high")
    conversation = chat.conversation()
    assert (conversation["mode"], conversation["unanswered"]) == ("human", True)
    assert "Lo pide" in conversation["flagged"]["reason"]

    requests = aimock.requests
    assert [len(tools_answered(request)) for request in requests] == [0, 1, 0, 1, 0, 1]
    for request in requests:
        assert request["messages"][0]["role"] == "system"
        assert len(request["tools"]) == 6
    # The next turn repeats the messages, but not the tool calls.
    said = [message["content"] for message in requests[4]["messages"][1:]]
    assert [text.removeprefix("<customer_message>\n").split("\n")[0] for text in said] == [
        *("No me ha llegado la factura de octubre", "He abierto su ticket."),
        *("¿Cómo va?", "Sigue abierto.", "Quiero una persona"),
    ]
    # The model's reasoning is kept for as long as its turn lasts.
    kept = {"conversationId": chat.conversation_id, "items.type": "reasoning"}
    reasoning = [run["items"][0] for run in model_services.db["assistant_runs"].find(kept)]
    assert all(item["encrypted_content"] for item in reasoning)
    assert len(reasoning) == 3


def test_several_calls_after_some_words(aimock: Aimock, chat: Chat) -> None:
    reply = chat.ask("Dos cosas: falta una factura, y tardan mucho")
    assert reply["text"] == "He abierto dos tickets."
    billing, complaint, recent = tools_answered(aimock.requests[1])
    assert [row["ticketId"] for row in chat.tickets()] == [
        *(complaint["ticketId"], billing["ticketId"])
    ]
    assert {ticket["ticketId"] for ticket in recent["tickets"]} == {
        *(billing["ticketId"], complaint["ticketId"])
    }


def test_a_model_corrects_refused_arguments(aimock: Aimock, chat: Chat) -> None:
    assert chat.ask("Paso a paso")["text"] == "Por fin."
    missing, refused, made = tools_answered(aimock.requests[-1])
    assert (missing["code"], refused["code"]) == ("not_found", "bad_arguments")
    assert [row["ticketId"] for row in chat.tickets()] == [made["ticketId"]]


def test_an_endless_loop_of_tools_is_ended(aimock: Aimock, chat: Chat) -> None:
    assert chat.ask("Sin fin")["text"].startswith("Disculpe")
    assert len(aimock.requests) == 9
    assert len(tools_answered(aimock.requests[-1])) == 8


def test_an_incomplete_answer_is_a_failure(aimock: Aimock, chat: Chat) -> None:
    assert chat.ask("Muy largo")["text"].startswith("Disculpe")
    assert "incomplete" in chat.conversation()["flagged"]["reason"]
    assert len(aimock.requests) == 1
