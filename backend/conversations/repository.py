"""Reads and writes conversations, their messages, and the assistant's lease on a conversation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from backend.common.documents import Db, Document, new_id, utcnow
from backend.common.errors import NotFound
from backend.common.paging import Found, Order, Page, find_page
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
_UNLISTED = ""  # of a conversation that nobody has written in

# What a person's taking over means: a run that is under way is over, and none goes on with it.
TAKEN_OVER: Document = {"mode": Mode.HUMAN.value, "run": None}


class FinishedRun(NamedTuple):
    conversation: Document
    answer: Document
    more: bool  # messages that came meanwhile await an answer


class ConversationRepository:
    def __init__(self, db: Db) -> None:
        self._client = db.client
        self._conversations = db["conversations"]
        self._customers = db["customers"]
        self._messages = db["messages"]

    # --- conversations --------------------------------------------------------------------

    def find(self, conversation_id: str) -> Document | None:
        return self._conversations.find_one({"_id": conversation_id})

    def find_or_insert(self, customer: Document, channel: Channel) -> Document:
        """A customer's conversation on a channel: one thread, as WhatsApp has it.

        Raises NotFound when the customer is gone, joined with another meanwhile.
        """
        key = {"customer.customerId": customer["customerId"], "channel": channel.value}
        found = self._conversations.find_one(key)
        if found is not None:
            return found
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
            "order": _UNLISTED,
        }

        def work(session: ClientSession) -> None:
            # Written to, so that the two do not pass each other: a join that is under way.
            written = self._customers.update_one(
                {"_id": customer["customerId"]}, {"$set": {"conversationAt": now}}, session=session
            )
            if not written.matched_count:
                raise NotFound("There is no such customer.")
            self._conversations.insert_one(conversation, session=session)

        try:
            with self._client.start_session() as session:
                session.with_transaction(work)
        except DuplicateKeyError:
            return self._conversations.find_one(key) or conversation
        return conversation

    def page(self, filters: list[Document], page: Page) -> Found:
        """Those where something has been said; a session alone is nothing to answer."""
        order = Order("order", descending=True, tiebreak="order")
        listed = {"order": {"$gt": _UNLISTED}}
        return find_page(self._conversations, [listed, *filters], order, page)

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

    def set_customer(self, customer: Document) -> list[Document]:
        """The customer's conversations that showed another name or phone, as they are now."""
        own = {"customer.customerId": customer["customerId"], "customer": {"$ne": customer}}
        changed = {"_id": {"$in": self._conversations.distinct("_id", own)}}
        self._conversations.update_many(changed, {"$set": {"customer": customer}})
        return list(self._conversations.find(changed))

    # --- messages -------------------------------------------------------------------------

    def store_message(
        self, message: Document, fields: Document, *, settles: bool = False
    ) -> tuple[Document, Document] | None:
        """Store a message and what it means for the conversation, all or nothing: no run can answer
        in between. One that `settles` leaves the assistant nothing to answer of what came before.

        None when the conversation has a message with this `messageId` already. Raises NotFound when
        there is no such conversation any more.
        """

        def work(session: ClientSession) -> tuple[Document, Document]:
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
                message["conversationId"], _last(message) | fields, session=session
            )
            if conversation is None:
                raise NotFound("There is no such conversation.")
            return conversation, document

        try:
            with self._client.start_session() as session:
                return session.with_transaction(work)
        except DuplicateKeyError:
            return None

    def find_message(self, conversation_id: str, message_id: str) -> Document | None:
        return self._messages.find_one({"conversationId": conversation_id, "messageId": message_id})

    def message_page(self, conversation_id: str, page: Page) -> Found:
        """The newest page first; within a page the oldest message first, as people read."""
        order = Order("createdAt", descending=True)
        found = find_page(self._messages, [{"conversationId": conversation_id}], order, page)
        return Found(found.documents[::-1], found.pagination)

    def latest_messages(self, conversation_id: str, limit: int) -> list[Document]:
        """The newest messages, oldest first."""
        newest = self._messages.find({"conversationId": conversation_id})
        return list(newest.sort([("createdAt", -1), ("_id", -1)]).limit(limit))[::-1]

    def awaiting(self, conversation_id: str) -> list[Document]:
        """Customer messages that nobody has answered yet, oldest first."""
        found = self._messages.find({"conversationId": conversation_id, "awaiting": True})
        return list(found.sort([("createdAt", 1), ("_id", 1)]))

    def conversations_awaiting(self) -> list[str]:
        """The conversations that the assistant owes an answer."""
        ids = self._messages.distinct("conversationId", {"awaiting": True})
        found = self._conversations.find(
            {"_id": {"$in": ids}, "mode": Mode.ASSISTANT.value}, {"_id": True}
        )
        return [conversation["_id"] for conversation in found]

    # --- the assistant's lease ------------------------------------------------------------

    def claim_run(self, conversation_id: str, owner: str, lease: timedelta) -> Document | None:
        """Take the conversation for one run; None while another run holds it or a person answers.

        `run.isLeftOver` says that the run before was cut off; one that a person ended is just over.
        """
        now = utcnow()
        return self._conversations.find_one_and_update(
            {
                "_id": conversation_id,
                "mode": Mode.ASSISTANT.value,
                "$or": [{"run": None}, {"run.leaseUntil": {"$lte": now}}],
            },
            [
                {
                    "$set": {
                        "run": {
                            "owner": {"$literal": owner},
                            "leaseUntil": {"$literal": now + lease},
                            "isLeftOver": {"$ne": ["$run", None]},
                        }
                    }
                }
            ],
            return_document=ReturnDocument.AFTER,
        )

    def hold_run(self, conversation_id: str, owner: str, lease: timedelta) -> bool:
        """Renew the lease. False when the run has lost the conversation: to a person, or to another
        process while this one stood still.
        """
        result = self._conversations.update_one(
            {"_id": conversation_id, "run.owner": owner, "mode": Mode.ASSISTANT.value},
            {"$set": {"run.leaseUntil": utcnow() + lease}},
        )
        return result.matched_count == 1

    def renew_lease(self, conversation_id: str, owner: str, lease: timedelta) -> None:
        self._conversations.update_one(
            {"_id": conversation_id, "run.owner": owner},
            {"$set": {"run.leaseUntil": utcnow() + lease}},
        )

    def release_run(self, conversation_id: str, owner: str) -> None:
        """End the lease of a run that was cut off, for the next one to go on."""
        self._conversations.update_one(
            {"_id": conversation_id, "run.owner": owner}, {"$set": {"run.leaseUntil": utcnow()}}
        )

    def finish_run(
        self,
        conversation_id: str,
        owner: str,
        turn: list[Document],
        answer: Document,
        fields: Document,
    ) -> FinishedRun | None:
        """Store the answer to the turn's messages, settle them and end the run, all or nothing.

        None when the lease was lost or a person took over meanwhile: the answer is dropped.
        """
        settled = {"$in": [asked["_id"] for asked in turn]}

        def work(session: ClientSession) -> FinishedRun | None:
            # Who stores a message also writes the conversation: none comes unseen in between.
            others = {"conversationId": conversation_id, "awaiting": True, "_id": {"$not": settled}}
            more = self._messages.find_one(others, {"_id": True}, session=session) is not None
            conversation = self.update(
                conversation_id,
                {
                    **fields,
                    **_last(answer),
                    "unanswered": fields["unanswered"] or more,
                    "run": None,
                },
                session=session,
                **{"run.owner": owner, "mode": Mode.ASSISTANT.value},
            )
            if conversation is None:
                return None
            message = {"_id": new_id(), **answer}
            self._messages.insert_one(message, session=session)
            self._messages.update_many(
                {"_id": settled}, {"$unset": {"awaiting": ""}}, session=session
            )
            return FinishedRun(conversation, message, more)

        with self._client.start_session() as session:
            return session.with_transaction(work)


def _last(message: Document) -> Document:
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
