"""The stored form of viewers."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from backend.common.documents import index, validator


class View(TypedDict):
    """An agent's window with a ticket."""

    _id: str  # of the socket and the ticket
    socketId: str
    ticketId: str
    agentId: str
    name: str
    role: str
    typing: bool
    expiresAt: datetime


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
