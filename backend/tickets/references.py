"""What a ticket refers to: a customer, a conversation, an agent, other tickets.

Each method answers with what is named, or raises ValidationFailed by the name of the field.
"""

from __future__ import annotations

from backend.agents.service import AgentService
from backend.common.actor import Actor
from backend.common.documents import Document
from backend.common.errors import ValidationFailed
from backend.conversations.service import ConversationService
from backend.customers.service import CustomerService
from backend.tickets.changes import unique
from backend.tickets.models import MAX_RELATED
from backend.tickets.repository import TicketRepository
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

    def customer(self, customer_id: str, conversation_id: str | None) -> Document:
        """The customer, whose the conversation is when there is one."""
        customer = self._customers.find(customer_id)
        if customer is None:
            raise ValidationFailed({"customerId": ["There is no such customer."]})
        if conversation_id:
            conversation = self._conversations.find(conversation_id)
            if conversation is None or conversation["customer"]["customerId"] != customer_id:
                raise ValidationFailed(
                    {"conversationId": ["There is no such conversation of this customer."]}
                )
        return customer

    def assignee(self, agent_id: str | None, field: str) -> Document | None:
        """The active agent as tickets name them; nobody for None."""
        if agent_id is None:
            return None
        agent = self._agents.find(agent_id)
        if agent is None or not agent["active"]:
            raise ValidationFailed({field: ["There is no such active agent."]})
        return {"agentId": agent["_id"], "name": agent["name"]}

    def related(self, ticket: Document, ticket_ids: list[str], *, actor: Actor) -> list[str]:
        """Each once. Those that are new must be there, in the actor's sight, and not be full."""
        wanted = unique(ticket_ids)
        if ticket["_id"] in wanted:
            raise ValidationFailed({"relatedTickets": ["A ticket is not related to itself."]})
        added = set(wanted) - set(ticket["relatedTickets"])
        if missing := added - self._tickets.existing(added, visible_to(actor)):
            problem = f"There is no ticket {', '.join(sorted(missing))}."
            raise ValidationFailed({"relatedTickets": [problem]})
        if full := self._tickets.existing(
            added, {f"relatedTickets.{MAX_RELATED - 1}": {"$exists": True}}
        ):
            problem = f"{', '.join(sorted(full))} is related to {MAX_RELATED} already."
            raise ValidationFailed({"relatedTickets": [problem]})
        return wanted
