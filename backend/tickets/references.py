"""Looks up what a ticket refers to: a customer, a conversation, an agent, other tickets.

Each method raises ValidationFailed with the name of the field when there is no such thing.
"""

from __future__ import annotations

from backend.agents.service import AgentService
from backend.common.actor import Actor
from backend.common.errors import ValidationFailed
from backend.conversations.service import ConversationService
from backend.customers.models import CustomerSnapshot, snapshot_of
from backend.customers.service import CustomerService
from backend.tickets.models import MAX_RELATED, Assignee, TicketDocument
from backend.tickets.repository import TicketRepository
from backend.tickets.rules import Change, Decision, unique
from backend.tickets.visibility import visible_to


class References:
    def __init__(
        self,
        tickets: TicketRepository,
        customers: CustomerService,
        conversations: ConversationService,
        agents: AgentService,
    ) -> None:
        self._tickets = tickets
        self._customers = customers
        self._conversations = conversations
        self._agents = agents

    def customer(self, customer_id: str, conversation_id: str | None) -> CustomerSnapshot:
        """Return the snapshot of the customer, whose conversation it must be if there is one."""
        customer = self._customers.find(customer_id)
        if customer is None:
            raise ValidationFailed({"customerId": ["Customer not found."]})
        if conversation_id:
            conversation = self._conversations.find(conversation_id)
            if conversation is None or conversation["customer"]["customerId"] != customer_id:
                raise ValidationFailed({"conversationId": ["Not a conversation of this customer."]})
        return snapshot_of(customer)

    def assignee(self, agent_id: str | None, field: str) -> Assignee | None:
        """Return the active agent as tickets store it; None (unassigned) for None."""
        if agent_id is None:
            return None
        agent = self._agents.find(agent_id)
        if agent is None or not agent["active"]:
            raise ValidationFailed({field: ["Not an active agent."]})
        return {"agentId": agent["_id"], "name": agent["name"]}

    def link(
        self, ticket: TicketDocument, change: Change, ticket_ids: list[str], *, actor: Actor
    ) -> None:
        """Relate the ticket to exactly these others. The other side is changed with it.

        Added tickets must exist, be visible to the actor, and not be related to too many.
        """
        own_id, before = ticket["_id"], set(ticket["relatedTickets"])
        wanted = unique(ticket_ids)
        if own_id in wanted:
            raise ValidationFailed({"relatedTickets": ["A ticket cannot be related to itself."]})
        added = set(wanted) - before
        if missing := added - self._tickets.existing(added, visible_to(actor)):
            problem = f"There is no ticket {', '.join(sorted(missing))}."
            raise ValidationFailed({"relatedTickets": [problem]})
        change.fields["relatedTickets"] = wanted
        change.others |= dict.fromkeys(added, _linked_to(own_id))
        change.others |= dict.fromkeys(before - set(wanted), _unlinked_from(own_id))


def _linked_to(own_id: str) -> Decision:
    def decide(other: TicketDocument, _now: object) -> Change:
        links = unique([*other["relatedTickets"], own_id])
        if len(links) > MAX_RELATED:
            problem = f"{other['_id']} is already related to {MAX_RELATED} tickets."
            raise ValidationFailed({"relatedTickets": [problem]})
        return Change(fields={"relatedTickets": links})

    return decide


def _unlinked_from(own_id: str) -> Decision:
    def decide(other: TicketDocument, _now: object) -> Change:
        links = [link for link in other["relatedTickets"] if link != own_id]
        return Change(fields={"relatedTickets": links})

    return decide
