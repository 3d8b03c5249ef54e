"""What happens to customers, as subscribers hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.common.actor import Actor
from backend.common.documents import Document
from backend.platform.events import Entry, changes_between


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    before: Document
    after: Document
    actor: Actor
    at: datetime

    def entry(self) -> Entry:
        changes = changes_between(self.before, self.after, "search", "conversationAt")
        return Entry("customer_changed", {"customerId": self.after["_id"]}, changes)


@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """Two customers have turned out to be one: `target`, which has everything of both."""

    source: Document
    target: Document
    actor: Actor
    at: datetime

    def entry(self) -> Entry:
        merged = {"mergedFrom": {"from": None, "to": self.source["_id"]}}
        return Entry("customers_merged", {"customerId": self.target["_id"]}, merged)
