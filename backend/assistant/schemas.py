"""The JSON of tickets that the model gets, which is what a customer may know of their own ticket.

Not `updatedAt`, which would reveal internal notes.
"""

from __future__ import annotations

from typing import TypedDict

from marshmallow import fields

from backend.common.documents import iso
from backend.http.fields import Schema, out
from backend.http.representations import Representation
from backend.tickets.models import TicketDocument

MAX_NOTES = 10  # the latest ones; each is read in full by the model, at a price
MAX_NOTE_CHARS = 2_000

PublicNote = TypedDict("PublicNote", {"from": str, "content": str, "createdAt": str | None})


class OwnTicketRow(Schema):
    ticketId = out(fields.String, attribute="_id")
    subject = out(fields.String)
    category = out(fields.String)
    priority = out(fields.String)
    status = out(fields.String)
    createdAt = out(fields.DateTime)
    estimatedResolution = out(
        fields.String, compute=lambda ticket, _: iso(ticket["sla"]["resolutionDueAt"])
    )
    resolution = out(
        fields.String,
        nullable=True,
        compute=lambda ticket, _: ticket["resolution"] and ticket["resolution"]["summary"],
    )


def _public_notes(ticket: TicketDocument, _now: object) -> list[PublicNote]:
    public = [note for note in ticket["notes"] if not note["isInternal"]]
    return [
        {
            "from": "customer" if note["author"]["type"] == "customer" else "team",
            "content": note["content"][:MAX_NOTE_CHARS],
            "createdAt": iso(note["createdAt"]),
        }
        for note in public[-MAX_NOTES:]
    ]


class OwnTicket(OwnTicketRow):
    notes = out(fields.List, fields.Dict(), compute=_public_notes)


own_ticket_row = Representation(OwnTicketRow, of=TicketDocument)
own_ticket = Representation(OwnTicket, of=TicketDocument)
