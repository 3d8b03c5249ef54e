"""When the model fails, the customer gets an apology and the conversation is flagged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backend.assistant.models.openai import OpenAIModel
from backend.services import Services
from backend.settings import Settings
from tests.assistant.chat import Chat
from tests.assistant.provider import TEXT, Provider, function_call, message
from tests.assistant.test_assistant import REPORT

SORRY_ES = "Disculpe, ahora mismo no puedo responderle."
SORRY_EN = "I am sorry, I cannot answer right now."

REFUSAL = {"type": "refusal", "refusal": "I cannot help with that."}

FAULTS: dict[str, tuple[Callable[[Provider], Any], str]] = {
    # what: (how, what the flag's reason says)
    "500": (lambda p: p.fail(500, times=None, retry_after=0.01), "500"),
    "401": (lambda p: p.fail(401, times=None), "401"),
    "429": (lambda p: p.rate_limit(times=None, retry_after=0.01), "429"),
    "too long": (lambda p: p.context_overflow(times=None), "400"),
    "cut off": (lambda p: p.cuts(3), "could not be reached"),
    "not JSON": (lambda p: p.sends("<html>maintenance</html>"), "could not be read"),
    "another JSON": (lambda p: p.sends('{"error": null}'), "could not be read"),
    "no output": (lambda p: p.answers(), "empty"),
    "output of null": (lambda p: p.sends('{"status": "completed", "output": null}'), "read"),
    "no text": (lambda p: p.says("  \n "), "empty"),
    "refused": (lambda p: p.answers(message(REFUSAL)), "refused"),
    "half refused": (lambda p: p.answers(message(TEXT, REFUSAL)), "refused"),
    "incomplete": (
        lambda p: p.answers(
            message(TEXT),
            status="incomplete",
            incomplete_details={"reason": "max_output_tokens"},
        ),
        "incomplete (max_output_tokens)",
    ),
    "filtered": (
        lambda p: p.answers(status="incomplete", incomplete_details={"reason": "content_filter"}),
        "incomplete (content_filter)",
    ),
    "half a call": (
        lambda p: p.answers(
            function_call("create_ticket_report", '{"subject": "No'), status="incomplete"
        ),
        "incomplete",
    ),
    "endless": (lambda p: p.answers(message(TEXT | {"text": "x" * 300_000})), "too long"),
    "too many calls": (
        lambda p: p.answers(
            *(function_call("get_ticket_information", "{}", f"call_{n}") for n in range(21))
        ),
        "21 tool calls at once",
    ),
    "failed": (lambda p: p.answers(status="failed"), "failed"),
    "not storable": (
        lambda p: p.answers(message(TEXT | {"text": "\ud83d"})),
        "could not be read",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_model_loses_nothing(chat: Chat, provider: Provider, fault: str) -> None:
    script, reason = FAULTS[fault]
    script(provider)
    accepted = chat.says("No puedo entrar en mi cuenta")
    reply = chat.reply_to(accepted)
    assert reply["text"].startswith(SORRY_ES)
    assert reply["toolCalls"] == []
    conversation = chat.conversation()
    assert reason in conversation["flagged"]["reason"]
    assert conversation["unanswered"] is True
    assert conversation["mode"] == "assistant"
    asked, answered = chat.transcript()
    assert asked["messageId"] == accepted["messageId"]
    assert asked["text"] == "No puedo entrar en mi cuenta"
    assert answered == reply
    # It stands out in the list of conversations and under each filter.
    for query in ({"flagged": "true"}, {"unanswered": "true"}, {}):
        found = chat.desk.ana.get("/conversations", **query).json["data"]
        assert found[0]["conversationId"] == chat.conversation_id


def test_the_sentence_is_in_the_customers_language(chat: Chat, provider: Provider) -> None:
    provider.fail(401, times=None)
    assert chat.ask("I cannot log in to my account")["text"].startswith(SORRY_EN)
    # Where the message does not tell, it is the one of those before.
    assert chat.ask("TICKET-2026-000123 👍")["text"].startswith(SORRY_EN)
    assert chat.ask("Hola, ¿hay alguien?")["text"].startswith(SORRY_ES)
    assert chat.ask("ok")["text"].startswith(SORRY_ES)


def test_a_brief_failure_goes_unnoticed(chat: Chat, provider: Provider) -> None:
    provider.fail(500, retry_after=0.01)
    provider.rate_limit(retry_after=0.01)
    provider.says("Aquí estoy.")
    assert chat.ask("Hola")["text"] == "Aquí estoy."
    assert chat.conversation()["flagged"] is None
    provider.assert_resilient()


@pytest.mark.parametrize("how", ["silent", "a byte at a time"])
def test_no_answer_is_waited_for_forever(
    chat: Chat,
    provider: Provider,
    how: str,
    model_services: Services,
    model_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hasty = OpenAIModel("key", model_settings.openai_base_url, "test", timeout=0.1)
    monkeypatch.setattr(model_services.assistant, "model", hasty)
    if how == "silent":
        provider.holds(times=3)
    else:
        provider.drips(times=3)
    reply = chat.ask("Hola, ¿hay alguien?")
    assert reply["text"].startswith(SORRY_ES)
    assert "no answer within" in chat.conversation()["flagged"]["reason"]


def test_tool_calls_before_a_failure_stay_and_are_shown(chat: Chat, provider: Provider) -> None:
    provider.calls(("create_ticket_report", REPORT))
    provider.cuts(3, after=1)
    reply = chat.ask("No llega la factura")
    assert reply["text"].startswith(SORRY_ES)
    (ticket,) = chat.tickets()
    assert reply["toolCalls"][0]["result"]["ticketId"] == ticket["ticketId"]


def test_the_next_message_is_answered_again(chat: Chat, provider: Provider) -> None:
    provider.fail(401)
    chat.ask("Hola")
    provider.says("Ya estoy de vuelta.")
    assert chat.ask("¿Y ahora?")["text"] == "Ya estoy de vuelta."
    conversation = chat.conversation()
    assert conversation["unanswered"] is False
    assert conversation["flagged"] is not None  # until a person has looked
    chat.take_over()
    chat.hand_back()
    assert chat.conversation()["flagged"] is None
