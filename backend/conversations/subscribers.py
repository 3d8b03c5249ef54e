"""How conversations react to events of customers."""

from __future__ import annotations

from backend.conversations.merging import ConversationMerging
from backend.conversations.repository import ConversationRepository
from backend.conversations.service import ConversationService
from backend.customers.events import CustomersMerged
from backend.customers.service import CustomerService
from backend.customers.snapshots import keep_snapshots
from backend.platform.events import EventBus
from backend.platform.jobs import Jobs

SHOW_CUSTOMER = "show_customer_in_conversations"


def subscribe(
    bus: EventBus,
    jobs: Jobs,
    repository: ConversationRepository,
    conversations: ConversationService,
    customers: CustomerService,
) -> None:
    bus.within(CustomersMerged, ConversationMerging(repository).merge_customers)
    keep_snapshots(
        bus,
        jobs,
        customers,
        SHOW_CUSTOMER,
        lambda snapshot, actor: conversations.show_customer(snapshot, actor=actor),
    )
