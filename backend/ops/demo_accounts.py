"""The demo accounts, and whether to load demo data. Imports no feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from backend.common.actor import Role

if TYPE_CHECKING:
    from backend.common.documents import Db

PASSWORD: Final = "mostrador-demo"  # noqa: S105 - it is public
ACCOUNTS = (
    ("admin@demo.test", "Alba Ruiz", Role.ADMIN),
    ("supervisor@demo.test", "Sergio Vidal", Role.SUPERVISOR),
    ("agent1@demo.test", "Ana Torres", Role.AGENT),
    ("agent2@demo.test", "Bruno Díaz", Role.AGENT),
)
COLLECTIONS = (
    "agents",
    "customers",
    "conversations",
    "messages",
    "tickets",
    "counters",
    "events",
    "jobs",
)


def wants_demo_data(db: Db) -> bool:
    """Return whether the database is empty, or loading demo data was interrupted."""
    marker = db["meta"].find_one({"_id": "demo"})
    if marker is not None:
        return not marker["loaded"]
    return not any(db[name].find_one({}) for name in COLLECTIONS)
