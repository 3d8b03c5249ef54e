"""WhatsApp: customers' messages into conversations, and how far our answers to them came."""

from __future__ import annotations

import hmac

from backend.channels.whatsapp.identities import WhatsAppIdentities
from backend.channels.whatsapp.webhook import (
    IncomingMessage,
    StatusUpdate,
    is_signed,
    read_delivery,
)
from backend.channels.whatsapp.words import failure_in_words
from backend.common.errors import Forbidden, NotFound
from backend.conversations.deliveries import Deliveries
from backend.conversations.models import Channel
from backend.conversations.service import ConversationService
from backend.customers.phones import whatsapp_phone
from backend.settings import Locale, WhatsAppSettings

MAX_ATTEMPTS = 5  # at one message whose customer is joined with another at that moment


class WhatsAppChannel:
    def __init__(
        self,
        settings: WhatsAppSettings | None,
        identities: WhatsAppIdentities,
        conversations: ConversationService,
        deliveries: Deliveries,
        locale: Locale,
    ) -> None:
        """Without settings the channel is off, and every call raises NotFound."""
        self._maybe_settings = settings
        self._identities = identities
        self._conversations = conversations
        self._deliveries = deliveries
        self._locale = locale

    @property
    def _settings(self) -> WhatsAppSettings:
        if self._maybe_settings is None:
            raise NotFound("WhatsApp is not set up.")
        return self._maybe_settings

    def confirm(self, mode: str, verify_token: str) -> None:
        """Meta asks whether the webhook is ours. Raises Forbidden for a token that is not."""
        expected = self._settings.verify_token
        if mode != "subscribe" or not hmac.compare_digest(
            verify_token.encode("utf-8", "replace"), expected.encode()
        ):
            raise Forbidden("The verify token is another.")

    def check_signature(self, body: bytes, header: str) -> None:
        """Raises Forbidden for a body that Meta did not sign."""
        if not is_signed(body, header, self._settings.app_secret):
            raise Forbidden("The signature does not fit the body.")

    def receive(self, payload: object) -> None:
        """Store what was delivered; answering is somebody else's, later.

        A database error passes: Meta then delivers again, and what was stored is not stored twice.
        """
        delivery = read_delivery(payload, self._settings.phone_number_id)
        for message in delivery.messages:
            self._receive_message(message)
        for status in delivery.statuses:
            self._note_status(status)

    def _receive_message(self, message: IncomingMessage) -> None:
        sender = message.sender
        phone = whatsapp_phone(sender.phone) if sender.phone else None
        name = sender.name or phone or "WhatsApp"
        for attempt in range(MAX_ATTEMPTS):
            customer = self._identities.customer_of(phone, sender.user_id, name)
            try:
                conversation = self._conversations.open_conversation(customer, Channel.WHATSAPP)
                self._conversations.receive_message(
                    conversation,
                    message.text,
                    message_id=message.message_id,
                    media=message.media,
                    sent_at=message.sent_at,
                    # As WhatsApp writes it: some countries' differ from E.164.
                    reply_to={"to": sender.phone}
                    if sender.phone
                    else {"recipient": sender.user_id},
                )
            except NotFound:
                if attempt == MAX_ATTEMPTS - 1:
                    raise
            else:
                return

    def _note_status(self, update: StatusUpdate) -> None:
        reason = failure_in_words(update.errors, self._locale)
        self._deliveries.note_status(update.wamid, update.reference, update.status, reason)
