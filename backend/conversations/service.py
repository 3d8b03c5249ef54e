"""Conversations: what customers write, what is answered, and by whom.

A customer's message is stored first; who answers is decided afterwards, from what is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backend.common.actor import Actor, ActorType
from backend.common.documents import Document, new_id, utcnow
from backend.common.errors import Conflict, NotFound
from backend.common.paging import Found, Page
from backend.conversations.models import Channel, Delivery, Mode
from backend.conversations.repository import TAKEN_OVER, ConversationRepository
from backend.conversations.schemas import conversation_view, message_view, visitor_message
from backend.customers.models import snapshot_of
from backend.realtime.events import Events
from backend.tickets.service import TicketService


def customer_actor(conversation: Document) -> Actor:
    customer = conversation["customer"]
    return Actor(ActorType.CUSTOMER, customer["customerId"], customer["name"])


class ConversationService:
    def __init__(
        self,
        conversations: ConversationRepository,
        tickets: TicketService,
        events: Events,
        wake_assistant: Callable[[str], None],
        deliver: Callable[[str], None],
    ) -> None:
        """`wake_assistant` and `deliver` are told where there is something to do."""
        self._conversations = conversations
        self._tickets = tickets
        self._events = events
        self._wake_assistant = wake_assistant
        self._deliver = deliver

    def open_conversation(self, customer: Document, channel: Channel) -> Document:
        """A customer's conversation on a channel, made on the first message."""
        return self._conversations.find_or_insert(snapshot_of(customer), channel)

    def list_conversations(self, query: Document, page: Page) -> Found:
        filters: list[Document] = []
        for name, stored in (("mode", "mode"), ("channel", "channel")):
            if name in query:
                filters.append({stored: query[name].value})
        if "customerId" in query:
            filters.append({"customer.customerId": query["customerId"]})
        if "unanswered" in query:
            filters.append({"unanswered": query["unanswered"]})
        if "flagged" in query:
            filters.append({"flagged": {"$ne": None} if query["flagged"] else None})
        return self._conversations.page(filters, page)

    def find(self, conversation_id: str) -> Document | None:
        return self._conversations.find(conversation_id)

    def get_conversation(self, conversation_id: str) -> Document:
        conversation = self._conversations.find(conversation_id)
        if conversation is None:
            raise NotFound("There is no such conversation.")
        return conversation

    def list_messages(self, conversation_id: str, page: Page) -> Found:
        self.get_conversation(conversation_id)
        return self._conversations.message_page(conversation_id, page)

    def receive_message(
        self,
        conversation: Document,
        text: str,
        *,
        message_id: str | None = None,
        media: Document | None = None,
        sent_at: datetime | None = None,
        reply_to: Document | None = None,
    ) -> Document:
        """A customer's message: stored once however often it is delivered, then answered.

        `sent_at` is now unless the channel knows better; `reply_to` is the channel's own word for
        where answers go. Raises NotFound when the conversation is gone.

        The message itself carries that it awaits an answer, so a crash right after this insert
        loses nothing: the assistant finds it when the server is back.
        """
        message: Document = {
            "messageId": message_id or new_id(),
            "conversationId": conversation["_id"],
            "author": customer_actor(conversation).as_author(),
            "text": text,
            "media": media,
            "createdAt": sent_at or utcnow(),
            "awaiting": True,
        }
        # Now, also for a message that comes late.
        fields: Document = {"unanswered": True, "lastMessageAt": utcnow()}
        if reply_to is not None:
            fields["replyTo"] = reply_to
        received = self._conversations.store_message(message, fields)
        if received is None:
            stored = self._stored(message)
            wrote_at = stored["createdAt"]
        else:
            tell_message(self._events, *received)
            stored = received[1]
            wrote_at = utcnow()
        # For a repeat too: the first delivery may have been cut off here.
        self._tickets.customer_wrote(
            conversation["_id"], wrote_at, customer=customer_actor(conversation)
        )
        self._wake_assistant(conversation["_id"])
        return stored

    def send_message(
        self, conversation_id: str, text: str, *, actor: Actor, message_id: str | None = None
    ) -> Document:
        """An agent's answer. Whoever answers takes over: from here on the assistant is silent.

        The same `message_id` again is the same message, sent once. Raises Conflict when that id
        is somebody else's message.
        """
        conversation = self.get_conversation(conversation_id)
        message: Document = {
            "messageId": message_id or new_id(),
            "conversationId": conversation_id,
            "author": actor.as_author(),
            "text": text,
            "media": None,
            "delivery": first_delivery(conversation),
            "createdAt": utcnow(),
        }
        fields = TAKEN_OVER | {"unanswered": False, "flagged": None}
        sent = self._conversations.store_message(message, fields, settles=True)
        if sent is None:
            stored = self._stored(message)
            if stored["author"]["id"] != actor.id:
                raise Conflict("This messageId is taken.")
        else:
            tell_message(self._events, *sent)
            self._tell_run_is_over(conversation)
            stored = sent[1]
        # For a repeat too: the first request may have been cut off here.
        self._deliver(conversation_id)
        self._tickets.agent_wrote(conversation_id, stored["createdAt"], actor=actor)
        return stored

    def _stored(self, message: Document) -> Document:
        """The message that has this one's id."""
        first = self._conversations.find_message(message["conversationId"], message["messageId"])
        if first is None:
            raise NotFound("There is no such conversation.")
        return first

    def set_mode(self, conversation_id: str, mode: Mode) -> Document:
        """Take over or hand back; what the customer still waits for is then answered."""
        conversation = self.get_conversation(conversation_id)
        handed_back = {"mode": Mode.ASSISTANT.value, "flagged": None}
        fields = handed_back if mode is Mode.ASSISTANT else TAKEN_OVER
        if all(conversation[name] == value for name, value in fields.items()):
            return conversation
        updated = self._conversations.update(conversation_id, fields)
        if updated is None:
            raise NotFound("There is no such conversation.")
        self._events.conversation_updated(conversation_view(updated), utcnow())
        self._tell_run_is_over(conversation)
        if mode is Mode.ASSISTANT:
            self._wake_assistant(conversation_id)
        return updated

    def _tell_run_is_over(self, before: Document) -> None:
        """Its answer will be dropped, and until then nobody is answering."""
        if before["run"] is not None:
            self._events.assistant_typing(before["_id"], False)

    def show_customer(self, customer: Document) -> None:
        """Show a customer's new name and phone on all their conversations."""
        for conversation in self._conversations.set_customer(customer):
            self._events.conversation_updated(conversation_view(conversation), utcnow())


def tell_message(events: Events, conversation: Document, message: Document) -> None:
    web = conversation["channel"] == Channel.WEB.value
    events.message_created(
        conversation_view(conversation),
        message_view(message),
        utcnow(),
        visitor_message(message) if web else None,
    )


def first_delivery(conversation: Document) -> Document:
    """Web chat shows a message the moment it is stored; elsewhere it has yet to be sent: see
    `deliveries.py`.
    """
    web = conversation["channel"] == Channel.WEB.value
    if web:
        return {"status": Delivery.SENT.value, "error": None}
    pending = {"status": Delivery.PENDING.value, "error": None}
    return pending | {"attempts": 0, "nextAttemptAt": utcnow()}
