"""Enqueues the jobs that earlier versions found by looking: replies and deliveries under way."""

from __future__ import annotations

from datetime import UTC, datetime

from backend.common.documents import Db

DESCRIPTION = "Enqueue the replies and deliveries that are under way"


def apply(db: Db) -> None:
    messages = db["messages"]
    for kind, waiting in (
        ("assistant_reply", {"awaiting": True}),
        ("deliver_whatsapp", {"delivery.status": "pending"}),
    ):
        for conversation_id in messages.distinct("conversationId", waiting):
            now = datetime.now(UTC)
            job = {
                "kind": kind,
                "key": conversation_id,
                "payload": None,
                "state": "waiting",
                "requests": 1,
                "attempts": 0,
                "dueAt": now,
                "owner": None,
                "leaseUntil": None,
                "createdAt": now,
            }
            job_id = f"{kind}:{conversation_id}"
            db["jobs"].update_one({"_id": job_id}, {"$setOnInsert": job}, upsert=True)
