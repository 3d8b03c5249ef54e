"""The WhatsApp channel: one number of Meta's Cloud API."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any, ClassVar, Self

from backend.channels.base import Failed, InboundEvent, OutboundMessage, SendResult
from backend.channels.whatsapp.addresses import address_of, other_spelling
from backend.channels.whatsapp.graph import MAX_BODY, NOT_ALLOWED, Graph
from backend.channels.whatsapp.webhook import is_signed, read_delivery
from backend.common.errors import Forbidden
from backend.conversations.channels import AttachmentKind, Capabilities, Formatting
from backend.settings import Locale, Settings, WhatsAppSettings

_MB = 1024 * 1024
FIRST_NUMBER = "000000000000000000000002"  # the inbox of the number in the environment


class WhatsAppChannel:
    name: ClassVar[str] = "whatsapp"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_text=MAX_BODY,
        attachments={
            AttachmentKind.IMAGE: 5 * _MB,
            AttachmentKind.AUDIO: 16 * _MB,
            AttachmentKind.VOICE: 16 * _MB,
            AttachmentKind.VIDEO: 16 * _MB,
            AttachmentKind.DOCUMENT: 100 * _MB,
            AttachmentKind.STICKER: _MB // 2,
        },
        templates=True,
        reply_window=timedelta(hours=24),
        typing=True,
        receipts=True,
        formatting=Formatting(bold="*", italic="_", strike="~", code="```"),
    )

    def __init__(self, settings: WhatsAppSettings, locale: Locale) -> None:
        self.inbox_id = FIRST_NUMBER
        self._settings = settings
        self._locale = locale
        self._graph = Graph(settings, locale)

    @classmethod
    def set_up(cls, settings: Settings) -> Self | None:
        return cls(settings.whatsapp, settings.locale) if settings.whatsapp else None

    def confirm(self, mode: str, verify_token: str) -> None:
        """Check that Meta registers this webhook. Raises Forbidden for another verify token."""
        expected = self._settings.verify_token
        if mode != "subscribe" or not hmac.compare_digest(
            verify_token.encode("utf-8", "replace"), expected.encode()
        ):
            raise Forbidden("The verify token does not match WHATSAPP_VERIFY_TOKEN.")

    def check_signature(self, body: bytes, header: str) -> None:
        """Raises Forbidden for a body that Meta did not sign."""
        if not is_signed(body, header, self._settings.app_secret):
            raise Forbidden("The signature does not match the body.")

    def parse(self, delivery: Any) -> list[InboundEvent]:
        return read_delivery(delivery, self._settings.phone_number_id, self._locale)

    def send(self, message: OutboundMessage) -> SendResult:
        address = address_of(message.address, message.identities)
        if address is None:
            return Failed("The customer has never written from WhatsApp.")
        result = self._graph.send_text(address, message.text, message.reference)
        other = other_spelling(address)
        if isinstance(result, Failed) and result.code == NOT_ALLOWED and other is not None:
            # Lists of allowed recipients have some numbers in the spelling that WhatsApp does not.
            return self._graph.send_text(other, message.text, message.reference)
        return result
