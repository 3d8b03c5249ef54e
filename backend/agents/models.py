"""Agents' accounts. An agent's document holds the login sessions, so that one read answers "who is
this, and may they still act" and one write ends a session.
"""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from backend.common.actor import Role
from backend.common.documents import index, new_id, utcnow, validator

MAX_NAME = 120
MIN_PASSWORD = 10
MAX_PASSWORD = 200


class Session(TypedDict):
    """A login. Its refresh token changes with every use; secrets are stored as hashes."""

    id: str
    hash: str
    previousHash: NotRequired[str]
    createdAt: datetime
    rotatedAt: NotRequired[datetime]
    expiresAt: datetime


class AgentDocument(TypedDict):
    """What may be shown of an account."""

    _id: str
    name: str
    email: str
    role: str
    active: bool
    createdAt: datetime
    demo: NotRequired[bool]  # its password is published: it can log in only where DEMO is on
    accessChangedAt: NotRequired[datetime]  # when a session, the role or the account last ended


class Account(AgentDocument):
    """An agent as stored."""

    passwordHash: str
    sessions: list[Session]


def new_account(name: str, email: str, role: Role, password_hash: str) -> Account:
    return {
        "_id": new_id(),
        "name": name,
        "email": email.lower(),
        "role": role.value,
        "active": True,
        "createdAt": utcnow(),
        "passwordHash": password_hash,
        "sessions": [],
    }


class AgentFields(TypedDict, total=False):
    """What admins set."""

    name: str
    email: str
    password: str
    role: Role
    active: bool


VALIDATORS = {
    "agents": validator(
        {
            "_id": "string",
            "name": "string",
            "email": "string",
            "passwordHash": "string",
            "active": "bool",
            "sessions": "array",
            "createdAt": "date",
        },
        role={"enum": [role.value for role in Role]},
    )
}

INDEXES = {
    "agents": [
        index(("email", 1), unique=True, name="email"),
        index(("role", 1), ("active", 1)),
        index(("name", 1), ("_id", 1)),
        index(("accessChangedAt", 1)),
    ]
}
