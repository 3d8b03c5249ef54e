"""Moves the conversations of two customers who are merged: one thread remains in each inbox."""

from __future__ import annotations

from backend.common.documents import Document
from backend.conversations.events import ConversationChanged, ConversationsMerged
from backend.conversations.models import ConversationDocument, Mode
from backend.conversations.repository import TAKEN_OVER, ConversationRepository
from backend.customers.events import CustomersMerged
from backend.customers.models import snapshot_of
from backend.platform.transactions import Transaction


class ConversationMerging:
    def __init__(self, conversations: ConversationRepository) -> None:
        self._conversations = conversations

    def merge_customers(self, tx: Transaction, merged: CustomersMerged) -> None:
        """Move the source's conversations to the target, in the transaction of the merge."""
        for source in self._conversations.of_customer(merged.source["_id"], tx.session):
            own_thread = source.get("threadKey", merged.source["_id"]) != merged.source["_id"]
            target = None if own_thread else self._same_inbox(tx, source, merged)
            if target is None:
                fields: Document = {"customer": snapshot_of(merged.target)}
                if not own_thread:
                    fields["threadKey"] = merged.target["_id"]
                moved = self._conversations.update(source["_id"], fields, session=tx.session)
                assert moved is not None
                tx.publish(ConversationChanged(source, moved, merged.actor, merged.at))
            else:
                self._join(tx, source, target, merged)

    def _same_inbox(
        self, tx: Transaction, source: ConversationDocument, merged: CustomersMerged
    ) -> ConversationDocument | None:
        """Return the target's thread in the inbox of the source's conversation."""
        for conversation in self._conversations.of_customer(merged.target["_id"], tx.session):
            same = conversation["channel"] == source["channel"] and conversation.get(
                "inboxId"
            ) == source.get("inboxId")
            if same and conversation.get("threadKey", merged.target["_id"]) == merged.target["_id"]:
                return conversation
        return None

    def _join(
        self,
        tx: Transaction,
        source: ConversationDocument,
        target: ConversationDocument,
        merged: CustomersMerged,
    ) -> None:
        self._conversations.move_messages(source["_id"], target["_id"], tx.session)
        self._conversations.delete(source["_id"], tx.session)
        both = self._conversations.update(
            target["_id"], _of_both(target, source), session=tx.session
        )
        assert both is not None
        tx.publish(ConversationChanged(target, both, merged.actor, merged.at))
        tx.publish(ConversationsMerged(source, both, merged.actor, merged.at))


def _of_both(target: ConversationDocument, source: ConversationDocument) -> Document:
    """Return what is true of both as one. A person who answers, or is needed, in either does in it.

    Answers go to the address that the customer wrote from last.
    """
    latest = max(target, source, key=lambda conversation: conversation["lastMessageAt"])
    fields: Document = {
        "flagged": target["flagged"] or source["flagged"],
        "unanswered": target["unanswered"] or source["unanswered"],
        "lastMessageAt": latest["lastMessageAt"],
        "lastMessage": latest["lastMessage"],
    }
    if reply_to := latest.get("replyTo"):
        fields["replyTo"] = reply_to
    return fields | (TAKEN_OVER if source["mode"] == Mode.HUMAN.value else {})
