"""Reads what Meta delivers: messages of customers, receipts of ours, changes of identity.

A delivery may hold several entries, changes, messages and statuses, in any order, and fields that
nobody has documented yet. What can be used is used, the rest is left out, and nothing raises.
https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend.channels.base import (
    IdentityChanged,
    InboundEvent,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    ReceiptReceived,
    Sender,
)
from backend.channels.whatsapp.content import content_of
from backend.channels.whatsapp.payload import a_dict, dicts, identifier, phone_digits, text
from backend.channels.whatsapp.words import failure_in_words
from backend.common.documents import Document, utcnow
from backend.conversations.models import Delivery
from backend.customers.identities import IdentityKey
from backend.customers.models import MAX_NAME, WHATSAPP_USER
from backend.customers.phones import canonical
from backend.settings import Locale

MAX_DELIVERY = 3 * 1024 * 1024  # bytes; Meta's own limit for one

_MAX_WAMID = 512
_STATUSES = {
    status.value: status
    for status in (Delivery.SENT, Delivery.DELIVERED, Delivery.READ, Delivery.FAILED)
}
_END_OF_SECOND = timedelta(milliseconds=999)
_PLAUSIBLE_AGE = timedelta(days=30)  # for which WhatsApp keeps messages it could not deliver
_IDENTITY_CHANGES = ("user_changed_number", "user_changed_user_id")


@dataclass(frozen=True, slots=True)
class _User:
    """A WhatsApp user: a phone, Meta's business-scoped user id, or both."""

    phone: str | None  # as WhatsApp writes it
    user_id: str | None
    name: str | None = None

    @property
    def keys(self) -> tuple[IdentityKey, ...]:
        phones = [IdentityKey.of_phone(f"+{self.phone}")] if self.phone else []
        accounts = [IdentityKey(WHATSAPP_USER, self.user_id)] if self.user_id else []
        return (*phones, *accounts)

    def as_sender(self) -> Sender:
        phone = canonical(f"+{self.phone}") if self.phone else None
        address = {"to": self.phone} if self.phone else {"recipient": self.user_id or ""}
        return Sender(self.keys, self.name or phone or "WhatsApp", address)


def is_signed(body: bytes, header: str, app_secret: str) -> bool:
    """Return whether `X-Hub-Signature-256` is the signature of the body as it was received."""
    expected = "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header.encode())


def read_delivery(payload: object, phone_number_id: str, locale: Locale) -> list[InboundEvent]:
    """Return the events for this phone number, as one app may deliver for several: those of
    customers, oldest first, then the receipts. Reasons of failures are in the `locale`.
    """
    events: list[tuple[datetime, InboundEvent]] = []
    receipts: list[InboundEvent] = []
    for value in _values(payload):
        if a_dict(value.get("metadata")).get("phone_number_id", phone_number_id) != phone_number_id:
            continue
        events += _events(value)
        receipts += (
            receipt
            for status in dicts(value.get("statuses"))
            if (receipt := _receipt(status, locale))
        )
    events.sort(key=lambda event: event[0])
    return [*(event for _, event in events), *receipts]


def _values(payload: object) -> Iterator[Document]:
    for entry in dicts(a_dict(payload).get("entry")):
        for change in dicts(entry.get("changes")):
            yield a_dict(change.get("value"))


def _events(value: Document) -> Iterator[tuple[datetime, InboundEvent]]:
    contacts = dicts(value.get("contacts"))
    messages = dicts(value.get("messages"))
    for position, message in enumerate(messages):
        message_id = message.get("id")
        if not isinstance(message_id, str) or not 0 < len(message_id) <= _MAX_WAMID:
            continue
        # When nothing else says so, the contact in the same place is the sender.
        beside = contacts[position] if len(contacts) == len(messages) else {}
        user = _user(message, contacts, beside)
        if user is not None:
            sent_at = _moment(message.get("timestamp"))
            event = _event(message, text(message_id, _MAX_WAMID), user, sent_at)
            if event is not None:
                yield sent_at, event


def _event(
    message: Document, message_id: str, user: _User, sent_at: datetime
) -> InboundEvent | None:
    sender = user.as_sender()
    match message.get("type"):
        case "reaction":
            reaction = a_dict(message.get("reaction"))
            reacted_to = text(reaction.get("message_id"), _MAX_WAMID)
            return ReactionChanged(sender, reacted_to, text(reaction.get("emoji")) or None)
        case "revoke":
            revoked = a_dict(message.get("revoke")).get("original_message_id")
            return MessageDeleted(sender, text(revoked, _MAX_WAMID))
        case "system":
            return _identity_change(user, a_dict(message.get("system")))
        case "edit":
            edit = a_dict(message.get("edit"))
            new = MessageReceived(
                sender, message_id, *content_of(a_dict(edit.get("message"))), sent_at
            )
            return MessageEdited(text(edit.get("original_message_id"), _MAX_WAMID) or None, new)
    return MessageReceived(sender, message_id, *content_of(message), sent_at)


def _identity_change(user: _User, system: Document) -> IdentityChanged | None:
    if system.get("type") not in _IDENTITY_CHANGES:
        return None
    new = _User(phone_digits(system.get("wa_id")), identifier(system.get("user_id")))
    former = _User(None, identifier(system.get("previous_user_id")))
    new_keys = tuple(key for key in new.keys if key not in former.keys)
    keys = tuple(key for key in (*former.keys, *user.keys) if key not in new_keys)
    if not keys or not new_keys:
        return None
    return IdentityChanged(keys, new_keys, {"to": new.phone} if new.phone else None)


def _user(message: Document, contacts: list[Document], beside: Document) -> _User | None:
    """Return who a message is from; None when nothing says so."""
    phone = phone_digits(message.get("from"))
    user_id = identifier(message.get("from_user_id"))
    user_id = user_id or (None if phone else identifier(message.get("from")))
    contact = next(
        (
            contact
            for contact in contacts
            if (phone and _is_same_phone(contact.get("wa_id"), phone))
            or (user_id and contact.get("user_id") == user_id)
        ),
        beside,
    )
    of_another = (
        phone and contact.get("wa_id") and not _is_same_phone(contact["wa_id"], phone)
    ) or (user_id and contact.get("user_id") and contact["user_id"] != user_id)
    if of_another:
        contact = {}
    phone = phone or phone_digits(contact.get("wa_id"))
    user_id = user_id or identifier(contact.get("user_id"))
    if phone is None and user_id is None:
        return None
    name = text(a_dict(contact.get("profile")).get("name"), MAX_NAME).replace("\n", " ")
    return _User(phone, user_id, name or None)


def _is_same_phone(value: object, phone: str) -> bool:
    """`wa_id` and `from` may be two spellings of one number."""
    return isinstance(value, str) and canonical(f"+{value}") == canonical(f"+{phone}")


def _receipt(status: Document, locale: Locale) -> ReceiptReceived | None:
    wamid, name = status.get("id"), status.get("status")
    if not isinstance(wamid, str) or not wamid or not isinstance(name, str):
        return None
    if name not in _STATUSES:
        return None
    reason = failure_in_words(dicts(status.get("errors")), locale)
    reference = identifier(status.get("biz_opaque_callback_data"))
    return ReceiptReceived(wamid, _STATUSES[name], reason, reference)


def _moment(timestamp: object) -> datetime:
    """Return when the customer sent it, which puts late deliveries in their place.

    It is in whole seconds since 1970; the end of the second sorts it behind what it answers.
    """
    now = utcnow()
    try:
        second = datetime.fromtimestamp(int(timestamp), UTC)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError, OSError):
        return now
    return min(now, second + _END_OF_SECOND) if now - second < _PLAUSIBLE_AGE else now
