"""What Meta delivers, read: who wrote what, and how far our own messages came.

A delivery may hold several entries, changes, messages and statuses, in any order, and fields that
nobody has documented yet. Whatever can be used is used; the rest is left out and nothing raises.
https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend.common.documents import Document, utcnow
from backend.conversations.models import MAX_TEXT, Delivery
from backend.customers.models import MAX_NAME
from backend.http.fields import harmless

MAX_DELIVERY = 3 * 1024 * 1024  # bytes; Meta's own limit for one

_MAX_WAMID = 512
_MAX_ID = 160  # a business-scoped user id is a country code and up to 128 letters and digits
_PHONE = re.compile(r"[0-9]{1,15}")  # E.164 has 15 digits at most
_HALF_CIRCLE = 180
_MEDIA = ("image", "video", "audio", "document", "sticker")
_ASK_FOR_NOTHING = ("reaction", "revoke", "system")  # a thumbs-up; taken back; WhatsApp's news
_STATUSES = {
    status.value: status
    for status in (Delivery.SENT, Delivery.DELIVERED, Delivery.READ, Delivery.FAILED)
}
_END_OF_SECOND = timedelta(milliseconds=999)
_PLAUSIBLE_AGE = timedelta(days=30)  # undelivered messages are kept by WhatsApp for this long


@dataclass(frozen=True, slots=True)
class Sender:
    """A WhatsApp user: a phone, Meta's business-scoped user id, or both."""

    phone: str | None  # digits with the country, as WhatsApp writes them
    user_id: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    message_id: str
    sender: Sender
    text: str
    media: Document | None
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    wamid: str
    status: Delivery
    errors: list[Document]
    reference: str | None  # what we gave along with the message


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    messages: list[IncomingMessage]  # oldest first
    statuses: list[StatusUpdate]


def is_signed(body: bytes, header: str, app_secret: str) -> bool:
    """Whether `X-Hub-Signature-256` is the body's, as it came over the wire."""
    expected = "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header.encode())


def read_delivery(payload: object, phone_number_id: str) -> WebhookDelivery:
    """What is there for this phone number: one app may deliver for several."""
    messages: list[IncomingMessage] = []
    statuses: list[StatusUpdate] = []
    for value in _values(payload):
        if _dict(value.get("metadata")).get("phone_number_id", phone_number_id) != phone_number_id:
            continue
        messages += _messages(value)
        statuses += filter(None, map(_status, _dicts(value.get("statuses"))))
    messages.sort(key=lambda message: message.sent_at)
    return WebhookDelivery(messages, statuses)


def _values(payload: object) -> Iterator[Document]:
    for entry in _dicts(_dict(payload).get("entry")):
        for change in _dicts(entry.get("changes")):
            yield _dict(change.get("value"))


def _messages(value: Document) -> Iterator[IncomingMessage]:
    contacts = _dicts(value.get("contacts"))
    messages = _dicts(value.get("messages"))
    for position, message in enumerate(messages):
        message_id = message.get("id")
        # Said by nothing else, the contact in the same place is the sender.
        beside = contacts[position] if len(contacts) == len(messages) else {}
        sender = _sender(message, contacts, beside)
        content = _content(message)
        if not isinstance(message_id, str) or not 0 < len(message_id) <= _MAX_WAMID:
            continue
        if sender is None or content is None:
            continue
        text, media = content
        yield IncomingMessage(
            harmless(message_id, _MAX_WAMID), sender, text, media, _moment(message.get("timestamp"))
        )


def _sender(message: Document, contacts: list[Document], beside: Document) -> Sender | None:
    """Whose message it is; None when nothing says so."""
    phone = _phone(message.get("from"))
    user_id = _id(message.get("from_user_id")) or (None if phone else _id(message.get("from")))
    contact = next(
        (
            contact
            for contact in contacts
            if (phone and contact.get("wa_id") == phone)
            or (user_id and contact.get("user_id") == user_id)
        ),
        beside,
    )
    if _differ(phone, contact.get("wa_id")) or _differ(user_id, contact.get("user_id")):
        contact = {}
    phone = phone or _phone(contact.get("wa_id"))
    user_id = user_id or _id(contact.get("user_id"))
    if phone is None and user_id is None:
        return None
    name = _text(_dict(contact.get("profile")).get("name"), MAX_NAME).replace("\n", " ")
    return Sender(phone, user_id, name or None)


def _differ(said: str | None, contact: object) -> bool:
    return bool(said and contact and said != contact)


def _content(message: Document) -> tuple[str, Document | None] | None:
    """Text and media; None for what asks for no answer. What is unknown is kept by its type.

    A message that was edited is said anew: the first may have been answered already.
    """
    if message.get("type") == "edit":
        message = _dict(_dict(message.get("edit")).get("message"))
    kind = _text(message.get("type"), _MAX_ID) or "unknown"
    if kind in _ASK_FOR_NOTHING:
        return None
    body = _dict(message.get(kind))
    if kind in _MEDIA:
        return _text(body.get("caption")), {"type": kind, "mediaId": _id(body.get("id"))}
    text = {
        "text": _text(body.get("body")),
        "button": _text(body.get("text")),
        "interactive": _choice(body),
        "location": _location(body),
        "contacts": _cards(message.get("contacts")),
    }.get(kind)
    return (text, None) if text else ("", {"type": kind, "mediaId": None})


def _choice(interactive: Document) -> str:
    reply = _dict(interactive.get("button_reply")) or _dict(interactive.get("list_reply"))
    return _text(reply.get("title"))


def _location(location: Document) -> str:
    latitude, longitude = location.get("latitude"), location.get("longitude")
    where = [_text(location.get("name")), _text(location.get("address"))]
    if _is_degrees(latitude) and _is_degrees(longitude):
        where.append(f"{latitude:.6f}, {longitude:.6f}")
    return _text("\n".join(part for part in where if part))


def _is_degrees(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) <= _HALF_CIRCLE


def _cards(contacts: object) -> str:
    lines = []
    for contact in _dicts(contacts):
        name = _text(_dict(contact.get("name")).get("formatted_name"), MAX_NAME)
        phones = [_text(phone.get("phone"), 32) for phone in _dicts(contact.get("phones"))]
        lines.append(" ".join(part for part in [name, *phones] if part))
    return _text("\n".join(line for line in lines if line))


def _status(status: Document) -> StatusUpdate | None:
    wamid, name = status.get("id"), status.get("status")
    if (
        not isinstance(wamid, str)
        or not wamid
        or not isinstance(name, str)
        or name not in _STATUSES
    ):
        return None
    reference = _id(status.get("biz_opaque_callback_data"))
    return StatusUpdate(wamid, _STATUSES[name], _dicts(status.get("errors")), reference)


def _moment(timestamp: object) -> datetime:
    """When the customer sent it, which puts late deliveries in their place.

    It is told in whole seconds since 1970; the end of the second comes behind what they answer.
    """
    now = utcnow()
    try:
        second = datetime.fromtimestamp(int(timestamp), UTC)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError, OSError):
        return now
    return min(now, second + _END_OF_SECOND) if now - second < _PLAUSIBLE_AGE else now


def _phone(value: object) -> str | None:
    return value if isinstance(value, str) and _PHONE.fullmatch(value) else None


def _id(value: object) -> str | None:
    return harmless(value, _MAX_ID) or None if isinstance(value, str) else None


def _text(value: object, longest: int = MAX_TEXT) -> str:
    return harmless(value, longest) if isinstance(value, str) else ""


def _dict(value: object) -> Document:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[Document]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
