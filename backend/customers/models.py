"""Customers: one document a person, with the identities by which channels know them."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from backend.common.documents import index, validator

MAX_NAME = 120

# Kinds of identity beside those that only one channel knows, which are called as that channel.
PHONE = "phone"  # in its canonical form (`phones.py`); people reach it through several channels
WHATSAPP_USER = "whatsapp"  # Meta's business-scoped user id
WEB_VISITOR = "web"  # the session of a visitor whom no site vouches for


class Identity(TypedDict):
    """How a channel knows a customer. Each value belongs to one customer."""

    channel: str
    value: str
    verified: bool  # proven by the channel; otherwise an agent has written it down
    current: bool  # False once the customer has changed to another; the next who proves it gets it


class CustomerDocument(TypedDict):
    _id: str
    name: str
    phone: NotRequired[str]  # the agents'; answers go to the channel's address
    email: NotRequired[str]
    identities: list[Identity]
    search: list[str]
    conversationAt: NotRequired[datetime]
    createdAt: datetime


class TicketCounts(TypedDict):
    """Of one customer, as far as an agent may see them."""

    totalTickets: int
    openTickets: int


class CustomerSnapshot(TypedDict):
    """What tickets and conversations keep of their customer, to show and to search."""

    customerId: str
    name: str
    phone: str | None


VALIDATORS = {
    "customers": validator(
        {"_id": "string", "name": "string", "createdAt": "date"},
        identities={
            "bsonType": "array",
            "minItems": 1,
            "items": {
                "bsonType": "object",
                "required": ["channel", "value", "verified", "current"],
                "properties": {
                    "channel": {"bsonType": "string", "minLength": 1},
                    "value": {"bsonType": "string", "minLength": 1},
                    "verified": {"bsonType": "bool"},
                    "current": {"bsonType": "bool"},
                },
            },
        },
    )
}

INDEXES = {
    "customers": [
        index(
            ("identities.channel", 1),
            ("identities.value", 1),
            unique=True,
            sparse=True,
            name="identity",
        ),
        # Of the previous version; the next one drops them (`former.py`).
        *(
            index(
                (name, 1), unique=True, partialFilterExpression={name: {"$exists": True}}, name=name
            )
            for name in ("phone", "whatsappUserId", "visitorId")
        ),
        index(("createdAt", -1), ("_id", -1)),
        index(("search", 1)),
    ]
}


def snapshot_of(customer: CustomerDocument) -> CustomerSnapshot:
    return {
        "customerId": customer["_id"],
        "name": customer["name"],
        "phone": customer.get("phone"),
    }
