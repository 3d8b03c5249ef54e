"""Gives customers `identities`, from the fields that each kind of identity had.

Phones are compared by a canonical form. Of two customers with spellings of one number, the first
gets it; the other keeps its own spelling until a person merges them.
"""

from __future__ import annotations

import re
from typing import Any

from pymongo.errors import DuplicateKeyError

from backend.common.documents import Db, Document
from backend.platform.migrations import batches

DESCRIPTION = "List the identities of customers"

_CANONICAL = (
    (re.compile(r"\+521(\d{10})"), r"+52\1"),
    (re.compile(r"\+55(\d{2})([6-9]\d{7})"), r"+55\g<1>9\2"),
    (re.compile(r"\+54([^9]\d{9})"), r"+549\1"),
)
_SPELLINGS = (
    (re.compile(r"\+52(\d{10})"), r"+521\1"),
    (re.compile(r"\+55(\d{2})9([6-9]\d{7})"), r"+55\1\2"),
    (re.compile(r"\+549(\d{10})"), r"+54\1"),
)


def apply(db: Db) -> None:
    customers = db["customers"]
    for batch in batches(customers, {"identities": {"$exists": False}}):
        addresses = _addresses(db, [customer["_id"] for customer in batch])
        for customer in batch:
            own = {"_id": customer["_id"], "identities": {"$exists": False}}
            for fields in _attempts(customer, addresses.get(customer["_id"])):
                try:
                    customers.update_one(own, {"$set": fields})
                except DuplicateKeyError:
                    continue
                break


def _addresses(db: Db, customer_ids: list[str]) -> dict[str, str]:
    """Return the numbers from which customers wrote last on WhatsApp."""
    written = {
        "customer.customerId": {"$in": customer_ids},
        "channel": "whatsapp",
        "replyTo.to": {"$exists": True},
    }
    found = db["conversations"].find(written, {"customer.customerId": True, "replyTo": True})
    return {c["customer"]["customerId"]: f"+{c['replyTo']['to']}" for c in found}


def _attempts(customer: Document, address: str | None) -> list[Document]:
    """Return what to set, the best first: the others are for when another customer has a number."""
    phone = customer.get("phone")
    phones = [[]] if not phone else [[_canonical(phone)], [phone]]
    with_address = [[*own, _canonical(address)] for own in phones[:1] if address]
    proven = _canonical(address) if address else None
    return [
        _fields(customer, list(dict.fromkeys(numbers)), proven)
        for numbers in [*with_address, *phones]
    ]


def _fields(customer: Document, phones: list[str], proven: str | None) -> Document:
    identities: list[dict[str, Any]] = [
        {"channel": "phone", "value": phone, "verified": phone == proven, "current": True}
        for phone in phones
    ]
    identities += [
        {"channel": channel, "value": customer[name], "verified": True, "current": True}
        for name, channel in (("whatsappUserId", "whatsapp"), ("visitorId", "web"))
        if customer.get(name)
    ]
    written = {spelling for phone in phones for spelling in _spellings(phone)}
    tails = {
        digits[start:]
        for digits in (number.removeprefix("+") for number in written)
        for start in range(max(0, len(digits) - 2))
    }
    return {"identities": identities, "search": sorted({*customer["search"], *tails})}


def _canonical(phone: str) -> str:
    for pattern, meant in _CANONICAL:
        if pattern.fullmatch(phone):
            return pattern.sub(meant, phone)
    return phone


def _spellings(phone: str) -> list[str]:
    return [
        phone,
        *(pattern.sub(other, phone) for pattern, other in _SPELLINGS if pattern.fullmatch(phone)),
    ]
