"""Customers in the form of the previous version, which may still be serving.

That version has a field for each kind of identity. They are written beside `identities`, and a
customer that has only them is read by them. The next version deletes this module and, except for
the record's `phone`, the fields and their indexes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.common.documents import Document
from backend.customers.identities import IdentityKey, current
from backend.customers.models import PHONE, WEB_VISITOR, WHATSAPP_USER, CustomerDocument, Identity
from backend.customers.phones import canonical, spellings

_FIELDS = {"phone": PHONE, "whatsappUserId": WHATSAPP_USER, "visitorId": WEB_VISITOR}


def fields_of(identities: list[Identity]) -> Document:
    """Return the fields beside the record's phone; None for one that the customer has not."""
    return {
        name: current(identities, channel) for name, channel in _FIELDS.items() if channel != PHONE
    }


def filter_of(key: IdentityKey) -> Document | None:
    """Return the filter for a customer without `identities` who has this one."""
    for name, channel in _FIELDS.items():
        if channel == key.channel:
            values = spellings(key.value) if channel == PHONE else [key.value]
            return {name: {"$in": values}, "identities": {"$exists": False}}
    return None


def identities_of(customer: CustomerDocument) -> tuple[list[Identity], list[Identity]]:
    """Return the identities of a customer without them, and the same with the phone as it is
    written, for when another customer has its canonical form.
    """
    fields = dict(customer)
    return _identities_of(fields, canonical), _identities_of(fields, str)


def _identities_of(customer: Document, compare: Callable[[Any], str]) -> list[Identity]:
    return [
        {
            "channel": channel,
            "value": compare(customer[name]) if channel == PHONE else customer[name],
            "verified": channel != PHONE,
            "current": True,
        }
        for name, channel in _FIELDS.items()
        if customer.get(name)
    ]
