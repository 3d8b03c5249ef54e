"""What the merge of two customers means for their conversations: one thread a channel."""

from __future__ import annotations

from backend.common.documents import Db, Document
from backend.conversations.events import ConversationChanged, ConversationsMerged
from backend.conversations.models import Mode
from backend.conversations.repository import TAKEN_OVER, ConversationRepository
from backend.customers.events import CustomersMerged
from backend.customers.models import snapshot_of
from backend.platform.transactions import Transaction


class ConversationMerging:
    def __init__(self, db: Db, conversations: ConversationRepository) -> None:
        self._conversations = conversations
        self._collection = db["conversations"]
        self._messages = db["messages"]

    def merge_customers(self, tx: Transaction, merged: CustomersMerged) -> None:
        """Move the source's conversations to the target, in the transaction of the merge."""
        for source in self._conversations.of_customer(merged.source["_id"], tx.session):
            same = {
                "customer.customerId": merged.target["_id"],
                "channel": source["channel"],
            }
            target = self._collection.find_one(same, session=tx.session)
            if target is None:
                moved = self._conversations.update(
                    source["_id"], {"customer": snapshot_of(merged.target)}, session=tx.session
                )
                assert moved is not None
                tx.publish(ConversationChanged(source, moved, merged.actor, merged.at))
            else:
                self._join(tx, source, target, merged)

    def _join(
        self, tx: Transaction, source: Document, target: Document, merged: CustomersMerged
    ) -> None:
        self._messages.update_many(
            {"conversationId": source["_id"]},
            {"$set": {"conversationId": target["_id"]}},
            session=tx.session,
        )
        self._collection.delete_one({"_id": source["_id"]}, session=tx.session)
        both = self._conversations.update(
            target["_id"], _of_both(target, source), session=tx.session
        )
        assert both is not None
        tx.publish(ConversationChanged(target, both, merged.actor, merged.at))
        tx.publish(ConversationsMerged(source, both, merged.actor, merged.at))


def _of_both(target: Document, source: Document) -> Document:
    """That a person answers, or is needed, stays true when it was true of either."""
    latest = max(target, source, key=lambda conversation: conversation["lastMessageAt"])
    fields = {
        "flagged": target["flagged"] or source["flagged"],
        "unanswered": target["unanswered"] or source["unanswered"],
        "lastMessageAt": latest["lastMessageAt"],
        "lastMessage": latest["lastMessage"],
    }
    return fields | (TAKEN_OVER if source["mode"] == Mode.HUMAN.value else {})
