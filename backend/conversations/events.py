"""What happens in conversations, as subscribers hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.common.actor import Actor
from backend.common.documents import Document
from backend.platform.events import Entry, Subjects, changes_between

_SHOWN = ("mode", "flagged", "unanswered", "customer")


@dataclass(frozen=True, slots=True)
class MessageCreated:
    """A message is stored, and the conversation is as it is with it."""

    conversation: Document
    message: Document
    actor: Actor
    at: datetime

    def entry(self) -> Entry:
        return Entry("message_created", _subjects(self.conversation, self.message), {})


@dataclass(frozen=True, slots=True)
class MessageUpdated:
    """How far a message came on its way to the customer; `reported` by the channel, or sent."""

    before: Document
    message: Document
    actor: Actor
    at: datetime
    reported: bool = False

    def entry(self) -> Entry:
        subjects: Subjects = {
            "conversationId": self.message["conversationId"],
            "messageId": self.message["messageId"],
        }
        changes = changes_between(
            {"delivery": self.before["delivery"]}, {"delivery": self.message["delivery"]}
        )
        return Entry("message_updated", subjects, changes)


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    before: Document
    after: Document
    actor: Actor
    at: datetime

    def entry(self) -> Entry:
        changes = changes_between(
            {name: self.before[name] for name in _SHOWN},
            {name: self.after[name] for name in _SHOWN},
        )
        return Entry("conversation_changed", _subjects(self.after), changes)


@dataclass(frozen=True, slots=True)
class ConversationsMerged:
    """Two threads of one customer on one channel have become one: `target`."""

    source: Document
    target: Document
    actor: Actor
    at: datetime

    def entry(self) -> Entry:
        merged = {"mergedInto": {"from": None, "to": self.target["_id"]}}
        return Entry("conversations_merged", _subjects(self.source), merged)


@dataclass(frozen=True, slots=True)
class AssistantTyping:
    """The assistant begins or ends an answer. Not logged."""

    conversation_id: str
    typing: bool


def _subjects(conversation: Document, message: Document | None = None) -> Subjects:
    subjects: Subjects = {
        "conversationId": conversation["_id"],
        "customerId": conversation["customer"]["customerId"],
    }
    if message is not None:
        subjects["messageId"] = message["messageId"]
    return subjects
