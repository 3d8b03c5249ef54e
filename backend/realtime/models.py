"""The stored form of viewers."""

from __future__ import annotations

from backend.common.documents import index, validator

VALIDATORS = {
    "viewers": validator(
        {
            "_id": "string",
            "socketId": "string",
            "ticketId": "string",
            "agentId": "string",
            "name": "string",
            "role": "string",
            "typing": "bool",
            "expiresAt": "date",
        }
    )
}

INDEXES = {
    "viewers": [
        index(("ticketId", 1)),
        index(("socketId", 1)),
        index(("expiresAt", 1), expireAfterSeconds=0),
    ]
}
