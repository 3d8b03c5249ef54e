"""Sets `demo` on the accounts of the demo data, whose password is published."""

from __future__ import annotations

from backend.common.documents import Db

DESCRIPTION = "Mark the demo accounts"

_ACCOUNTS = ["admin@demo.test", "supervisor@demo.test", "agent1@demo.test", "agent2@demo.test"]


def apply(db: Db) -> None:
    if db["meta"].find_one({"_id": "demo"}):
        db["agents"].update_many({"email": {"$in": _ACCOUNTS}}, {"$set": {"demo": True}})
