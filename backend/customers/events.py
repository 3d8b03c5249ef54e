"""Events of customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.common.actor import Actor
from backend.customers.models import CustomerDocument
from backend.platform.events import Entry, changes_between

# What follows from other fields.
_UNLOGGED = ("search", "conversationAt", "whatsappUserId", "visitorId")


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    before: CustomerDocument
    after: CustomerDocument
    actor: Actor
    at: datetime

    def entry(self) -> Entry:
        changes = changes_between(dict(self.before), dict(self.after), *_UNLOGGED)
        return Entry("customer_changed", {"customerId": self.after["_id"]}, changes)


@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """`source` has ended, and `target` has everything of both."""

    source: CustomerDocument
    target: CustomerDocument
    actor: Actor
    at: datetime

    def entry(self) -> Entry:
        merged = {"mergedFrom": {"from": None, "to": self.source["_id"]}}
        return Entry("customers_merged", {"customerId": self.target["_id"]}, merged)
