"""The audit log: who did what that matters to security, when and from where. Append-only.

A record names accounts by id, and what was changed by field: never a password, a token or what
somebody typed in their place. It ends by itself after a year.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from enum import StrEnum

from pymongo.errors import PyMongoError

from backend.common.documents import Db, Document, index, new_id, utcnow, validator

log = logging.getLogger(__name__)

KEPT = timedelta(days=365)


class Act(StrEnum):
    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    REFRESH_REUSED = "refresh_reused"  # a stolen cookie, most likely; the session has ended
    LOGOUT = "logout"
    AGENT_CREATED = "agent_created"
    AGENT_CHANGED = "agent_changed"
    TICKETS_EXPORTED = "tickets_exported"


VALIDATORS = {
    "audit_log": validator(
        {"_id": "string", "at": "date", "address": "string", "requestId": "string"},
        act={"enum": [act.value for act in Act]},
    )
}

INDEXES = {
    "audit_log": [
        index(("at", 1), expireAfterSeconds=int(KEPT.total_seconds())),
        index(("actorId", 1), ("at", -1)),
        index(("agentId", 1), ("at", -1)),
    ]
}


class AuditLog:
    def __init__(self, db: Db) -> None:
        self._log = db["audit_log"]

    def record(
        self, act: Act, *, actor_id: str | None = None, agent_id: str | None = None, **about: object
    ) -> None:
        """Of the request at hand, or of the operator's command, which has no actor and no address.
        `agent_id` is whose account it is about, None for no account.

        What it records has happened: when it cannot be stored, the server's log gets it instead.
        """
        # Not above, as the launcher imports the collection's declaration and needs no Flask.
        from flask import g, has_request_context, request  # noqa: PLC0415

        in_request = has_request_context()
        record: Document = {
            "_id": new_id(),
            "at": utcnow(),
            "act": act.value,
            "actorId": actor_id,
            "agentId": agent_id,
            "address": (request.remote_addr or "") if in_request else "",
            "requestId": g.get("request_id", "") if in_request else "",
            **about,
        }
        try:
            self._log.insert_one(record)
        except PyMongoError:
            log.exception("not in the audit log: %s", record)
