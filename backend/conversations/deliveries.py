"""How far each outgoing message came. Those that have yet to leave are `pending`, and the outbox of
the channels sends them in order.
"""

from __future__ import annotations

from backend.common.actor import SYSTEM
from backend.common.documents import Db, Document, utcnow
from backend.conversations.events import MessageUpdated
from backend.conversations.models import Delivery
from backend.conversations.service import ConversationService
from backend.platform.transactions import Transaction, Transactions

# From where a status may be reached: states only ever go on, whatever order they are reported in.
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
        self._messages = db["messages"]

    def next_pending(self, conversation_id: str) -> Document | None:
        """The conversation's oldest message that has yet to leave: customers read them in order."""
        pending = {"conversationId": conversation_id, **_PENDING}
        return self._messages.find_one(pending, sort=[("createdAt", 1), ("_id", 1)])

    def recipient_of(self, conversation_id: str) -> Document | None:
        """Where the customer wrote from last, in the channel's own terms."""
        conversation = self._conversations.find(conversation_id)
        return conversation and conversation.get("replyTo")

    def part_sent(self, message: Document, wamid: str) -> None:
        """One part of a long message has left, and others follow."""
        own = {"_id": message["_id"]}
        self._messages.update_one(own, {"$push": {"wamids": wamid}})

    def sent(self, message: Document, wamid: str) -> None:
        """The message has left whole."""
        status = {"delivery.status": Delivery.SENT.value, "delivery.error": None}
        self._change(_pending(message), {"$push": {"wamids": wamid}, "$set": status})

    def postponed(self, message: Document, reason: str) -> None:
        """It did not leave, and may the next time."""
        if message["delivery"]["error"] != reason:
            self._change(_pending(message), {"$set": {"delivery.error": reason}})

    def failed(self, message: Document, reason: str) -> None:
        """It will never leave: the conversation asks for a person."""
        self._fail(_pending(message), reason)

    def note_status(self, wamid: str, reference: str | None, status: Delivery, reason: str) -> None:
        """Record what the channel reports later. A status of an unknown message changes nothing.

        `reference` is the message's own id, which the channel repeats: it is known by that when
        the status overtakes the record that it was sent, or when that was lost in a crash.
        """
        known = {"$or": [{"wamids": wamid}, {"_id": reference}]} if reference else {"wamids": wamid}
        wanted = {**known, "delivery.status": {"$in": _BEFORE[status]}}
        if status is Delivery.FAILED:
            self._fail(wanted, reason)
            return
        if reference is None:
            # The last part stands for all of a long message: it was sent after the others.
            wanted["$expr"] = {"$eq": [{"$last": "$wamids"}, wamid]}
            wanted["delivery.status"] = {"$in": [s for s in _BEFORE[status] if s != "pending"]}
        reported = {"delivery.status": status.value, "delivery.error": None}
        update = {"$set": reported, "$addToSet": {"wamids": wamid}}
        self._change(wanted, update, reported=True)

    def _fail(self, wanted: Document, reason: str) -> None:
        """The customer waits for words that do not come: the conversation asks for a person."""
        failed = {"delivery.status": Delivery.FAILED.value, "delivery.error": reason}
        message = self._change(wanted, {"$set": failed})
        if message is not None:
            self._conversations.flag(message["conversationId"], reason)

    def _change(
        self, wanted: Document, update: Document, *, reported: bool = False
    ) -> Document | None:
        """Update one message. None when there is none like that."""

        def work(tx: Transaction) -> Document | None:
            before = self._messages.find_one(wanted, session=tx.session)
            if before is None:
                return None
            own = {"_id": before["_id"]}
            self._messages.update_one(own, update, session=tx.session)
            after = self._messages.find_one(own, session=tx.session)
            assert after is not None
            tx.publish(MessageUpdated(before, after, SYSTEM, utcnow(), reported))
            return after

        return self._transactions.run(work)


def _pending(message: Document) -> Document:
    return {"_id": message["_id"], **_PENDING}
