"""Keeps the snapshots of a customer that other features store up to date."""

from __future__ import annotations

from collections.abc import Callable

from backend.common.actor import Actor
from backend.customers.events import CustomerChanged, CustomersMerged
from backend.customers.models import CustomerSnapshot, snapshot_of
from backend.customers.service import CustomerService
from backend.platform.events import EventBus
from backend.platform.jobs import JobKind, Jobs, RunningJob
from backend.platform.transactions import Transaction


def keep_snapshots(
    bus: EventBus,
    jobs: Jobs,
    customers: CustomerService,
    kind: str,
    update: Callable[[CustomerSnapshot, Actor], None],
) -> None:
    """Call `update` in a job of this kind after a customer changes or takes over another."""

    def customer_changed(tx: Transaction, event: CustomerChanged) -> None:
        if snapshot_of(event.before) != snapshot_of(event.after):
            tx.enqueue(kind, event.after["_id"], {"actor": event.actor.as_author()})

    def customers_merged(tx: Transaction, event: CustomersMerged) -> None:
        tx.enqueue(kind, event.target["_id"], {"actor": event.actor.as_author()})

    def run(job: RunningJob) -> None:
        customer = customers.find(job.key)
        if customer is not None:
            update(snapshot_of(customer), Actor.of_author(job.payload["actor"]))

    bus.within(CustomerChanged, customer_changed)
    bus.within(CustomersMerged, customers_merged)
    jobs.register(JobKind(kind, run, inline=True))
