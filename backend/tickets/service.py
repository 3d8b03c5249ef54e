"""TicketService: the single source of truth for tickets.

HTTP routes, the assistant's tools, the channels and the sockets all enter here, each with an
explicit actor. Every change decides on the ticket as stored (`rules.py`) and is written with its
event, guarded by the version (`writer.py`). Changes that come from conversations are in
`conversation_actions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from backend.agents.service import AgentService
from backend.common.actor import Actor
from backend.common.documents import Document, utcnow
from backend.common.errors import Conflict, NotFound, ValidationFailed
from backend.common.paging import Found, Page
from backend.conversations.service import ConversationService
from backend.customers.models import CustomerSnapshot, TicketCounts
from backend.customers.service import CustomerService
from backend.platform.transactions import Transaction, Transactions
from backend.tickets.conversation_actions import ConversationActions
from backend.tickets.events import TicketCreated
from backend.tickets.listing.filters import of_customer, with_status
from backend.tickets.listing.query import ListQuery, list_query
from backend.tickets.listing.repository import TicketLists
from backend.tickets.listing.search import search_for
from backend.tickets.models import (
    Attachment,
    Note,
    Source,
    Status,
    TicketDocument,
    TicketInput,
)
from backend.tickets.provenance import Action, Provenance
from backend.tickets.references import References
from backend.tickets.repository import TicketRepository
from backend.tickets.rules import (
    Change,
    add_note,
    attach,
    escalate,
    needs_subcategory,
    new_ticket,
    set_fields,
    set_status,
)
from backend.tickets.visibility import sees, visible_to
from backend.tickets.writer import TicketWriter

NEWEST = "-updatedAt"


class TicketService(ConversationActions):
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
        super().__init__(tickets, TicketWriter(tickets, transactions, now))
        self._lists = lists
        self._references = References(tickets, customers, conversations, agents)
        self._transactions = transactions
        self._now = now

    # --- create ---------------------------------------------------------------------------

    def generate_ticket_id(self, creation_key: str | None = None) -> tuple[int, int]:
        """Return the next (year, sequence), unique across processes; the year is UTC's.

        The same `creation_key` gets the same again for a while.
        """
        year = self._now().year
        return year, self._tickets.next_sequence(year, creation_key)

    def create_ticket_from_agent(
        self, given: TicketInput, *, actor: Actor, idempotency_key: str | None = None
    ) -> tuple[TicketDocument, bool]:
        """Create a ticket for a person. Returns it and whether this call created it.

        The same `idempotency_key` of the same agent returns the first ticket again. Raises
        ValidationFailed for an unknown customer, conversation or agent.
        """
        if needs_subcategory(given["category"], given.get("subcategory")):
            raise ValidationFailed({"subcategory": ["Is required for this category."]})
        key = f"request:{actor.id}:{idempotency_key}" if idempotency_key else None
        ticket, created = self._create(given, source=Source.AGENT, actor=actor, creation_key=key)
        if not created and not sees(actor, ticket["assignedTo"]):
            raise Conflict("This Idempotency-Key made a ticket that is somebody else's now.")
        return ticket, created

    def create_ticket_from_ai(
        self, given: TicketInput, *, provenance: Provenance, actor: Actor
    ) -> tuple[TicketDocument, bool]:
        """Create a ticket for a customer's message. Returns it and whether it is new.

        A message has at most one ticket of a category, however often its run is repeated, also
        when a person answered in between and the message is answered along with later ones.
        """
        *earlier, own = provenance.creation_keys(given["category"].value)
        if earlier and (first := self._tickets.find_created(*earlier)):
            return first, False
        return self._create(
            given,
            source=Source.ASSISTANT,
            actor=actor,
            creation_key=own,
            provenance=provenance,
        )

    def _create(
        self,
        given: TicketInput,
        *,
        source: Source,
        actor: Actor,
        creation_key: str | None,
        provenance: Provenance | None = None,
    ) -> tuple[TicketDocument, bool]:
        if creation_key and (first := self._tickets.find_created(creation_key)):
            return first, False
        customer = self._references.customer(given["customerId"], given.get("conversationId"))
        assignee = self._references.assignee(given.get("assignedTo"), "assignedTo")
        now = self._now()
        # The number is drawn last, so that a refused ticket uses up none.
        number = self.generate_ticket_id(creation_key)
        ticket = new_ticket(given, number, customer, source=source, actor=actor, now=now)
        ticket["assignedTo"] = assignee
        if creation_key:
            ticket["creationKey"] = creation_key
        if provenance:
            ticket["provenance"] = [provenance.entry(Action.CREATED, now)]

        def commit(tx: Transaction) -> None:
            self._tickets.insert(ticket, tx.session)
            tx.publish(TicketCreated(ticket, actor, now))

        try:
            self._transactions.run(commit)
        except DuplicateKeyError:  # another process created it since the look-up
            first = self._tickets.find_created(creation_key or "")
            if first is None:
                raise Conflict("The ticket could not be created; try again.") from None
            return first, False
        return ticket, True

    # --- read -----------------------------------------------------------------------------

    def get_ticket_by_id(self, ticket_id: str, *, actor: Actor) -> TicketDocument:
        """Raises NotFound also for a ticket that the actor may not see."""
        ticket = self._tickets.find(ticket_id, visible_to(actor))
        if ticket is None:
            raise NotFound("There is no such ticket.")
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
