"""Reads and writes conversations and their messages."""

from __future__ import annotations

from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from backend.common.cursors import Order
from backend.common.documents import Db, Document, collection, new_id, utcnow
from backend.common.errors import NotFound
from backend.common.paging import Found, Page, find_page
from backend.common.reading import Reading
from backend.conversations.listing import UNLISTED
from backend.conversations.models import (
    MAX_PREVIEW,
    ConversationDocument,
    MessageDocument,
    Mode,
    Thread,
)
from backend.customers.models import CustomerSnapshot

# Those that need a person first, then the latest: one stored key serves the order and its cursor.
_ORDER: Document = {
    "$concat": [
        {"$cond": [{"$or": ["$unanswered", {"$ne": ["$flagged", None]}]}, "1|", "0|"]},
        {"$dateToString": {"date": "$lastMessageAt"}},
        "|",
        "$_id",
    ]
}

# A person takes over: the assistant's run ends, and no other resumes it.
TAKEN_OVER: Document = {"mode": Mode.HUMAN.value, "run": None}


class ConversationRepository:
    def __init__(self, db: Db) -> None:
        self._conversations = collection(db, "conversations", ConversationDocument)
        self._messages = collection(db, "messages", MessageDocument)

    # --- conversations --------------------------------------------------------------------

    def find(
        self, conversation_id: str, session: ClientSession | None = None
    ) -> ConversationDocument | None:
        return self._conversations.find_one({"_id": conversation_id}, session=session)

    def exists(self, conversation_id: str) -> bool:
        return self._conversations.find_one({"_id": conversation_id}, {"_id": True}) is not None

    def find_thread(
        self, customer_id: str, thread: Thread, session: ClientSession | None = None
    ) -> ConversationDocument | None:
        """Return the conversation, of this customer if a customer has one thread in the inbox."""
        key = {
            "channel": thread.channel,
            "inboxId": thread.inbox_id,
            "threadKey": thread.key or customer_id,
        }
        found = self._conversations.find_one(key, session=session)
        if found is None and thread.key is None:
            # As the previous version, which may still be serving, writes it.
            former = {
                "customer.customerId": customer_id,
                "channel": thread.channel,
                "threadKey": {"$exists": False},
            }
            found = self._conversations.find_one(former, session=session)
        return found

    def insert(
        self, customer: CustomerSnapshot, thread: Thread, session: ClientSession
    ) -> ConversationDocument:
        """Raises DuplicateKeyError when there is one."""
        now = utcnow()
        conversation: ConversationDocument = {
            "_id": new_id(),
            "customer": customer,
            "channel": thread.channel,
            "inboxId": thread.inbox_id,
            "threadKey": thread.key or customer["customerId"],
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

    def page(self, reading: Reading, page: Page) -> Found[ConversationDocument]:
        order = Order("order", descending=True, tiebreak="order")
        return find_page(self._conversations, reading, order, page)

    def update(
        self,
        conversation_id: str,
        fields: Document,
        *,
        session: ClientSession | None = None,
        **only_if: Any,
    ) -> ConversationDocument | None:
        """Set fields and the resulting place in the list. None when `only_if` does not match."""
        literal = {name: {"$literal": value} for name, value in fields.items()}
        return self._conversations.find_one_and_update(
            {"_id": conversation_id, **only_if},
            [{"$set": literal}, {"$set": {"order": _ORDER}}],
            return_document=ReturnDocument.AFTER,
            session=session,
        )

    def delete(self, conversation_id: str, session: ClientSession) -> None:
        self._conversations.delete_one({"_id": conversation_id}, session=session)

    def of_customer(
        self, customer_id: str, session: ClientSession | None = None
    ) -> list[ConversationDocument]:
        return list(self._conversations.find({"customer.customerId": customer_id}, session=session))

    # --- messages -------------------------------------------------------------------------

    def store_message(
        self,
        message: MessageDocument,
        fields: Document,
        session: ClientSession,
        *,
        settles: bool = False,
    ) -> ConversationDocument:
        """Store a message and what it means for the conversation, which is returned. One that
        `settles` leaves the assistant nothing to answer of what came before.

        Raises DuplicateKeyError when the conversation has a message with this `messageId`, NotFound
        when the conversation is gone.
        """
        self._messages.insert_one(message, session=session)
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
            raise NotFound("Conversation not found.")
        return conversation

    def find_message(self, conversation_id: str, message_id: str) -> MessageDocument | None:
        key = {"conversationId": conversation_id, "messageId": message_id}
        return self._messages.find_one(key)

    def move_messages(self, source_id: str, target_id: str, session: ClientSession) -> None:
        self._messages.update_many(
            {"conversationId": source_id}, {"$set": {"conversationId": target_id}}, session=session
        )

    def message_page(self, conversation_id: str, page: Page) -> Found[MessageDocument]:
        """Return the newest page first; within a page the oldest message comes first."""
        order = Order("createdAt", descending=True)
        reading = Reading([{"conversationId": conversation_id}])
        found = find_page(self._messages, reading, order, page)
        return Found(found.documents[::-1], found.pagination)

    def latest_messages(self, conversation_id: str, limit: int) -> list[MessageDocument]:
        """Return the newest messages, oldest first."""
        newest = self._messages.find({"conversationId": conversation_id})
        return list(newest.sort([("createdAt", -1), ("_id", -1)]).limit(limit))[::-1]


def last_message(message: MessageDocument) -> Document:
    """Return the copy of a message that its conversation keeps for lists."""
    media = message["media"]
    return {
        "lastMessageAt": message["createdAt"],
        "lastMessage": {
            "text": message["text"][:MAX_PREVIEW],
            "mediaType": media and media["type"],
            "authorType": message["author"]["type"],
        },
    }
