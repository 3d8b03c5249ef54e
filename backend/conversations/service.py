"""Conversations: messages of customers, agents and the assistant, and who answers.

A customer's message is stored first; who answers is decided afterwards, from what is stored.
"""

from __future__ import annotations

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from backend.common.actor import SYSTEM, Actor, ActorType
from backend.common.documents import Document, new_id, utcnow
from backend.common.errors import Conflict, NotFound
from backend.common.paging import Found, Page
from backend.conversations.channels import capabilities_of
from backend.conversations.events import AssistantTyping, ConversationChanged, MessageCreated
from backend.conversations.listing import reading_of
from backend.conversations.models import (
    Address,
    ConversationDocument,
    Delivery,
    DeliveryDocument,
    FlagDocument,
    MediaDocument,
    MessageDocument,
    Mode,
    Thread,
)
from backend.conversations.repository import TAKEN_OVER, ConversationRepository
from backend.customers.models import CustomerDocument, CustomerSnapshot, snapshot_of
from backend.customers.service import CustomerService
from backend.platform.events import EventBus
from backend.platform.transactions import Transaction, Transactions


def customer_actor(conversation: ConversationDocument) -> Actor:
    customer = conversation["customer"]
    return Actor(ActorType.CUSTOMER, customer["customerId"], customer["name"])


class ConversationService:
    def __init__(
        self,
        conversations: ConversationRepository,
        customers: CustomerService,
        transactions: Transactions,
        bus: EventBus,
    ) -> None:
        self._conversations = conversations
        self._customers = customers
        self._transactions = transactions
        self._bus = bus

    def open_conversation(self, customer: CustomerDocument, thread: Thread) -> ConversationDocument:
        """Return the conversation that is this thread, which is created when it is new.

        Raises NotFound when the customer has been merged into another meanwhile.
        """
        found = self._conversations.find_thread(customer["_id"], thread)
        if found is not None:
            return found

        def work(tx: Transaction) -> ConversationDocument:
            self._customers.touch(customer["_id"], tx)
            return self._conversations.insert(snapshot_of(customer), thread, tx.session)

        try:
            return self._transactions.run(work)
        except DuplicateKeyError:  # another process was first
            return self.open_conversation(customer, thread)

    def list_conversations(self, query: Document, page: Page) -> Found[ConversationDocument]:
        """Return those in which something has been said; without it there is nothing to answer."""
        return self._conversations.page(reading_of(query), page)

    def find(self, conversation_id: str) -> ConversationDocument | None:
        return self._conversations.find(conversation_id)

    def exists(self, conversation_id: str) -> bool:
        return self._conversations.exists(conversation_id)

    def get_conversation(self, conversation_id: str) -> ConversationDocument:
        conversation = self._conversations.find(conversation_id)
        if conversation is None:
            raise _no_conversation()
        return conversation

    def list_messages(self, conversation_id: str, page: Page) -> Found[MessageDocument]:
        self.get_conversation(conversation_id)
        return self._conversations.message_page(conversation_id, page)

    def receive_message(
        self,
        conversation: ConversationDocument,
        text: str,
        *,
        message_id: str | None = None,
        media: MediaDocument | None = None,
        sent_at: datetime | None = None,
        reply_to: Address | None = None,
    ) -> MessageDocument:
        """Store a customer's message, once however often it is delivered; it is then answered.

        `sent_at` is now unless the channel knows better; `reply_to` is the address that answers go
        to, in the channel's own terms. Raises NotFound when the conversation is gone.
        """
        customer = customer_actor(conversation)
        message: MessageDocument = {
            "_id": new_id(),
            "messageId": message_id or new_id(),
            "conversationId": conversation["_id"],
            "author": customer.as_author(),
            "text": text,
            "media": media,
            "createdAt": sent_at or utcnow(),
            "awaiting": True,
        }
        # Now, also for a message that comes late.
        fields: Document = {"unanswered": True, "lastMessageAt": utcnow()}
        if reply_to is not None:
            fields["replyTo"] = reply_to
        return self._store(message, fields, customer)

    def send_message(
        self, conversation_id: str, text: str, *, actor: Actor, message_id: str | None = None
    ) -> MessageDocument:
        """Answer the customer as an agent, who takes over: from here on the assistant is silent.

        The same `message_id` again is the same message, sent once. Raises Conflict when another
        author's message has that id.
        """
        conversation = self.get_conversation(conversation_id)
        message: MessageDocument = {
            "_id": new_id(),
            "messageId": message_id or new_id(),
            "conversationId": conversation_id,
            "author": actor.as_author(),
            "text": text,
            "media": None,
            "delivery": first_delivery(conversation["channel"]),
            "createdAt": utcnow(),
        }
        fields = TAKEN_OVER | {"unanswered": False, "flagged": None}
        stored = self._store(message, fields, actor, settles=True)
        if stored["author"]["id"] != actor.id:
            raise Conflict("This messageId belongs to another message. Use a new one.")
        self._announce_end_of_run(conversation)
        return stored

    def _store(
        self, message: MessageDocument, fields: Document, actor: Actor, *, settles: bool = False
    ) -> MessageDocument:
        """Store a message, or find the one that has its id."""

        def work(tx: Transaction) -> MessageDocument:
            conversation = self._conversations.store_message(
                message, fields, tx.session, settles=settles
            )
            tx.publish(MessageCreated(conversation, message, actor, utcnow()))
            return message

        try:
            return self._transactions.run(work)
        except DuplicateKeyError:
            ids = message["conversationId"], message["messageId"]
            first = self._conversations.find_message(*ids)
            if first is None:
                raise _no_conversation() from None
            return first

    def set_mode(self, conversation_id: str, mode: Mode, *, actor: Actor) -> ConversationDocument:
        """Take over or hand back. After a hand-back the assistant answers what is unanswered."""
        handed_back = {"mode": Mode.ASSISTANT.value, "flagged": None}
        return self._update(
            conversation_id, handed_back if mode is Mode.ASSISTANT else TAKEN_OVER, actor
        )

    def flag(self, conversation_id: str, reason: str, tx: Transaction) -> None:
        """Ask for a person, in the caller's transaction, unless the conversation is gone."""
        flagged: FlagDocument = {"reason": reason, "at": utcnow()}
        if self._conversations.find(conversation_id, tx.session) is not None:
            self._write(tx, conversation_id, {"flagged": flagged}, SYSTEM)

    def set_reply_to(self, customer: CustomerDocument, thread: Thread, reply_to: Address) -> None:
        """Send answers to another address of the customer, in the channel's own terms."""
        conversation = self._conversations.find_thread(customer["_id"], thread)
        if conversation is not None:
            self._conversations.update(conversation["_id"], {"replyTo": reply_to})

    def show_customer(self, customer: CustomerSnapshot, *, actor: Actor) -> None:
        """Update the copies of a customer's name and phone in all their conversations."""
        for conversation in self._conversations.of_customer(customer["customerId"]):
            self._update(conversation["_id"], {"customer": customer}, actor)

    def _update(self, conversation_id: str, fields: Document, actor: Actor) -> ConversationDocument:
        before, after = self._transactions.run(
            lambda tx: self._write(tx, conversation_id, fields, actor)
        )
        if after["run"] is None:
            self._announce_end_of_run(before)
        return after

    def _write(
        self, tx: Transaction, conversation_id: str, fields: Document, actor: Actor
    ) -> tuple[ConversationDocument, ConversationDocument]:
        """Return the conversation before and after. Raises NotFound."""
        before = self._conversations.find(conversation_id, tx.session)
        if before is None:
            raise _no_conversation()
        if fields.items() <= dict(before).items():
            return before, before
        after = self._conversations.update(conversation_id, fields, session=tx.session)
        assert after is not None
        tx.publish(ConversationChanged(before, after, actor, utcnow()))
        return before, after

    def _announce_end_of_run(self, before: ConversationDocument) -> None:
        """Stop showing that the assistant is typing: the answer of its run will be dropped."""
        if before["run"] is not None:
            self._bus.dispatch_after(AssistantTyping(before["_id"], False))


def first_delivery(channel: str) -> DeliveryDocument:
    """Return the delivery of a new message: sent at once where the customer reads the thread."""
    reads_thread = capabilities_of(channel).reads_thread
    status = Delivery.SENT if reads_thread else Delivery.PENDING
    return {"status": status.value, "error": None}


def _no_conversation() -> NotFound:
    return NotFound("Conversation not found.")
