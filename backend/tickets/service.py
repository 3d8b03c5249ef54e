"""TicketService: the single source of truth for tickets.

HTTP routes, the assistant's tools, the channels and the sockets all enter here, each with an
explicit actor. Every write decides on the ticket as stored and writes one document, guarded by its
version, with its event. What comes of conversations is in `conversation_acts.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from backend.agents.service import AgentService
from backend.common.actor import Actor, ActorType
from backend.common.documents import Document, utcnow
from backend.common.errors import Conflict, NotFound, ValidationFailed
from backend.common.paging import Found, Page
from backend.conversations.service import ConversationService
from backend.customers.service import CustomerService
from backend.platform.transactions import Transaction, Transactions
from backend.tickets import sla
from backend.tickets.changes import Change, move, plain_fields, respond, with_note
from backend.tickets.conversation_acts import ConversationActs
from backend.tickets.creation import new_ticket
from backend.tickets.events import TicketCreated
from backend.tickets.listing.filters import of_customer, with_status
from backend.tickets.listing.query import ListQuery, list_query
from backend.tickets.listing.repository import TicketLists
from backend.tickets.listing.search import search_for
from backend.tickets.models import (
    MAX_ATTACHMENTS,
    SUBCATEGORY_REQUIRED,
    Source,
    Status,
)
from backend.tickets.provenance import Act, Provenance
from backend.tickets.references import References
from backend.tickets.repository import TicketRepository
from backend.tickets.visibility import sees, visible_to
from backend.tickets.writing import TicketWriter

NEWEST = "-updatedAt"


class TicketService(ConversationActs):
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
        """The next (year, sequence), unique across processes, and the same again for the same
        `creation_key` at the same time; the year is UTC's.
        """
        year = self._now().year
        return year, self._tickets.next_sequence(year, creation_key)

    def create_ticket_from_agent(
        self, fields: Document, *, actor: Actor, idempotency_key: str | None = None
    ) -> tuple[Document, bool]:
        """A ticket opened by a person. Returns it and whether this call made it.

        The same `idempotency_key` of the same agent gets the first ticket again. Raises
        ValidationFailed for an unknown customer, conversation or agent.
        """
        category = fields["category"]
        if category in SUBCATEGORY_REQUIRED and not fields.get("subcategory"):
            raise ValidationFailed({"subcategory": ["Is required for this category."]})
        key = idempotency_key and f"request:{actor.id}:{idempotency_key}"
        ticket, created = self._create(fields, source=Source.AGENT, actor=actor, creation_key=key)
        if not created and self._tickets.find(ticket["_id"], visible_to(actor)) is None:
            raise Conflict("This Idempotency-Key made a ticket that is somebody else's now.")
        return ticket, created

    def create_ticket_from_ai(
        self, fields: Document, *, provenance: Provenance, actor: Actor
    ) -> tuple[Document, bool]:
        """A ticket opened by the assistant for a customer's message. Returns it and whether it is
        new: one message has at most one ticket of a category, however often a run repeats, also
        when a person came in between and the message is answered along with later ones.
        """
        *earlier, own = provenance.creation_keys(fields["category"].value)
        if earlier and (first := self._tickets.find_created(*earlier)):
            return first, False
        return self._create(
            fields,
            source=Source.ASSISTANT,
            actor=actor,
            creation_key=own,
            provenance=provenance,
        )

    def _create(
        self,
        fields: Document,
        *,
        source: Source,
        actor: Actor,
        creation_key: str | None,
        provenance: Provenance | None = None,
    ) -> tuple[Document, bool]:
        if creation_key and (first := self._tickets.find_created(creation_key)):
            return first, False
        customer = self._references.customer(fields["customerId"], fields.get("conversationId"))
        assigned_to = self._references.assignee(fields.get("assignedTo"), "assignedTo")
        now = self._now()
        document = new_ticket(fields, customer, assigned_to, source=source, actor=actor, now=now)
        if creation_key:
            document["creationKey"] = creation_key
        if provenance:
            document["provenance"] = [provenance.entry(Act.CREATED, now)]
        year, sequence = self.generate_ticket_id(creation_key)

        def commit(tx: Transaction) -> Document:
            ticket = self._tickets.insert(document, year, sequence, tx.session)
            tx.publish(TicketCreated(ticket, actor, now))
            return ticket

        try:
            return self._transactions.run(commit), True
        except DuplicateKeyError:  # another process made it between the look and the insert
            first = self._tickets.find_created(creation_key or "")
            if first is None:
                raise Conflict("The ticket could not be created; try again.") from None
            return first, False

    # --- read -----------------------------------------------------------------------------

    def get_ticket_by_id(self, ticket_id: str, *, actor: Actor) -> Document:
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

    def get_ticket_by_id_for_customer(self, ticket_id: str, customer_id: str) -> Document | None:
        """The customer's own ticket; None alike for another's and for one that does not exist."""
        return self._tickets.find(ticket_id, of_customer(customer_id))

    def get_tickets_by_customer(
        self, customer_id: str, page: Page, *, actor: Actor, sort: str = NEWEST
    ) -> Found:
        return self.list_tickets({"customerId": customer_id}, sort, page, actor=actor)

    def get_own_tickets(
        self, customer_id: str, limit: int, *, closed_too: bool = True
    ) -> list[Document]:
        """Return a customer's newest tickets, for the customer."""
        shown = [status for status in Status if closed_too or status is not Status.CLOSED]
        query = ListQuery.of(of_customer(customer_id), with_status(*shown))
        return self._lists.page(query, "-createdAt", Page(1, limit)).documents

    def get_tickets_by_agent(self, agent_id: str, page: Page, *, actor: Actor) -> Found:
        return self.list_tickets({"assignedTo": agent_id}, NEWEST, page, actor=actor)

    def list_tickets(self, asked: Document, sort: str | None, page: Page, *, actor: Actor) -> Found:
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
    ) -> Iterator[list[Document]]:
        """Yield every ticket of a list in batches, each read when it is asked for.

        The default order is one in which no change meanwhile makes it miss a ticket.
        """
        query = list_query(asked, actor, self._now())
        search = search_for(asked["search"]) if asked.get("search") else None
        # A ticket that changes comes again at the end, where changes are asked for.
        stable = "updatedAt" if asked.get("updatedSince") else "-createdAt"
        return self._lists.walk(query, sort or stable, search)

    def count_by_customer(self, customer_ids: list[str], *, actor: Actor) -> dict[str, Document]:
        """Count the total and the open tickets of each customer, as far as the actor sees them."""
        return self._lists.count_by_customer(customer_ids, visible_to(actor))

    # --- change ---------------------------------------------------------------------------

    def update_ticket(
        self, ticket_id: str, fields: Document, *, actor: Actor, version: int | None = None
    ) -> Document:
        """Change the fields that are given. Raises InvalidTransition, ValidationFailed,
        VersionConflict (when `version` is not the ticket's any more) and NotFound.
        """
        assignee = self._references.assignee(fields.get("assignedTo"), "assignedTo")
        related_before: list[str] = []

        def decide(ticket: Document, now: datetime) -> Change:
            change = Change(fields=plain_fields(ticket, fields))
            if "assignedTo" in fields:
                change.fields["assignedTo"] = assignee
            if "relatedTickets" in fields:
                related_before[:] = ticket["relatedTickets"]
                change.fields["relatedTickets"] = self._references.related(
                    ticket, fields["relatedTickets"], actor=actor
                )
            if "priority" in fields:
                priority = fields["priority"]
                change.fields["priority"] = priority.value
                change.fields["sla"] = sla.set_priority(
                    ticket["sla"], priority, ticket["createdAt"]
                )
            if "status" in fields and fields["status"].value != ticket["status"]:
                move(ticket, change, fields["status"], actor, now, fields.get("statusReason"))
            return change

        ticket = self._write(ticket_id, decide, actor=actor, version=version)
        if "relatedTickets" in fields:
            self._link_back(ticket, related_before, actor)
        return ticket

    def update_ticket_status(
        self,
        ticket_id: str,
        status: Status,
        *,
        actor: Actor,
        reason: str | None = None,
        version: int | None = None,
    ) -> Document:
        fields = {"status": status, "statusReason": reason}
        return self.update_ticket(ticket_id, fields, actor=actor, version=version)

    def assign_ticket(
        self, ticket_id: str, agent_id: str | None, *, actor: Actor, version: int | None = None
    ) -> Document:
        """Give the ticket to an agent, or to nobody with None."""
        assignee = self._references.assignee(agent_id, "agentId")

        def decide(_ticket: Document, _now: datetime) -> Change:
            return Change(fields={"assignedTo": assignee})

        return self._write(ticket_id, decide, actor=actor, version=version)

    def resolve_ticket(
        self, ticket_id: str, summary: str, *, actor: Actor, version: int | None = None
    ) -> Document:
        def decide(ticket: Document, now: datetime) -> Change:
            change = Change()
            move(ticket, change, Status.RESOLVED, actor, now, summary)
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
    ) -> Document:
        """Raise the flag, and hand the ticket over when an agent is named."""
        assignee = self._references.assignee(to_agent_id, "toAgentId")

        def decide(_ticket: Document, now: datetime) -> Change:
            escalation = {
                "reason": reason,
                "toAgentId": to_agent_id,
                "escalatedBy": actor.as_author(),
                "escalatedAt": now,
            }
            fields: Document = {"escalated": True, "escalation": escalation}
            if assignee:
                fields["assignedTo"] = assignee
            return Change(fields=fields)

        return self._write(ticket_id, decide, actor=actor, version=version)

    def lower_escalation(
        self, ticket_id: str, *, actor: Actor, version: int | None = None
    ) -> Document:
        def decide(_ticket: Document, _now: datetime) -> Change:
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
    ) -> tuple[Document, Document]:
        """Append a note. Returns the ticket and the note.

        An agent's first note that the customer can see is the ticket's first response.
        """
        added: list[Document] = []

        def decide(ticket: Document, now: datetime) -> Change:
            change = with_note(ticket, content, actor, now, is_internal=is_internal)
            added[:] = [change.push["notes"]]
            if not is_internal and actor.type is ActorType.AGENT:
                respond(ticket, change, now)
            return change

        ticket = self._write(ticket_id, decide, actor=actor, version=version)
        return ticket, added[0]

    def add_attachment(
        self, ticket_id: str, attachment: Document, *, actor: Actor, version: int | None = None
    ) -> Document:
        """List a stored file on the ticket. Raises Conflict when it has as many as it can hold."""

        def decide(ticket: Document, _now: datetime) -> Change:
            if len(ticket["attachments"]) >= MAX_ATTACHMENTS:
                raise Conflict(f"The ticket has {MAX_ATTACHMENTS} attachments, the most it holds.")
            return Change(push={"attachments": attachment})

        return self._write(ticket_id, decide, actor=actor, version=version)

    def has_attachment(self, ticket_id: str, attachment_id: str) -> bool:
        ticket = self._tickets.find(ticket_id, {"attachments.attachmentId": attachment_id})
        return ticket is not None

    def show_customer(self, customer: Document, *, actor: Actor) -> None:
        """Show a customer's new name and phone on all their tickets, whoever may see them."""

        def decide(_ticket: Document, _now: datetime) -> Change:
            return Change(fields={"customer": customer})

        for ticket_id in self._tickets.ids_showing_otherwise(customer):
            self._write(ticket_id, decide, actor=actor, visible={})

    def _link_back(self, ticket: Document, related_before: list[str], actor: Actor) -> None:
        """A relation stands on both sides: tell the other tickets of what came and went."""
        own_id = ticket["_id"]

        def decide(other: Document, _now: datetime) -> Change:
            # As it is by now: somebody else may have changed the relations again.
            own = self._tickets.find(own_id, {}) or ticket
            links = [link for link in other["relatedTickets"] if link != own_id]
            if other["_id"] in own["relatedTickets"]:
                links = [*links, own_id]
            return Change(fields={"relatedTickets": links})

        # Those that stayed, too: an earlier change may have been cut off on its way to them.
        for other_id in {*ticket["relatedTickets"], *related_before}:
            with suppress(NotFound):
                self._write(other_id, decide, actor=actor, visible={})
