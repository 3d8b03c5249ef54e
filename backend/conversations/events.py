"""Events of conversations and their messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.common.actor import Actor
from backend.conversations.models import ConversationDocument, MessageDocument
from backend.platform.events import Entry, Subjects, changes_between

_SHOWN = ("mode", "flagged", "unanswered", "customer")


@dataclass(frozen=True, slots=True)
class MessageCreated:
    """A message is stored; `conversation` is as it is afterwards."""

    conversation: ConversationDocument
    message: MessageDocument
    actor: Actor
    at: datetime

    def entry(self) -> Entry:
        return Entry("message_created", _subjects(self.conversation, self.message), {})


@dataclass(frozen=True, slots=True)
class MessageUpdated:
    """The delivery of a message has advanced; `reported` by the channel, or as it was sent."""

    before: MessageDocument
    message: MessageDocument
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
    before: ConversationDocument
    after: ConversationDocument
    actor: Actor
    at: datetime

    def entry(self) -> Entry:
        before, after = (
            {name: value for name, value in conversation.items() if name in _SHOWN}
            for conversation in (self.before, self.after)
        )
        changes = changes_between(before, after)
        return Entry("conversation_changed", _subjects(self.after), changes)


@dataclass(frozen=True, slots=True)
class ConversationsMerged:
    """Two threads of one customer on one channel have become one: `target`."""

    source: ConversationDocument
    target: ConversationDocument
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


def _subjects(
    conversation: ConversationDocument, message: MessageDocument | None = None
) -> Subjects:
    subjects: Subjects = {
        "conversationId": conversation["_id"],
        "customerId": conversation["customer"]["customerId"],
    }
    if message is not None:
        subjects["messageId"] = message["messageId"]
    return subjects
