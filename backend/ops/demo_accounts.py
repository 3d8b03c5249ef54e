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
_WRITTEN_BY_PEOPLE = ("agents", "customers", "conversations", "messages", "tickets", "counters")
# What loading demo data writes.
COLLECTIONS = (*_WRITTEN_BY_PEOPLE, "events", "jobs")


def wants_demo_data(db: Db) -> bool:
    """Return whether the database is empty, or loading demo data was interrupted.

    A job may be there without people: recurring ones are scheduled as a process starts.
    """
    marker = db["meta"].find_one({"_id": "demo"})
    if marker is not None:
        return not marker["loaded"]
    return not any(db[name].find_one({}) for name in _WRITTEN_BY_PEOPLE)
