"""How tickets react to events of customers and conversations."""

from __future__ import annotations

from backend.common.actor import Actor, ActorType
from backend.common.documents import Document
from backend.conversations.events import ConversationsMerged, MessageCreated
from backend.customers.events import CustomersMerged
from backend.customers.service import CustomerService
from backend.customers.snapshots import keep_snapshots
from backend.platform.events import EventBus
from backend.platform.jobs import JobKind, Jobs, RunningJob
from backend.platform.transactions import Transaction
from backend.tickets.models import Status
from backend.tickets.repository import TicketRepository
from backend.tickets.service import TicketService

UPDATE_SNAPSHOTS = "show_customer_on_tickets"
REACT_TO_MESSAGE = "react_to_message"

# The tickets that a message changes: the reply they wait for, or the first response to them.
_CONCERNED: dict[ActorType, Document] = {
    ActorType.CUSTOMER: {"status": Status.PENDING_CUSTOMER.value},
    ActorType.AGENT: {"sla.firstRespondedAt": None},
}


def subscribe(
    bus: EventBus,
    jobs: Jobs,
    repository: TicketRepository,
    tickets: TicketService,
    customers: CustomerService,
) -> None:
    def message_created(tx: Transaction, event: MessageCreated) -> None:
        conversation_id = event.conversation["_id"]
        which = _CONCERNED.get(event.actor.type)
        if which is not None and repository.has_open(conversation_id, which):
            payload = {
                "conversationId": conversation_id,
                "actor": event.actor.as_author(),
                "at": event.at,
                "sentAt": event.message["createdAt"],
            }
            tx.enqueue(REACT_TO_MESSAGE, event.message["_id"], payload)

    def react_to_message(job: RunningJob) -> None:
        conversation_id = job.payload["conversationId"]
        actor = Actor.of_author(job.payload["actor"])
        if actor.type is ActorType.CUSTOMER:
            tickets.customer_wrote(conversation_id, job.payload["at"], customer=actor)
        else:
            tickets.agent_wrote(conversation_id, job.payload["sentAt"], actor=actor)

    def customers_merged(tx: Transaction, event: CustomersMerged) -> None:
        repository.move_to_customer(event.source["_id"], event.target["_id"], tx.session)

    def conversations_merged(tx: Transaction, event: ConversationsMerged) -> None:
        repository.move_to_conversation(event.source["_id"], event.target["_id"], tx.session)

    bus.within(MessageCreated, message_created)
    bus.within(CustomersMerged, customers_merged)
    bus.within(ConversationsMerged, conversations_merged)
    jobs.register(JobKind(REACT_TO_MESSAGE, react_to_message, inline=True))
    keep_snapshots(
        bus,
        jobs,
        customers,
        UPDATE_SNAPSHOTS,
        lambda snapshot, actor: tickets.update_snapshots(snapshot, actor=actor),
    )
    customers.count_tickets = lambda ids, actor: tickets.count_by_customer(ids, actor=actor)
