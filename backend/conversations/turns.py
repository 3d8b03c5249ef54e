"""The assistant's turn in a conversation: the customer messages that need a reply, and the run that
answers them.

A run is fenced by its owner: once a person takes over, or another process runs, its answer is
refused. The job sees to it that only one process runs at a time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pymongo import ReturnDocument

from backend.common.actor import ASSISTANT
from backend.common.documents import Db, Document, collection, utcnow
from backend.conversations.events import MessageCreated
from backend.conversations.models import ConversationDocument, MessageDocument, Mode
from backend.conversations.repository import ConversationRepository, last_message
from backend.platform.transactions import Transaction, Transactions


class FinishedRun(NamedTuple):
    conversation: ConversationDocument
    answer: MessageDocument
    more: bool  # messages that came meanwhile need a reply


class Turns:
    def __init__(
        self, db: Db, conversations: ConversationRepository, transactions: Transactions
    ) -> None:
        self._conversations = conversations
        self._collection = collection(db, "conversations", ConversationDocument)
        self._messages = collection(db, "messages", MessageDocument)
        self._transactions = transactions

    def needing_reply(self, conversation_id: str) -> list[MessageDocument]:
        """Return the customer's messages that nobody has answered yet, oldest first."""
        found = self._messages.find({"conversationId": conversation_id, "awaiting": True})
        return list(found.sort([("createdAt", 1), ("_id", 1)]))

    def latest_messages(self, conversation_id: str, limit: int) -> list[MessageDocument]:
        """Return the newest messages, oldest first."""
        return self._conversations.latest_messages(conversation_id, limit)

    def begin(self, conversation_id: str, owner: str) -> ConversationDocument | None:
        """Give the conversation to a run; None while a person answers.

        `run.isLeftOver` says that the run before was cut off, rather than ended by a person.
        """
        run = {"owner": {"$literal": owner}, "isLeftOver": {"$ne": ["$run", None]}}
        return self._collection.find_one_and_update(
            {"_id": conversation_id, "mode": Mode.ASSISTANT.value},
            [{"$set": {"run": run}}],
            return_document=ReturnDocument.AFTER,
        )

    def end_empty(self, conversation_id: str, owner: str) -> None:
        """End a run that found nothing to answer."""
        self._collection.update_one(
            {"_id": conversation_id, "run.owner": owner}, {"$set": {"run": None}}
        )

    def holds(self, conversation_id: str, owner: str) -> bool:
        """Return whether the conversation is still the run's: no person or other run has it."""
        own: dict[str, Any] = {"_id": conversation_id, **_fence(owner)}
        return self._collection.find_one(own, {"_id": True}) is not None

    def finish(
        self,
        conversation_id: str,
        owner: str,
        turn: list[MessageDocument],
        answer: MessageDocument,
        fields: Document,
    ) -> FinishedRun | None:
        """Store the answer to the turn's messages, settle them and end the run, all or nothing.

        None when a person or another run took over meanwhile: the answer is dropped.
        """
        settled = {"$in": [asked["_id"] for asked in turn]}

        def work(tx: Transaction) -> FinishedRun | None:
            # Storing a message also writes the conversation: a new one collides with this.
            others = {"conversationId": conversation_id, "awaiting": True, "_id": {"$not": settled}}
            more = self._messages.find_one(others, {"_id": True}, session=tx.session) is not None
            conversation = self._conversations.update(
                conversation_id,
                {
                    **fields,
                    **last_message(answer),
                    "unanswered": fields["unanswered"] or more,
                    "run": None,
                },
                session=tx.session,
                **_fence(owner),
            )
            if conversation is None:
                return None
            self._messages.insert_one(answer, session=tx.session)
            self._messages.update_many(
                {"_id": settled}, {"$unset": {"awaiting": ""}}, session=tx.session
            )
            tx.publish(MessageCreated(conversation, answer, ASSISTANT, utcnow()))
            return FinishedRun(conversation, answer, more)

        return self._transactions.run(work)


def _fence(owner: str) -> Document:
    return {"run.owner": owner, "mode": Mode.ASSISTANT.value}
