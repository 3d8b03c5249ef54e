"""Which customer message and which model answer caused a change by the assistant. Never shown.

An entry also deduplicates: a repeated run does not make the change a second time, whatever
arguments the model gives then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.tickets.models import ProvenanceEntry, TicketDocument


class Action(StrEnum):
    CREATED = "created"
    COMMENTED = "commented"
    REOPENED = "reopened"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Provenance:
    """The customer's messages that are being answered, and the model's answer that acts."""

    conversation_id: str
    message_ids: Sequence[str]  # of the turn; the last one is what is answered
    model: str
    response_id: str | None = None

    @property
    def message_id(self) -> str:
        return self.message_ids[-1]

    def creation_keys(self, category: str) -> list[str]:
        """Return the keys that deduplicate a ticket of this category, one for each message; a new
        ticket gets the last.
        """
        return [f"message:{self.conversation_id}:{each}:{category}" for each in self.message_ids]

    def entry(self, action: Action, at: datetime) -> ProvenanceEntry:
        return {
            "act": action.value,
            "conversationId": self.conversation_id,
            "messageId": self.message_id,
            "model": self.model,
            "responseId": self.response_id,
            "at": at,
        }

    def is_on(self, ticket: TicketDocument, action: Action) -> bool:
        """Return whether this message has already caused the action, in this conversation or in one
        that was merged into it.
        """
        own = (action.value, self.message_id)
        return any(
            (entry["act"], entry["messageId"]) == own for entry in ticket.get("provenance", [])
        )
