"""The events of tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.common.actor import Actor
from backend.platform.events import Changes, Entry, Subjects, changes_between
from backend.tickets.models import Note, TicketDocument

# Fields that every write changes, or that the log has in another form.
_BOOKKEEPING = (
    "_id", "number", "version", "updatedAt", "search", "priorityRank", "statusRank", "createdMonth",
    "provenance", "creationKey", "statusHistory", "notes", "attachments", "sla",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TicketCreated:
    ticket: TicketDocument
    actor: Actor
    at: datetime

    def entry(self) -> Entry:
        return Entry("ticket_created", _subjects(self.ticket), {}, self.ticket["version"])


@dataclass(frozen=True, slots=True)
class TicketChanged:
    """One write: any number of fields, at most one new note."""

    before: TicketDocument
    after: TicketDocument
    actor: Actor
    at: datetime
    note: Note | None = None

    @property
    def changes(self) -> Changes:
        return changes_between(self.before, self.after, *_BOOKKEEPING)

    def entry(self) -> Entry:
        subjects = _subjects(self.after)
        if self.note is not None:
            subjects["noteId"] = self.note["noteId"]
        if len(self.after["attachments"]) > len(self.before["attachments"]):
            subjects["attachmentId"] = self.after["attachments"][-1]["attachmentId"]
        return Entry("ticket_changed", subjects, self.changes, self.after["version"])


def _subjects(ticket: TicketDocument) -> Subjects:
    subjects: Subjects = {
        "ticketId": ticket["_id"],
        "customerId": ticket["customer"]["customerId"],
    }
    return subjects
