"""Who works here. An agent's login sessions live in the agent's own document, so that one read
answers "who is this, and may they still act" and one write ends a session.
"""

from __future__ import annotations

from backend.common.actor import Role
from backend.common.documents import index, validator

MAX_NAME = 120
MIN_PASSWORD = 10
MAX_PASSWORD = 200

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
