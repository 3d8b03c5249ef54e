"""The names of the live events."""

from __future__ import annotations

from enum import StrEnum


class LiveEvent(StrEnum):
    TICKET_CREATED = "ticket_created"
    TICKET_UPDATED = "ticket_updated"  # fields other than those below
    TICKET_ASSIGNED = "ticket_assigned"
    TICKET_STATUS_CHANGED = "ticket_status_changed"
    TICKET_RESOLVED = "ticket_resolved"  # beside ticket_status_changed
    TICKET_NOTE_ADDED = "ticket_note_added"
    TICKET_ESCALATED = "ticket_escalated"  # also de-escalated
    MESSAGE_CREATED = "message_created"
    MESSAGE_UPDATED = "message_updated"  # its delivery
    CONVERSATION_UPDATED = "conversation_updated"
    ASSISTANT_TYPING = "assistant_typing"
    CONVERSATION_TYPING = "conversation_typing"  # a person; shown for a few seconds
    TICKET_VIEWERS = "ticket_viewers"  # to the agents who have the ticket open
