"""Reads and writes conversations and their messages."""

from __future__ import annotations

from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from backend.common.cursors import Order
from backend.common.documents import Db, Document, new_id, utcnow
from backend.common.errors import NotFound
from backend.common.paging import Found, Page, find_page
from backend.common.reading import Reading
from backend.conversations.listing import UNLISTED
from backend.conversations.models import MAX_PREVIEW, Channel, Mode

# Those that want a person first, then the latest: one stored key serves the sort and its cursor.
_ORDER: Document = {
    "$concat": [
        {"$cond": [{"$or": ["$unanswered", {"$ne": ["$flagged", None]}]}, "1|", "0|"]},
        {"$dateToString": {"date": "$lastMessageAt"}},
        "|",
        "$_id",
    ]
}

# What a person's taking over means: a run that is under way is over, and none goes on with it.
TAKEN_OVER: Document = {"mode": Mode.HUMAN.value, "run": None}


class ConversationRepository:
    def __init__(self, db: Db) -> None:
        self._conversations = db["conversations"]
        self._messages = db["messages"]

    # --- conversations --------------------------------------------------------------------

    def find(self, conversation_id: str, session: ClientSession | None = None) -> Document | None:
        return self._conversations.find_one({"_id": conversation_id}, session=session)

    def exists(self, conversation_id: str) -> bool:
        return self._conversations.find_one({"_id": conversation_id}, {"_id": True}) is not None

    def find_thread(self, customer_id: str, channel: Channel) -> Document | None:
        """A customer's conversation on a channel."""
        key = {"customer.customerId": customer_id, "channel": channel.value}
        return self._conversations.find_one(key)

    def insert(self, customer: Document, channel: Channel, session: ClientSession) -> Document:
        """Raises DuplicateKeyError when the customer has a conversation on the channel."""
        now = utcnow()
        conversation: Document = {
            "_id": new_id(),
            "customer": customer,
            "channel": channel.value,
            "mode": Mode.ASSISTANT.value,
            "flagged": None,
            "lastMessageAt": now,
            "lastMessage": None,
            "unanswered": False,
            "createdAt": now,
            "run": None,
            "order": UNLISTED,
        }
        self._conversations.insert_one(conversation, session=session)
        return conversation

    def page(self, reading: Reading, page: Page) -> Found[Document]:
        order = Order("order", descending=True, tiebreak="order")
        return find_page(self._conversations, reading, order, page)

    def update(
        self,
        conversation_id: str,
        fields: Document,
        *,
        session: ClientSession | None = None,
        **only_if: Any,
    ) -> Document | None:
        """Set fields, and the place in the list that follows. None when `only_if` does not hold."""
        literal = {name: {"$literal": value} for name, value in fields.items()}
        return self._conversations.find_one_and_update(
            {"_id": conversation_id, **only_if},
            [{"$set": literal}, {"$set": {"order": _ORDER}}],
            return_document=ReturnDocument.AFTER,
            session=session,
        )

    def of_customer(self, customer_id: str, session: ClientSession | None = None) -> list[Document]:
        return list(self._conversations.find({"customer.customerId": customer_id}, session=session))

    # --- messages -------------------------------------------------------------------------

    def store_message(
        self, message: Document, fields: Document, session: ClientSession, *, settles: bool = False
    ) -> tuple[Document, Document]:
        """Store a message and what it means for the conversation. One that `settles` leaves the
        assistant nothing to answer of what came before.

        Returns the conversation and the message. Raises DuplicateKeyError when the conversation has
        a message with this `messageId`, NotFound when there is no such conversation any more.
        """
        document = {"_id": new_id(), **message}
        self._messages.insert_one(document, session=session)
        if settles:
            self._messages.update_many(
                {
                    "conversationId": message["conversationId"],
                    "awaiting": True,
                    "createdAt": {"$lte": message["createdAt"]},
                },
                {"$unset": {"awaiting": ""}},
                session=session,
            )
        conversation = self.update(
            message["conversationId"], last_message(message) | fields, session=session
        )
        if conversation is None:
            raise NotFound("There is no such conversation.")
        return conversation, document

    def find_message(self, conversation_id: str, message_id: str) -> Document | None:
        return self._messages.find_one({"conversationId": conversation_id, "messageId": message_id})

    def message_page(self, conversation_id: str, page: Page) -> Found[Document]:
        """The newest page first; within a page the oldest message first, as people read."""
        order = Order("createdAt", descending=True)
        reading = Reading([{"conversationId": conversation_id}])
        found = find_page(self._messages, reading, order, page)
        return Found(found.documents[::-1], found.pagination)

    def latest_messages(self, conversation_id: str, limit: int) -> list[Document]:
        """The newest messages, oldest first."""
        newest = self._messages.find({"conversationId": conversation_id})
        return list(newest.sort([("createdAt", -1), ("_id", -1)]).limit(limit))[::-1]

    def awaiting(self, conversation_id: str) -> list[Document]:
        """Customer messages that nobody has answered yet, oldest first."""
        found = self._messages.find({"conversationId": conversation_id, "awaiting": True})
        return list(found.sort([("createdAt", 1), ("_id", 1)]))


def last_message(message: Document) -> Document:
    """The message as lists show it, kept with its conversation."""
    media = message["media"]
    return {
        "lastMessageAt": message["createdAt"],
        "lastMessage": {
            "text": message["text"][:MAX_PREVIEW],
            "mediaType": media and media["type"],
            "authorType": message["author"]["type"],
        },
    }
