"""Where the assistant's changes of a ticket come from, kept on the ticket and shown to nobody.

An entry also says that the change has been made: a run that is repeated makes it no second time,
whatever arguments the model gives it then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.documents import Document


class Act(StrEnum):
    CREATED = "created"
    COMMENTED = "commented"
    REOPENED = "reopened"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Provenance:
    """The customer's message that is being answered, and the answer of the model that acts."""

    conversation_id: str
    message_id: str
    model: str
    response_id: str | None = None

    def entry(self, act: Act, at: datetime) -> Document:
        return {
            "act": act.value,
            "conversationId": self.conversation_id,
            "messageId": self.message_id,
            "model": self.model,
            "responseId": self.response_id,
            "at": at,
        }

    def is_on(self, ticket: Document, act: Act) -> bool:
        """Whether this message has changed the ticket so already."""
        own = (act.value, self.conversation_id, self.message_id)
        return any(
            (entry["act"], entry["conversationId"], entry["messageId"]) == own
            for entry in ticket.get("provenance", [])
        )
