"""The assistant's turn in a conversation: the customer messages that need a reply, and the run that
answers them.

A run is fenced by its owner: once a person takes over, or another process runs, its answer is
refused. That only one process runs at a time is the job's matter.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pymongo import ReturnDocument

from backend.common.actor import ASSISTANT
from backend.common.documents import Db, Document, new_id, utcnow
from backend.conversations.events import MessageCreated
from backend.conversations.models import Mode
from backend.conversations.repository import ConversationRepository, last_message
from backend.platform.transactions import Transaction, Transactions


class FinishedRun(NamedTuple):
    conversation: Document
    answer: Document
    more: bool  # messages that came meanwhile need a reply


class Turns:
    def __init__(
        self, db: Db, conversations: ConversationRepository, transactions: Transactions
    ) -> None:
        self._conversations = conversations
        self._collection = db["conversations"]
        self._messages = db["messages"]
        self._transactions = transactions

    def needing_reply(self, conversation_id: str) -> list[Document]:
        """Customer messages that nobody has answered yet, oldest first."""
        found = self._messages.find({"conversationId": conversation_id, "awaiting": True})
        return list(found.sort([("createdAt", 1), ("_id", 1)]))

    def latest_messages(self, conversation_id: str, limit: int) -> list[Document]:
        """The newest messages, oldest first."""
        return self._conversations.latest_messages(conversation_id, limit)

    def begin(self, conversation_id: str, owner: str) -> Document | None:
        """Give the conversation to a run; None while a person answers.

        `run.isLeftOver` says that the run before was cut off; one that a person ended is just over.
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
        """False when a person has taken over, or another run has."""
        own: dict[str, Any] = {"_id": conversation_id, **_fence(owner)}
        return self._collection.find_one(own, {"_id": True}) is not None

    def finish(
        self,
        conversation_id: str,
        owner: str,
        turn: list[Document],
        answer: Document,
        fields: Document,
    ) -> FinishedRun | None:
        """Store the answer to the turn's messages, settle them and end the run, all or nothing.

        None when a person or another run took over meanwhile: the answer is dropped.
        """
        settled = {"$in": [asked["_id"] for asked in turn]}

        def work(tx: Transaction) -> FinishedRun | None:
            # Who stores a message also writes the conversation: none comes unseen in between.
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
            message = {"_id": new_id(), **answer}
            self._messages.insert_one(message, session=tx.session)
            self._messages.update_many(
                {"_id": settled}, {"$unset": {"awaiting": ""}}, session=tx.session
            )
            tx.publish(MessageCreated(conversation, message, ASSISTANT, utcnow()))
            return FinishedRun(conversation, message, more)

        return self._transactions.run(work)


def _fence(owner: str) -> Document:
    return {"run.owner": owner, "mode": Mode.ASSISTANT.value}
