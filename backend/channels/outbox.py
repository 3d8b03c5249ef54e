"""Sends what is pending in conversations, in order, until each message is sent or has failed.

One job a conversation, so a restart loses nothing, and of several processes one sends. A process
killed between the channel's answer and its record, or an answer that is lost, leaves a message that
is sent once more when the lease ends, unless a receipt has said meanwhile that the channel has it:
there is no way to tell a provider that a request is a repetition.

Each channel has its own kind of job: a slow one holds up no other, and the jobs of a channel that
is not set up wait until it is.
"""

from __future__ import annotations

from datetime import timedelta

from backend.channels.base import (
    SEND_TIMEOUT,
    Channel,
    Channels,
    Failed,
    OutboundMessage,
    Retry,
    SendResult,
    Sent,
)
from backend.channels.text import split
from backend.common.documents import utcnow
from backend.conversations.deliveries import Deliveries
from backend.conversations.events import ConversationsMerged, MessageCreated, MessageUpdated
from backend.conversations.models import Delivery, MessageDocument
from backend.conversations.service import ConversationService
from backend.customers.service import CustomerService
from backend.platform.events import EventBus
from backend.platform.jobs import JobKind, Jobs, RetryLater, RunningJob
from backend.platform.metrics import SENDS
from backend.platform.transactions import Transaction

GIVE_UP_AFTER = timedelta(hours=24)  # where the channel's reply window sets no other time


def job_kind(channel: str) -> str:
    return f"deliver_{channel}"


def subscribe(bus: EventBus, conversations: ConversationService) -> None:
    """Ask for jobs, also for channels that are not set up: they send once they are."""

    def message_created(tx: Transaction, event: MessageCreated) -> None:
        delivery = event.message.get("delivery")
        if delivery and delivery["status"] == Delivery.PENDING.value:
            tx.enqueue(job_kind(event.conversation["channel"]), event.conversation["_id"])

    def conversations_merged(tx: Transaction, event: ConversationsMerged) -> None:
        tx.enqueue(job_kind(event.target["channel"]), event.target["_id"])

    def message_updated(tx: Transaction, event: MessageUpdated) -> None:
        """A receipt settles what the process that sent the message did not live to record."""
        if event.reported and event.before["delivery"]["status"] == Delivery.PENDING.value:
            conversation = conversations.find(event.message["conversationId"])
            if conversation is not None:
                kind = job_kind(conversation["channel"])
                tx.cancel(kind, conversation["_id"])
                tx.enqueue(kind, conversation["_id"])

    bus.within(MessageCreated, message_created)
    bus.within(MessageUpdated, message_updated)
    bus.within(ConversationsMerged, conversations_merged)


class Outbox:
    def __init__(
        self,
        channels: Channels,
        conversations: ConversationService,
        customers: CustomerService,
        deliveries: Deliveries,
    ) -> None:
        self._channels = channels
        self._conversations = conversations
        self._customers = customers
        self._deliveries = deliveries

    def register(self, jobs: Jobs) -> None:
        for channel in self._channels:
            jobs.register(self._kind(channel))

    def _kind(self, channel: Channel) -> JobKind:
        def send_pending(job: RunningJob) -> None:
            while message := self._deliveries.next_pending(job.key):
                self._send(channel, message, job)
                job.progress()

        return JobKind(job_kind(channel.name), send_pending, max_attempts=None, lease=SEND_TIMEOUT)

    def _send(self, channel: Channel, message: MessageDocument, job: RunningJob) -> None:
        result = self._send_parts(channel, message, job)
        if isinstance(result, Retry) and _is_too_late(channel, message, result):
            result = Failed(result.reason)
        match result:
            case Sent():
                SENDS.labels(channel.name, "sent").inc()
            case Retry():
                SENDS.labels(channel.name, "postponed").inc()
                self._deliveries.postponed(message, result.reason)
                raise RetryLater(result.reason, result.after)
            case Failed():
                SENDS.labels(channel.name, "failed").inc()
                self._deliveries.failed(message, result.reason)

    def _send_parts(
        self, channel: Channel, message: MessageDocument, job: RunningJob
    ) -> SendResult:
        """Send the parts that have not been sent. The message's id goes with the last of them,
        whose receipts count for the whole message.
        """
        conversation = self._conversations.find(job.key)
        customer = conversation and self._customers.find(conversation["customer"]["customerId"])
        if conversation is None or customer is None:  # it is being merged into another
            raise RetryLater("The conversation is being merged.")
        parts = split(message["text"], channel.capabilities.max_text)
        result: SendResult = Sent("")
        for number in range(len(message.get("externalIds", [])), len(parts)):
            job.renew_lease()
            is_last = number == len(parts) - 1
            result = channel.send(
                OutboundMessage(
                    inbox_id=conversation.get("inboxId", channel.inbox_id),
                    address=conversation.get("replyTo"),
                    identities=customer["identities"],
                    text=parts[number],
                    reference=message["_id"] if is_last else None,
                )
            )
            if not isinstance(result, Sent):
                break
            record = self._deliveries.sent if is_last else self._deliveries.part_sent
            record(message, result.external_id)
        return result


def _is_too_late(channel: Channel, message: MessageDocument, result: Retry) -> bool:
    give_up_after = channel.capabilities.reply_window or GIVE_UP_AFTER
    return utcnow() + (result.after or timedelta()) > message["createdAt"] + give_up_after
