"""TicketService: the single source of truth for tickets.

HTTP routes, the assistant's tools, the channels and the sockets all enter here, each with an
explicit actor. Every change decides on the ticket as stored (`rules.py`) and is written with its
event, guarded by the version (`writer.py`). The parts of the service in other files: `creation.py`
and `conversation_actions.py`, for changes that come from conversations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from backend.agents.service import AgentService
from backend.common.actor import Actor
from backend.common.documents import Document, utcnow
from backend.common.errors import NotFound
from backend.common.paging import Found, Page
from backend.conversations.service import ConversationService
from backend.customers.models import CustomerSnapshot, TicketCounts
from backend.customers.service import CustomerService
from backend.platform.transactions import Transactions
from backend.tickets.conversation_actions import ConversationActions
from backend.tickets.creation import TicketCreation
from backend.tickets.listing.filters import of_customer, with_status
from backend.tickets.listing.query import ListQuery, list_query
from backend.tickets.listing.repository import TicketLists
from backend.tickets.listing.search import search_for
from backend.tickets.models import (
    Attachment,
    Note,
    Status,
    TicketDocument,
    TicketInput,
)
from backend.tickets.references import References
from backend.tickets.repository import TicketRepository
from backend.tickets.rules import (
    Change,
    add_note,
    attach,
    escalate,
    set_fields,
    set_status,
)
from backend.tickets.visibility import sees, visible_to
from backend.tickets.writer import TicketWriter

NEWEST = "-updatedAt"


class TicketService(TicketCreation, ConversationActions):
    def __init__(
        self,
        tickets: TicketRepository,
        lists: TicketLists,
        customers: CustomerService,
        conversations: ConversationService,
        agents: AgentService,
        transactions: Transactions,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        references = References(tickets, customers, conversations, agents)
        TicketCreation.__init__(self, tickets, references, transactions, now)
        ConversationActions.__init__(self, tickets, TicketWriter(tickets, transactions, now))
        self._lists = lists

    # --- read -----------------------------------------------------------------------------

    def get_ticket_by_id(self, ticket_id: str, *, actor: Actor) -> TicketDocument:
        """Raises NotFound also for a ticket that the actor may not see."""
        ticket = self._tickets.find(ticket_id, visible_to(actor))
        if ticket is None:
            raise NotFound("Ticket not found.")
        return ticket

    def actors_who_see(self, ticket_id: str, actors: list[Actor]) -> list[Actor]:
        """Return those of the actors who may see the ticket; none of them if it does not exist."""
        ticket = self._tickets.find_assignment(ticket_id)
        if ticket is None:
            return []
        return [actor for actor in actors if sees(actor, ticket["assignedTo"])]

    def get_ticket_by_id_for_customer(
        self, ticket_id: str, customer_id: str
    ) -> TicketDocument | None:
        """Return the customer's own ticket; None for another customer's or when there is none."""
        return self._tickets.find(ticket_id, of_customer(customer_id))

    def get_tickets_by_customer(
        self, customer_id: str, page: Page, *, actor: Actor, sort: str = NEWEST
    ) -> Found[TicketDocument]:
        return self.list_tickets({"customerId": customer_id}, sort, page, actor=actor)

    def get_own_tickets(
        self, customer_id: str, limit: int, *, closed_too: bool = True
    ) -> list[TicketDocument]:
        """Return a customer's newest tickets, for the customer."""
        query = ListQuery.of(of_customer(customer_id))
        if not closed_too:
            not_closed = (status for status in Status if status is not Status.CLOSED)
            query = ListQuery.of(of_customer(customer_id), with_status(*not_closed))
        return self._lists.first(query, "-createdAt", limit)

    def get_tickets_by_agent(
        self, agent_id: str, page: Page, *, actor: Actor
    ) -> Found[TicketDocument]:
        return self.list_tickets({"assignedTo": agent_id}, NEWEST, page, actor=actor)

    def list_tickets(
        self, asked: Document, sort: str | None, page: Page, *, actor: Actor
    ) -> Found[TicketDocument]:
        """Return a page of a list. Without `sort` the best hits of a search come first, else the
        tickets that changed last.
        """
        query = list_query(asked, actor, self._now())
        if text := asked.get("search"):
            return self._lists.hits(search_for(text), query, sort, page)
        return self._lists.page(query, sort or NEWEST, page)

    def count_by_status(self, asked: Document, *, actor: Actor) -> Document:
        """Count the tickets of a list by status; at least so many where it is not exact."""
        query = list_query(asked, actor, self._now())
        text = asked.get("search")
        counts, exact = self._lists.count_by_status(query, search_for(text) if text else None)
        return {
            "byStatus": {status.value: counts.get(status.value, 0) for status in Status},
            "isExact": exact,
        }

    def walk_tickets(
        self, asked: Document, sort: str | None, *, actor: Actor
    ) -> Iterator[list[TicketDocument]]:
        """Yield every ticket of a list in batches, each read when it is asked for.

        The default order is one in which no change meanwhile makes it miss a ticket.
        """
        query = list_query(asked, actor, self._now())
        search = search_for(asked["search"]) if asked.get("search") else None
        # A ticket that changes comes again at the end, where changes are asked for.
        stable = "updatedAt" if asked.get("updatedSince") else "-createdAt"
        return self._lists.walk(query, sort or stable, search)

    def count_by_customer(
        self, customer_ids: list[str], *, actor: Actor
    ) -> dict[str, TicketCounts]:
        """Count the total and the open tickets of each customer, as far as the actor sees them."""
        return self._lists.count_by_customer(customer_ids, visible_to(actor))

    # --- change ---------------------------------------------------------------------------

    def update_ticket(
        self, ticket_id: str, given: TicketInput, *, actor: Actor, version: int | None = None
    ) -> TicketDocument:
        """Change the fields that are given. Raises InvalidTransition, ValidationFailed,
        VersionConflict (when the ticket has another version than `version`) and NotFound.
        """
        assignee = self._references.assignee(given.get("assignedTo"), "assignedTo")

        def decide(ticket: TicketDocument, now: datetime) -> Change:
            change = Change()
            set_fields(ticket, given, change)
            if "assignedTo" in given:
                change.fields["assignedTo"] = assignee
            if "relatedTickets" in given:
                self._references.link(ticket, change, given["relatedTickets"], actor=actor)
            if "status" in given and given["status"].value != ticket["status"]:
                reason = given.get("statusReason")
                set_status(ticket, change, given["status"], actor, now, reason)
            return change

        return self._write(ticket_id, decide, actor=actor, version=version)

    def update_ticket_status(
        self,
        ticket_id: str,
        status: Status,
        *,
        actor: Actor,
        reason: str | None = None,
        version: int | None = None,
    ) -> TicketDocument:
        given: TicketInput = {"status": status}
        if reason is not None:
            given["statusReason"] = reason
        return self.update_ticket(ticket_id, given, actor=actor, version=version)

    def assign_ticket(
        self, ticket_id: str, agent_id: str | None, *, actor: Actor, version: int | None = None
    ) -> TicketDocument:
        """Assign the ticket to an agent, or to nobody with None."""
        assignee = self._references.assignee(agent_id, "agentId")

        def decide(_ticket: TicketDocument, _now: datetime) -> Change:
            return Change(fields={"assignedTo": assignee})

        return self._write(ticket_id, decide, actor=actor, version=version)

    def resolve_ticket(
        self, ticket_id: str, summary: str, *, actor: Actor, version: int | None = None
    ) -> TicketDocument:
        def decide(ticket: TicketDocument, now: datetime) -> Change:
            change = Change()
            set_status(ticket, change, Status.RESOLVED, actor, now, summary)
            return change

        return self._write(ticket_id, decide, actor=actor, version=version)

    def escalate_ticket(
        self,
        ticket_id: str,
        reason: str,
        *,
        actor: Actor,
        to_agent_id: str | None = None,
        version: int | None = None,
    ) -> TicketDocument:
        """Escalate the ticket, and assign it when an agent is named."""
        assignee = self._references.assignee(to_agent_id, "toAgentId")

        def decide(_ticket: TicketDocument, now: datetime) -> Change:
            return escalate(reason, assignee, actor, now)

        return self._write(ticket_id, decide, actor=actor, version=version)

    def de_escalate_ticket(
        self, ticket_id: str, *, actor: Actor, version: int | None = None
    ) -> TicketDocument:
        def decide(_ticket: TicketDocument, _now: datetime) -> Change:
            return Change(fields={"escalated": False, "escalation": None})

        return self._write(ticket_id, decide, actor=actor, version=version)

    def add_note(
        self,
        ticket_id: str,
        content: str,
        *,
        actor: Actor,
        is_internal: bool = True,
        version: int | None = None,
    ) -> tuple[TicketDocument, Note]:
        """Append a note. Returns the ticket and the note."""

        def decide(ticket: TicketDocument, now: datetime) -> Change:
            return add_note(ticket, content, actor, now, is_internal=is_internal)

        ticket = self._write(ticket_id, decide, actor=actor, version=version)
        return ticket, ticket["notes"][-1]

    def add_attachment(
        self, ticket_id: str, attachment: Attachment, *, actor: Actor, version: int | None = None
    ) -> TicketDocument:
        """List a stored file on the ticket. Raises Conflict when the ticket is full."""

        def decide(ticket: TicketDocument, _now: datetime) -> Change:
            return attach(ticket, attachment)

        return self._write(ticket_id, decide, actor=actor, version=version)

    def has_attachment(self, ticket_id: str, attachment_id: str) -> bool:
        ticket = self._tickets.find(ticket_id, {"attachments.attachmentId": attachment_id})
        return ticket is not None

    def update_snapshots(self, customer: CustomerSnapshot, *, actor: Actor) -> None:
        """Store a customer's new name and phone on all their tickets, whoever may see them."""

        def decide(_ticket: TicketDocument, _now: datetime) -> Change:
            return Change(fields={"customer": customer})

        for ticket_id in self._tickets.ids_with_other_snapshot(customer):
            self._write(ticket_id, decide, actor=actor, visible={})
