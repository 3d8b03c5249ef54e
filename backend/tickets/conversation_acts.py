"""What happens to tickets by way of conversations: what customers have the assistant do, and what
follows from anybody's message.
"""

from __future__ import annotations

from datetime import datetime

from backend.common.actor import Actor
from backend.common.documents import Document
from backend.tickets.changes import Change, Decision, move, respond, with_note
from backend.tickets.listing.filters import of_customer
from backend.tickets.models import Status
from backend.tickets.provenance import Act, Provenance
from backend.tickets.repository import TicketRepository
from backend.tickets.writing import TicketWriter


class ConversationActs:
    """A part of TicketService, which is how everybody else calls it."""

    def __init__(self, tickets: TicketRepository, writer: TicketWriter) -> None:
        self._tickets = tickets
        self._write = writer.write

    # --- what customers do by way of the assistant ------------------------------------------

    def comment_as_customer(
        self, ticket_id: str, content: str, *, customer: Actor, provenance: Provenance
    ) -> Document:
        """The customer's public note on their own ticket, which is an answer, too."""

        def decide(ticket: Document, now: datetime) -> Change:
            change = with_note(ticket, content, customer, now, is_internal=False)
            _go_on(ticket, change, customer, now)
            return change

        return self._write_once(ticket_id, decide, Act.COMMENTED, customer, provenance)

    def reopen_as_customer(
        self, ticket_id: str, reason: str, *, customer: Actor, provenance: Provenance
    ) -> Document:
        """Take up the customer's own ticket again; one that is open stays as it is."""

        def decide(ticket: Document, now: datetime) -> Change:
            change = Change()
            if not Status(ticket["status"]).is_open:
                move(ticket, change, Status.REOPENED, customer, now, reason)
            return change

        return self._write_once(ticket_id, decide, Act.REOPENED, customer, provenance)

    def rate_ticket(
        self,
        ticket_id: str,
        rating: int,
        comment: str | None,
        *,
        customer: Actor,
        provenance: Provenance,
    ) -> Document:
        """The customer's verdict on the own ticket, 1 to 5; a later one replaces the first."""

        def decide(_ticket: Document, now: datetime) -> Change:
            feedback = {"rating": rating, "comment": comment, "receivedAt": now}
            return Change(fields={"feedback": feedback})

        return self._write_once(ticket_id, decide, Act.RATED, customer, provenance)

    def _write_once(
        self,
        ticket_id: str,
        decide: Decision,
        act: Act,
        customer: Actor,
        provenance: Provenance,
    ) -> Document:
        """Change the customer's own ticket for a message, once however often the message's run is
        repeated. Raises NotFound alike for another's ticket and for none.
        """

        def decide_once(ticket: Document, now: datetime) -> Change:
            if provenance.is_on(ticket, act):
                return Change()
            change = decide(ticket, now)
            if change.fields or change.push:
                change.push["provenance"] = provenance.entry(act, now)
            return change

        visible = of_customer(customer.id)
        return self._write(ticket_id, decide_once, actor=customer, visible=visible)

    # --- what follows from a message -------------------------------------------------------

    def customer_wrote(self, conversation_id: str, at: datetime, *, customer: Actor) -> None:
        """The answer that tickets were waiting for `at` this time has come: work goes on.

        Told of it again, it moves none that has begun to wait since.
        """

        def decide(ticket: Document, now: datetime) -> Change:
            change = Change()
            _go_on(ticket, change, customer, now)
            return change

        waiting = {"status": Status.PENDING_CUSTOMER.value, "sla.pausedAt": {"$lte": at}}
        self._write_in_conversation(conversation_id, waiting, decide, customer)

    def agent_wrote(self, conversation_id: str, at: datetime, *, actor: Actor) -> None:
        """An agent's message `at` this time is the first response to the tickets there were."""

        def decide(ticket: Document, _now: datetime) -> Change:
            change = Change()
            respond(ticket, change, at)  # it may be told of late, as after an outage
            return change

        unheard = {"sla.firstRespondedAt": None, "createdAt": {"$lte": at}}
        self._write_in_conversation(conversation_id, unheard, decide, actor)

    def _write_in_conversation(
        self, conversation_id: str, which: Document, decide: Decision, actor: Actor
    ) -> None:
        for ticket_id in self._tickets.open_in_conversation(conversation_id, which):
            self._write(ticket_id, decide, actor=actor, visible={})


def _go_on(ticket: Document, change: Change, customer: Actor, now: datetime) -> None:
    """The customer has answered: what waited for that is taken up."""
    if ticket["status"] == Status.PENDING_CUSTOMER.value:
        move(ticket, change, Status.IN_PROGRESS, customer, now, None)
