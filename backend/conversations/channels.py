"""The channels that conversations take place on: their names and what each of them can do.

The channels themselves are in `backend/channels`; each is declared here when it is registered. Code
that depends on a difference between channels asks for a capability, never for a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class AttachmentKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    STICKER = "sticker"


@dataclass(frozen=True, slots=True)
class Formatting:
    """The marks around formatted words; empty where the channel shows plain text."""

    bold: str = ""
    italic: str = ""
    strike: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    reads_thread: bool = False  # the customer's client shows the stored thread: nothing is sent
    max_text: int | None = None  # characters of one message; a longer text is sent in parts
    attachments: Mapping[AttachmentKind, int] = field(default_factory=dict)  # bytes by kind
    templates: bool = False
    reply_window: timedelta | None = None  # for free text, after the customer's last message
    typing: bool = False  # the customer sees that someone is writing
    receipts: bool = False  # the channel reports what has been delivered and read
    formatting: Formatting = Formatting()


DECLARED: dict[str, Capabilities] = {}


def declare(name: str, capabilities: Capabilities) -> None:
    DECLARED[name] = capabilities


def names() -> list[str]:
    """Return the channels that are registered, whether or not they are set up."""
    return list(DECLARED)


def capabilities_of(name: str) -> Capabilities:
    """Return what a channel can do: nothing, when it is no longer registered."""
    return DECLARED.get(name, Capabilities())
