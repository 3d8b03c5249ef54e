"""How conversations react to events of customers."""

from __future__ import annotations

from backend.common.actor import Actor
from backend.conversations.merging import ConversationMerging
from backend.conversations.repository import ConversationRepository
from backend.conversations.service import ConversationService
from backend.customers.events import CustomerChanged, CustomersMerged
from backend.customers.models import snapshot_of
from backend.customers.service import CustomerService
from backend.platform.events import EventBus
from backend.platform.jobs import JobKind, Jobs, RunningJob
from backend.platform.transactions import Transaction

SHOW_CUSTOMER = "show_customer_in_conversations"


def subscribe(
    bus: EventBus,
    jobs: Jobs,
    repository: ConversationRepository,
    conversations: ConversationService,
    customers: CustomerService,
) -> None:
    def customer_changed(tx: Transaction, event: CustomerChanged) -> None:
        if snapshot_of(event.before) != snapshot_of(event.after):
            payload = {"actor": event.actor.as_author()}
            tx.enqueue(SHOW_CUSTOMER, event.after["_id"], payload)

    def customers_merged(tx: Transaction, event: CustomersMerged) -> None:
        merging.merge_customers(tx, event)
        tx.enqueue(SHOW_CUSTOMER, event.target["_id"], {"actor": event.actor.as_author()})

    def show_customer(job: RunningJob) -> None:
        customer = customers.find(job.key)
        if customer is not None:
            actor = Actor.of_author(job.payload["actor"])
            conversations.show_customer(snapshot_of(customer), actor=actor)

    merging = ConversationMerging(repository)
    bus.within(CustomerChanged, customer_changed)
    bus.within(CustomersMerged, customers_merged)
    jobs.register(JobKind(SHOW_CUSTOMER, show_customer, inline=True))
