"""Sends what is pending in WhatsApp conversations, in order, until each message has left or failed.

A job a conversation, so a restart loses nothing, and of several processes one sends. A process
killed between WhatsApp's answer and its record, or an answer that is lost, leaves a message that is
sent once more 16 s later, unless a status has reported meanwhile that WhatsApp has it: there is no
way to say "this one again".
"""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from backend.channels.whatsapp.graph import MAX_BODY, REPORTS_WITHIN, Graph, NotNow, SendFailed
from backend.common.documents import Document, utcnow
from backend.conversations.deliveries import Deliveries
from backend.conversations.events import ConversationsMerged, MessageCreated, MessageUpdated
from backend.conversations.models import Delivery
from backend.platform.events import EventBus
from backend.platform.jobs import JobKind, Jobs, RetryLater, RunningJob
from backend.platform.metrics import SENDS
from backend.platform.transactions import Transaction

DELIVER = "deliver"
_PAUSES = ("\n\n", "\n", ". ", " ")  # the best first
_JOINER = "\u200d"  # between the emoji that are one
_CLINGING = ("Mn", "Me", "Sk")  # categories of Unicode: accents, colours of skin
GIVE_UP_AFTER = timedelta(hours=24)  # WhatsApp takes no answer later than this


def subscribe(bus: EventBus) -> None:
    """Also while no channel is set up: what is pending leaves when one is."""

    def message_created(tx: Transaction, event: MessageCreated) -> None:
        delivery = event.message.get("delivery")
        if delivery is not None and delivery["status"] == Delivery.PENDING.value:
            tx.enqueue(DELIVER, event.conversation["_id"])

    def conversations_merged(tx: Transaction, event: ConversationsMerged) -> None:
        tx.enqueue(DELIVER, event.target["_id"])

    def message_updated(tx: Transaction, event: MessageUpdated) -> None:
        """A report settles what the process that sent it did not live to record."""
        if event.reported and event.before["delivery"]["status"] == Delivery.PENDING.value:
            tx.cancel(DELIVER, event.message["conversationId"])
            tx.enqueue(DELIVER, event.message["conversationId"])

    bus.within(MessageCreated, message_created)
    bus.within(MessageUpdated, message_updated)
    bus.within(ConversationsMerged, conversations_merged)


class Outbox:
    def __init__(self, graph: Graph, deliveries: Deliveries) -> None:
        self._graph = graph
        self._deliveries = deliveries

    def register(self, jobs: Jobs) -> None:
        jobs.register(JobKind(DELIVER, self._send_pending, max_attempts=None, lease=REPORTS_WITHIN))

    def _send_pending(self, job: RunningJob) -> None:
        while message := self._deliveries.next_pending(job.key):
            self._send(message, job)
            job.progress()

    def _send(self, message: Document, job: RunningJob) -> None:
        try:
            self._send_parts(message, job)
            SENDS.labels("sent").inc()
        except NotNow as failure:
            give_up_at = message["createdAt"] + GIVE_UP_AFTER
            if utcnow() + (failure.retry_after or timedelta()) > give_up_at:
                SENDS.labels("failed").inc()
                self._deliveries.failed(message, failure.reason)
                return
            SENDS.labels("postponed").inc()
            self._deliveries.postponed(message, failure.reason)
            raise RetryLater(failure.reason, failure.retry_after) from None
        except SendFailed as failure:
            SENDS.labels("failed").inc()
            self._deliveries.failed(message, failure.reason)

    def _send_parts(self, message: Document, job: RunningJob) -> None:
        """Those that have not left yet; the message's own id goes with the last, which stands for
        all of it.
        """
        recipient = self._deliveries.recipient_of(message["conversationId"])
        if recipient is None:
            raise SendFailed("The customer has never written from WhatsApp.")
        parts = split(message["text"])
        for number in range(len(message.get("wamids", [])), len(parts)):
            job.hold()
            is_last = number == len(parts) - 1
            reference = message["_id"] if is_last else None
            wamid = self._graph.send_text(recipient, parts[number], reference)
            if is_last:
                self._deliveries.sent(message, wamid)
            else:
                self._deliveries.part_sent(message, wamid)


def split(text: str, longest: int = MAX_BODY) -> list[str]:
    """The text in parts that fit, each as full as it can be where a reader would pause."""
    parts = []
    while len(text) > longest:
        ends = range(longest, longest // 2, -1)
        cut = next((end for end in ends if _is_between_signs(text, end)), longest)
        for pause in _PAUSES:
            if (end := text.rfind(pause, longest // 2, longest + 1)) > 0:
                cut = end + len(pause.rstrip())
                break
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def _is_between_signs(text: str, end: int) -> bool:
    """Not within an emoji of several or with a colour of skin, or before a letter's accent."""
    joined = _JOINER in text[end - 1 : end + 1]
    return not joined and unicodedata.category(text[end]) not in _CLINGING
