"""Changes of tickets that come from conversations: what customers ask the assistant to do, and what
follows from a message.
"""

from __future__ import annotations

from datetime import datetime

from backend.common.actor import Actor
from backend.common.documents import Document
from backend.tickets.listing.filters import of_customer
from backend.tickets.models import Feedback, Status, TicketDocument
from backend.tickets.provenance import Action, Provenance
from backend.tickets.repository import TicketRepository
from backend.tickets.rules import Change, Decision, add_note, respond, resume, set_status
from backend.tickets.writer import TicketWriter


class ConversationActions:
    """A part of TicketService."""

    def __init__(self, tickets: TicketRepository, writer: TicketWriter) -> None:
        self._tickets = tickets
        self._write = writer.write

    # --- by customers, through the assistant ------------------------------------------------

    def comment_as_customer(
        self, ticket_id: str, content: str, *, customer: Actor, provenance: Provenance
    ) -> TicketDocument:
        """Add a public note of the customer, which also answers a ticket that waits for one."""

        def decide(ticket: TicketDocument, now: datetime) -> Change:
            change = add_note(ticket, content, customer, now, is_internal=False)
            resume(ticket, change, customer, now)
            return change

        return self._write_once(ticket_id, decide, Action.COMMENTED, customer, provenance)

    def reopen_as_customer(
        self, ticket_id: str, reason: str, *, customer: Actor, provenance: Provenance
    ) -> TicketDocument:
        """Reopen the customer's own ticket; one that is open stays as it is."""

        def decide(ticket: TicketDocument, now: datetime) -> Change:
            change = Change()
            if not Status(ticket["status"]).is_open:
                set_status(ticket, change, Status.REOPENED, customer, now, reason)
            return change

        return self._write_once(ticket_id, decide, Action.REOPENED, customer, provenance)

    def rate_ticket(
        self,
        ticket_id: str,
        rating: int,
        comment: str | None,
        *,
        customer: Actor,
        provenance: Provenance,
    ) -> TicketDocument:
        """Record the customer's rating of their ticket, 1 to 5; a later one replaces it."""

        def decide(_ticket: TicketDocument, now: datetime) -> Change:
            feedback: Feedback = {"rating": rating, "comment": comment, "receivedAt": now}
            return Change(fields={"feedback": feedback})

        return self._write_once(ticket_id, decide, Action.RATED, customer, provenance)

    def _write_once(
        self,
        ticket_id: str,
        decide: Decision,
        action: Action,
        customer: Actor,
        provenance: Provenance,
    ) -> TicketDocument:
        """Change the customer's own ticket once for a message, however often its run is repeated.

        Raises NotFound also for another customer's ticket.
        """

        def decide_once(ticket: TicketDocument, now: datetime) -> Change:
            if provenance.is_on(ticket, action):
                return Change()
            change = decide(ticket, now)
            if change.fields or change.push:
                change.push["provenance"] = provenance.entry(action, now)
            return change

        visible = of_customer(customer.id)
        return self._write(ticket_id, decide_once, actor=customer, visible=visible)

    # --- because of a message --------------------------------------------------------------

    def customer_wrote(self, conversation_id: str, at: datetime, *, customer: Actor) -> None:
        """Resume the tickets that were waiting for the customer `at` this time.

        Repeated later, it leaves alone those that have begun to wait since.
        """

        def decide(ticket: TicketDocument, now: datetime) -> Change:
            change = Change()
            resume(ticket, change, customer, now)
            return change

        waiting = {"status": Status.PENDING_CUSTOMER.value, "sla.pausedAt": {"$lte": at}}
        self._write_in_conversation(conversation_id, waiting, decide, customer)

    def agent_wrote(self, conversation_id: str, at: datetime, *, actor: Actor) -> None:
        """Record an agent's message `at` this time as the first response to tickets of before."""

        def decide(ticket: TicketDocument, _now: datetime) -> Change:
            change = Change()
            respond(ticket, change, at)  # which may be a while ago, after an outage
            return change

        unanswered = {"sla.firstRespondedAt": None, "createdAt": {"$lte": at}}
        self._write_in_conversation(conversation_id, unanswered, decide, actor)

    def _write_in_conversation(
        self, conversation_id: str, waiting: Document, decide: Decision, actor: Actor
    ) -> None:
        for ticket_id in self._tickets.open_in_conversation(conversation_id, waiting):
            self._write(ticket_id, decide, actor=actor, visible={})
