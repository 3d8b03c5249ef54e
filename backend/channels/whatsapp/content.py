"""The words and the media of each kind of WhatsApp message.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples
"""

from __future__ import annotations

from backend.channels.whatsapp.payload import a_dict, dicts, identifier, text
from backend.common.documents import Document
from backend.conversations.models import MediaDocument
from backend.customers.models import MAX_NAME

_MEDIA = ("image", "video", "audio", "document", "sticker")
_MAX_DEGREES = 180


def content_of(message: Document) -> tuple[str, MediaDocument | None]:
    """Return the text and the media of a message. One of an unknown kind is kept by its type."""
    kind = text(message.get("type"), MAX_NAME) or "unknown"
    body = a_dict(message.get(kind))
    if kind in _MEDIA:
        return text(body.get("caption")), {"type": kind, "mediaId": identifier(body.get("id"))}
    words = {
        "text": text(body.get("body")),
        "button": text(body.get("text")),
        "interactive": _choice(body),
        "location": _location(body),
        "contacts": _cards(message.get("contacts")),
    }.get(kind)
    return (words, None) if words else ("", {"type": kind, "mediaId": None})


def _choice(interactive: Document) -> str:
    reply = a_dict(interactive.get("button_reply")) or a_dict(interactive.get("list_reply"))
    return text(reply.get("title"))


def _location(location: Document) -> str:
    latitude, longitude = location.get("latitude"), location.get("longitude")
    where = [text(location.get("name")), text(location.get("address"))]
    if _is_degrees(latitude) and _is_degrees(longitude):
        where.append(f"{latitude:.6f}, {longitude:.6f}")
    return text("\n".join(part for part in where if part))


def _is_degrees(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) <= _MAX_DEGREES


def _cards(contacts: object) -> str:
    lines = []
    for contact in dicts(contacts):
        name = text(a_dict(contact.get("name")).get("formatted_name"), MAX_NAME)
        phones = [text(phone.get("phone"), 32) for phone in dicts(contact.get("phones"))]
        lines.append(" ".join(part for part in [name, *phones] if part))
    return text("\n".join(line for line in lines if line))
