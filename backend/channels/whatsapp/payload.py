"""Reads values of a payload that may have anything anywhere. What is not as expected is empty."""

from __future__ import annotations

import re

from backend.common.documents import Document
from backend.conversations.models import MAX_TEXT
from backend.http.fields import sanitize

MAX_ID = 160  # a business-scoped user id is a country code and up to 128 letters and digits
_PHONE = re.compile(r"[0-9]{1,15}")  # E.164 has 15 digits at most


def a_dict(value: object) -> Document:
    return value if isinstance(value, dict) else {}


def dicts(value: object) -> list[Document]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object, max_length: int = MAX_TEXT) -> str:
    return sanitize(value, max_length) if isinstance(value, str) else ""


def identifier(value: object) -> str | None:
    return text(value, MAX_ID) or None


def phone_digits(value: object) -> str | None:
    """Return a phone as WhatsApp writes it: digits with the country code, and no plus."""
    return value if isinstance(value, str) and _PHONE.fullmatch(value) else None
