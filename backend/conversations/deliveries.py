"""The outbox, which is the messages themselves, and how far each of them came.

A message that has yet to leave is `pending`, and `nextAttemptAt` says when it is due. Taking one up
moves that ahead by a lease: what a process that dies has taken up is due again when the lease ends,
and nobody else has it before. `attempts` tells the one who took it up last from those before.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pymongo import ReturnDocument

from backend.common.documents import Db, Document, utcnow
from backend.conversations.models import Delivery
from backend.conversations.repository import ConversationRepository
from backend.conversations.schemas import conversation_view, message_view
from backend.realtime.events import Events

# From where a status may be reached: states only ever go on, whatever order they are told in.
_BEFORE = {
    Delivery.SENT: ("pending",),
    Delivery.DELIVERED: ("pending", "sent"),
    Delivery.READ: ("pending", "sent", "delivered"),
    Delivery.FAILED: ("pending", "sent"),
}
_PENDING = {"delivery.status": Delivery.PENDING.value}
_OUTBOX_FIELDS = {"delivery.attempts": "", "delivery.nextAttemptAt": ""}


class Deliveries:
    def __init__(self, db: Db, events: Events) -> None:
        self._conversations = ConversationRepository(db)
        self._messages = db["messages"]
        self._events = events

    def conversations_due(self) -> list[str]:
        """The conversations with a message to send now."""
        due = {**_PENDING, "delivery.nextAttemptAt": {"$lte": utcnow()}}
        return self._messages.distinct("conversationId", due)

    def take_up(self, conversation_id: str, lease: timedelta) -> Document | None:
        """The conversation's oldest pending message, for whoever calls to send; None when there is
        none, or when it is not due. Those behind it wait: customers read what is sent in order.
        """
        now = utcnow()
        pending = {"conversationId": conversation_id, **_PENDING}
        oldest = self._messages.find_one(pending, sort=[("createdAt", 1), ("_id", 1)])
        if oldest is None:
            return None
        return self._messages.find_one_and_update(
            {"_id": oldest["_id"], **_PENDING, "delivery.nextAttemptAt": {"$lte": now}},
            {
                "$set": {"delivery.nextAttemptAt": now + lease},
                "$inc": {"delivery.attempts": 1},
            },
            return_document=ReturnDocument.AFTER,
        )

    def recipient_of(self, conversation_id: str) -> Document | None:
        """Where the customer wrote from last, in the channel's own terms."""
        conversation = self._conversations.find(conversation_id)
        return conversation and conversation.get("replyTo")

    def part_sent(self, message: Document, wamid: str, lease: timedelta) -> bool:
        """One part of a long message has left, and others follow. False when somebody else has
        taken the message up meanwhile.
        """
        result = self._messages.update_one(
            self._taken_up(message),
            {
                "$push": {"wamids": wamid},
                "$set": {"delivery.nextAttemptAt": utcnow() + lease},
            },
        )
        return result.matched_count == 1

    def sent(self, message: Document, wamid: str) -> None:
        """The message has left whole."""
        status = {"delivery.status": Delivery.SENT.value, "delivery.error": None}
        update = {"$push": {"wamids": wamid}, "$set": status, "$unset": _OUTBOX_FIELDS}
        self._change(self._taken_up(message), update)

    def postpone(self, message: Document, until: datetime, reason: str) -> None:
        """It did not leave, and may the next time."""
        later = {"delivery.nextAttemptAt": until, "delivery.error": reason}
        self._change(self._taken_up(message), {"$set": later})

    def failed(self, message: Document, reason: str) -> None:
        """It will never leave: people are told."""
        self._fail(self._taken_up(message), reason)

    def note_status(self, wamid: str, reference: str | None, status: Delivery, reason: str) -> None:
        """What the channel tells later. A status of an unknown message is nobody's.

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
        told = {"delivery.status": status.value, "delivery.error": None}
        self._change(
            wanted, {"$set": told, "$unset": _OUTBOX_FIELDS, "$addToSet": {"wamids": wamid}}
        )

    @staticmethod
    def _taken_up(message: Document) -> Document:
        """Only while the message is still in the hands of who took it up."""
        attempts = message["delivery"]["attempts"]
        return {"_id": message["_id"], **_PENDING, "delivery.attempts": attempts}

    def _fail(self, wanted: Document, reason: str) -> None:
        """The customer waits for words that do not come: the conversation asks for a person."""
        told = {"delivery.status": Delivery.FAILED.value, "delivery.error": reason}
        message = self._change(wanted, {"$set": told, "$unset": _OUTBOX_FIELDS})
        if message is None:
            return
        flagged = {"reason": reason, "at": utcnow()}
        conversation = self._conversations.update(message["conversationId"], {"flagged": flagged})
        if conversation is not None:
            self._events.conversation_updated(conversation_view(conversation), utcnow())

    def _change(self, wanted: Document, update: Document) -> Document | None:
        message = self._messages.find_one_and_update(
            wanted, update, return_document=ReturnDocument.AFTER
        )
        if message is not None:
            self._events.message_updated(message_view(message))
        return message
