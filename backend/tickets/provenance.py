"""Where the assistant's changes of a ticket come from, kept on the ticket and shown to nobody.

An entry also says that the change has been made: a run that is repeated makes it no second time,
whatever arguments the model gives it then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.common.documents import Document


class Act(StrEnum):
    CREATED = "created"
    COMMENTED = "commented"
    REOPENED = "reopened"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Provenance:
    """The customer's messages that are being answered, and the answer of the model that acts."""

    conversation_id: str
    message_ids: Sequence[str]  # of the turn; the last one is what is answered
    model: str
    response_id: str | None = None

    @property
    def message_id(self) -> str:
        return self.message_ids[-1]

    def creation_keys(self, category: str) -> list[str]:
        """What a ticket of the category has been made by, if it was for any of the messages; the
        last is what one that is made now is known by.
        """
        return [f"message:{self.conversation_id}:{each}:{category}" for each in self.message_ids]

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
        """Whether this message has changed the ticket so already, of this conversation or of one
        that has been joined with it.
        """
        own = (act.value, self.message_id)
        return any(
            (entry["act"], entry["messageId"]) == own for entry in ticket.get("provenance", [])
        )
