"""The port: what a channel is to the rest of the application.

A channel turns what its provider delivers into `InboundEvent`s and sends an `OutboundMessage`. What
follows from either is the same for all channels (`inbound.py`, `outbox.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, Self

from backend.conversations.channels import Capabilities
from backend.conversations.models import Address, Delivery, MediaDocument
from backend.customers.identities import IdentityKey
from backend.customers.models import Identity
from backend.settings import Settings

# What `send` may take at most; the job that sends holds a lease for as long.
SEND_TIMEOUT = timedelta(seconds=16)


# --- what comes in ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sender:
    """The customer who wrote, by what the channel has proven of them."""

    keys: tuple[IdentityKey, ...]  # at least one
    name: str
    address: Address  # where answers go, in the channel's own terms
    thread_key: str | None = None  # for a channel that tells threads of one customer apart


@dataclass(frozen=True, slots=True)
class Session:
    """The customer who wrote, by the conversation that their session is for."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class MessageReceived:
    origin: Sender | Session
    message_id: str | None  # the channel's; the same one again is the same message
    text: str
    media: MediaDocument | None = None
    sent_at: datetime | None = None  # None: now


@dataclass(frozen=True, slots=True)
class MessageEdited:
    edited_id: str | None  # of the first form, if the channel says so
    message: MessageReceived  # the new form, with an id of its own


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    origin: Sender | Session
    deleted_id: str


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    origin: Sender | Session
    message_id: str
    emoji: str | None  # None: taken back


@dataclass(frozen=True, slots=True)
class ReceiptReceived:
    """How far a message of ours came."""

    external_id: str
    status: Delivery
    reason: str  # of a failure, for agents
    reference: str | None = None  # that `send` gave, if the channel repeats it


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """A customer has changed a number or an account."""

    keys: tuple[IdentityKey, ...]  # before
    new_keys: tuple[IdentityKey, ...]
    address: Address | None  # where answers go from now on, if that follows


InboundEvent = (
    MessageReceived
    | MessageEdited
    | MessageDeleted
    | ReactionChanged
    | ReceiptReceived
    | IdentityChanged
)


# --- what goes out ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message, or one part of a text that is longer than the channel takes."""

    inbox_id: str
    address: Address | None  # where the customer wrote from last; None: they never have
    identities: list[Identity]  # the customer's, now
    text: str
    reference: str | None  # for the channel to repeat in receipts


@dataclass(frozen=True, slots=True)
class Sent:
    external_id: str  # empty when the channel gives none


@dataclass(frozen=True, slots=True)
class Retry:
    reason: str  # for agents
    after: timedelta | None = None  # at the earliest; None: the outbox's own backoff


@dataclass(frozen=True, slots=True)
class Failed:
    """It will not be sent, however often it is tried."""

    reason: str  # for agents
    code: str | None = None  # the channel's


SendResult = Sent | Retry | Failed


# --- the channel ------------------------------------------------------------------------------


class Channel(Protocol):
    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    inbox_id: str  # of the number, mailbox or site that this is

    @classmethod
    def set_up(cls, settings: Settings) -> Self | None:
        """Return the channel, or None while the settings leave it out."""

    def parse(self, delivery: Any) -> list[InboundEvent]:
        """Read what the provider delivered. What cannot be used is left out, and nothing raises."""

    def send(self, message: OutboundMessage) -> SendResult:
        """Send within SEND_TIMEOUT. Never raises for what the provider or the network does."""


class Channels:
    """The channels that are set up in this process, by name."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._channels.values())

    def __getitem__(self, name: str) -> Channel:
        return self._channels[name]

    def get(self, name: str) -> Channel | None:
        return self._channels.get(name)
