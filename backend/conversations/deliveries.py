"""How far each outgoing message came. The outbox of the channels sends those that are `pending`, in
order.
"""

from __future__ import annotations

from backend.common.actor import SYSTEM
from backend.common.documents import Db, Document, collection, utcnow
from backend.conversations.events import MessageUpdated
from backend.conversations.models import Delivery, MessageDocument
from backend.conversations.service import ConversationService
from backend.platform.transactions import Transaction, Transactions

# The statuses before each: a status only ever advances, whatever the order of the reports.
_BEFORE = {
    Delivery.SENT: ("pending",),
    Delivery.DELIVERED: ("pending", "sent"),
    Delivery.READ: ("pending", "sent", "delivered"),
    Delivery.FAILED: ("pending", "sent"),
}
_PENDING = {"delivery.status": Delivery.PENDING.value}


class Deliveries:
    def __init__(
        self, db: Db, conversations: ConversationService, transactions: Transactions
    ) -> None:
        self._conversations = conversations
        self._transactions = transactions
        self._messages = collection(db, "messages", MessageDocument)

    def next_pending(self, conversation_id: str) -> MessageDocument | None:
        """Return the conversation's oldest message that is not sent: customers read in order."""
        pending = {"conversationId": conversation_id, **_PENDING}
        return self._messages.find_one(pending, sort=[("createdAt", 1), ("_id", 1)])

    def part_sent(self, message: MessageDocument, external_id: str) -> None:
        """Record that one part of a long message is sent, and others follow."""
        own = {"_id": message["_id"]}
        self._messages.update_one(own, {"$push": {"externalIds": external_id}})

    def sent(self, message: MessageDocument, external_id: str) -> None:
        """Record that the whole message is sent."""
        status = {"delivery.status": Delivery.SENT.value, "delivery.error": None}
        self._change(_pending(message), {"$push": {"externalIds": external_id}, "$set": status})

    def postponed(self, message: MessageDocument, reason: str) -> None:
        """Record why the message is not sent yet."""
        if message["delivery"]["error"] != reason:
            self._change(_pending(message), {"$set": {"delivery.error": reason}})

    def failed(self, message: MessageDocument, reason: str) -> None:
        """Record that the message will never be sent: the conversation needs a person."""
        self._fail(_pending(message), reason)

    def note_status(
        self, external_id: str, reference: str | None, status: Delivery, reason: str
    ) -> None:
        """Record what the channel reports later. A status of an unknown message changes nothing.

        `reference` is the message's own id, which the channel repeats. It identifies the message
        when the status overtakes the record that it was sent, or when a crash lost that record.
        """
        known: Document = {"externalIds": external_id}
        if reference is not None:
            known = {"$or": [known, {"_id": reference}]}
        wanted = {**known, "delivery.status": {"$in": _BEFORE[status]}}
        if status is Delivery.FAILED:
            self._fail(wanted, reason)
            return
        if reference is None:
            # Of a long message only the last part counts: it was sent after the others.
            wanted["$expr"] = {"$eq": [{"$last": "$externalIds"}, external_id]}
            wanted["delivery.status"] = {"$in": [s for s in _BEFORE[status] if s != "pending"]}
        reported = {"delivery.status": status.value, "delivery.error": None}
        update = {"$set": reported, "$addToSet": {"externalIds": external_id}}
        self._change(wanted, update, reported=True)

    def _fail(self, wanted: Document, reason: str) -> None:
        """Mark the message as failed and ask for a person, as the customer waits in vain."""
        failed = {"delivery.status": Delivery.FAILED.value, "delivery.error": reason}

        def work(tx: Transaction) -> None:
            message = self._change_within(tx, wanted, {"$set": failed}, reported=False)
            if message is not None:
                self._conversations.flag(message["conversationId"], reason, tx)

        self._transactions.run(work)

    def _change(self, wanted: Document, update: Document, *, reported: bool = False) -> None:
        self._transactions.run(
            lambda tx: self._change_within(tx, wanted, update, reported=reported)
        )

    def _change_within(
        self, tx: Transaction, wanted: Document, update: Document, *, reported: bool
    ) -> MessageDocument | None:
        """Update one message. None when there is none like that."""
        before = self._messages.find_one(wanted, session=tx.session)
        if before is None:
            return None
        own = {"_id": before["_id"]}
        self._messages.update_one(own, update, session=tx.session)
        after = self._messages.find_one(own, session=tx.session)
        assert after is not None
        tx.publish(MessageUpdated(before, after, SYSTEM, utcnow(), reported))
        return after


def _pending(message: MessageDocument) -> Document:
    return {"_id": message["_id"], **_PENDING}
