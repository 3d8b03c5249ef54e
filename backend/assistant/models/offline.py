"""The assistant that answers without a provider: a small deterministic stand-in for demos.

It understands a text by labelled examples that mean the same, and drives the same loop and the
same tools as a model does. What it does not understand it asks about.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from datetime import datetime

from backend.assistant.models import Answer
from backend.assistant.models.offline_decisions import SUBJECT_LENGTH, decide, shorten
from backend.assistant.models.offline_examples import Examples, Intent, shipped_examples
from backend.assistant.phrases import PHRASES, language_of, say, spoken_date
from backend.common.documents import Document, utcnow
from backend.settings import Locale
from backend.tickets.models import Status

QUOTE_LENGTH = 1_500  # of a note or resolution, so that the answer fits a WhatsApp message

# What is said when no tool is called.
_REPLIES = {
    Intent.IDENTITY: "identity",
    Intent.GREETING: "greeting",
    Intent.THANKS: "thanks",
    Intent.GOODBYE: "goodbye",
    Intent.UNCLEAR: "describe_problem",
}


class OfflineModel:
    name = "offline"

    def __init__(
        self,
        default_locale: Locale,
        load_examples: Callable[[], Examples] = shipped_examples,
    ) -> None:
        self._default_locale = default_locale
        self._load_examples = load_examples

    def respond(
        self,
        instructions: str,  # noqa: ARG002  # the examples need neither instructions
        items: list[Document],
        tools: list[Document],  # noqa: ARG002  # nor the tools' schemas
        deadline: float,  # noqa: ARG002  # nor much time
    ) -> Answer:
        text = _standing_text(items)
        locale = language_of([text, *_customers_texts(items)], self._default_locale)
        if outputs := _standing_outputs(items):
            return _say("\n\n".join(_reply_to(_read(output), locale) for output in outputs))
        decision = decide(text, self._load_examples)
        if decision.calls:
            return Answer(output=_call_items(decision.calls), text="")
        return _say(say(_REPLIES[decision.intent], locale))


# --- reading the conversation ---------------------------------------------------------------------


def _standing_text(items: list[Document]) -> str:
    """What the customer wrote since the last answer."""
    texts: list[str] = []
    for item in reversed(items):
        if item.get("role") == "assistant":
            break
        if item.get("role") == "user":
            texts.append(_unwrap(item["content"]))
    return _clean("\n".join(reversed(texts)))


def _customers_texts(items: list[Document]) -> list[str]:
    """All that the customer wrote, the newest first."""
    return [_unwrap(item["content"]) for item in reversed(items) if item.get("role") == "user"]


def _unwrap(content: str) -> str:
    return content.removeprefix("<customer_message>").removesuffix("</customer_message>").strip()


def _standing_outputs(items: list[Document]) -> list[str]:
    """The tools' outputs that nothing was said about yet, in order."""
    outputs: list[str] = []
    for item in reversed(items):
        if item.get("role") in ("user", "assistant"):
            break
        if item.get("type") == "function_call_output":
            outputs.append(item["output"])
    return outputs[::-1]


def _clean(text: str) -> str:
    """Without the characters that a ticket refuses: control, surrogate, bidirectional override."""
    kept = (
        char
        for char in text
        if char in "\n\t"
        or not (unicodedata.category(char) in ("Cc", "Cs") or _is_direction_override(char))
    )
    return "".join(kept).strip()


def _is_direction_override(char: str) -> bool:
    return "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"


def _call_items(calls: list[tuple[str, Document]]) -> list[Document]:
    return [
        {
            "type": "function_call",
            "id": f"fc_offline_{number}",
            "call_id": f"call_offline_{number}",
            "name": name,
            "arguments": json.dumps(arguments, ensure_ascii=False),
            "status": "completed",
        }
        for number, (name, arguments) in enumerate(calls, start=1)
    ]


def _say(text: str) -> Answer:
    message = {
        "type": "message",
        "id": "msg_offline",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }
    return Answer(output=[message], text=text)


# --- answering ------------------------------------------------------------------------------------


def _read(output: str) -> Document:
    try:
        result = json.loads(output)
    except ValueError:
        return {}
    return result if isinstance(result, dict) else {}


def _reply_to(result: Document, locale: Locale) -> str:
    if not result.get("success"):
        return str(result.get("error") or say("tool_failed", locale))
    tickets = result.get("tickets")
    if not tickets:
        return str(result.get("message") or say("no_tickets", locale))
    if len(tickets) == 1:
        return _describe(tickets[0], locale)
    lines = [
        say(
            "recent_line",
            locale,
            ticket_id=ticket["ticketId"],
            subject=shorten(ticket["subject"], SUBJECT_LENGTH),
            status=_status(ticket, locale),
        )
        for ticket in tickets
    ]
    return "\n".join([say("recent_header", locale), *lines])


def _describe(ticket: Document, locale: Locale) -> str:
    """One ticket in words: where it stands, when it will be done, what the team said last."""
    subject = shorten(ticket["subject"], SUBJECT_LENGTH)
    status = _status(ticket, locale)
    parts = [
        say("status_line", locale, ticket_id=ticket["ticketId"], subject=subject, status=status)
    ]
    if due := _due(ticket):
        phrase = "status_due" if due > utcnow() else "status_overdue"
        parts.append(say(phrase, locale, due=spoken_date(due, locale)))
    if resolution := ticket.get("resolution"):
        quote = shorten(resolution, QUOTE_LENGTH)
        parts.append(say("status_resolution", locale, resolution=quote))
    elif notes := [note for note in ticket.get("notes") or [] if note["from"] == "team"]:
        quote = shorten(notes[-1]["content"], QUOTE_LENGTH)
        parts.append(say("status_note", locale, note=quote))
    return " ".join(parts)


def _status(ticket: Document, locale: Locale) -> str:
    phrase = f"status_{ticket['status']}"
    return say(phrase, locale) if phrase in PHRASES else str(ticket["status"])


def _due(ticket: Document) -> datetime | None:
    """When it should be solved, unless it is, or it waits for the customer."""
    status = Status(ticket["status"])
    if not status.is_open or status is Status.PENDING_CUSTOMER or not ticket["estimatedResolution"]:
        return None
    return datetime.fromisoformat(ticket["estimatedResolution"])
