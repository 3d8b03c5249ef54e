"""Who a customer is: somebody known by a phone, a WhatsApp user id, or a web visitor's session."""

from __future__ import annotations

from backend.common.documents import Document, index, validator

MAX_NAME = 120

# Each identity is unique where present; a customer has at least one.
IDENTITIES = ("phone", "whatsappUserId", "visitorId")

VALIDATORS = {
    "customers": {
        "$jsonSchema": {
            **validator(
                {"_id": "string", "name": "string", "createdAt": "date"},
                **{name: {"bsonType": "string", "minLength": 1} for name in IDENTITIES},
            )["$jsonSchema"],
            "anyOf": [{"required": [name]} for name in IDENTITIES],
        }
    }
}

INDEXES = {
    "customers": [
        *(
            index(
                (name, 1), unique=True, partialFilterExpression={name: {"$exists": True}}, name=name
            )
            for name in IDENTITIES
        ),
        index(("createdAt", -1), ("_id", -1)),
        index(("search", 1)),
    ]
}


def snapshot_of(customer: Document) -> Document:
    """What tickets and conversations carry of their customer, to be listed and found by."""
    return {
        "customerId": customer["_id"],
        "name": customer["name"],
        "phone": customer.get("phone"),
    }
