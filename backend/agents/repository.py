"""Reads and writes agents and their login sessions."""

from __future__ import annotations

from datetime import datetime

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from backend.common.actor import Role
from backend.common.documents import Db, Document, new_id, utcnow
from backend.common.paging import Found, Order, Page, find_page

MAX_SESSIONS = 20  # of one agent; the oldest gives way

_PUBLIC = {"passwordHash": False, "sessions": False}


class AgentRepository:
    def __init__(self, db: Db) -> None:
        self._agents = db["agents"]

    def find(self, agent_id: str) -> Document | None:
        return self._agents.find_one({"_id": agent_id}, _PUBLIC)

    def find_by_email(self, email: str) -> Document | None:
        """With the password hash."""
        return self._agents.find_one({"email": email})

    def page(self, page: Page) -> Found:
        return find_page(self._agents, [], Order("name", False), page, _PUBLIC)

    def ids_of_role_agent(self) -> list[str]:
        found = self._agents.find({"role": Role.AGENT.value, "active": True}, {"_id": True})
        return [agent["_id"] for agent in found]

    def insert(self, fields: Document) -> Document | None:
        """None when the e-mail is taken."""
        agent = {"_id": new_id(), "active": True, "sessions": [], "createdAt": utcnow(), **fields}
        try:
            self._agents.insert_one(agent)
        except DuplicateKeyError:
            return None
        return agent

    def update(self, before: Document, fields: Document, *, end_sessions: bool) -> Document | None:
        """Change an agent who still may what `before` says; None when somebody else was first.

        Raises DuplicateKeyError when the e-mail is taken.
        """
        changes = dict(fields)
        if end_sessions:
            changes |= {"sessions": [], "accessChangedAt": utcnow()}
        return self._agents.find_one_and_update(
            {name: before[name] for name in ("_id", "role", "active")},
            {"$set": changes},
            projection=_PUBLIC,
            return_document=ReturnDocument.AFTER,
        )

    # --- sessions -------------------------------------------------------------------------

    def find_in_session(self, agent_id: str, session_id: str) -> Document | None:
        """The agent, if active and this session has not been ended."""
        return self._agents.find_one(
            {"_id": agent_id, "active": True, "sessions.id": session_id}, _PUBLIC
        )

    def find_session(self, agent_id: str, session_id: str) -> Document | None:
        agent = self._agents.find_one(
            {"_id": agent_id, "active": True},
            {"sessions": {"$elemMatch": {"id": session_id}}},
        )
        sessions: list[Document] = (agent or {}).get("sessions", [])
        return sessions[0] if sessions else None

    def add_session(self, agent_id: str, session: Document, password_hash: str) -> bool:
        """False when the account is closed, or its password is another by now."""
        result = self._agents.update_one(
            {"_id": agent_id, "active": True, "passwordHash": password_hash},
            {
                "$push": {"sessions": {"$each": [session], "$slice": -MAX_SESSIONS}},
                "$set": {"accessChangedAt": utcnow()},  # the oldest may have ended
            },
        )
        return result.matched_count == 1

    def rotate_session(
        self, agent_id: str, session_id: str, old_hash: str, new_hash: str, now: datetime
    ) -> bool:
        """False when the token was not the current one of a session that goes on."""
        current = {"id": session_id, "hash": old_hash, "expiresAt": {"$gt": now}}
        result = self._agents.update_one(
            {"_id": agent_id, "active": True, "sessions": {"$elemMatch": current}},
            {
                "$set": {
                    "sessions.$.hash": new_hash,
                    "sessions.$.previousHash": old_hash,
                    "sessions.$.rotatedAt": now,
                }
            },
        )
        return result.modified_count == 1

    def end_session(self, agent_id: str, session_id: str) -> None:
        self._agents.update_one(
            {"_id": agent_id, "sessions.id": session_id},
            {"$pull": {"sessions": {"id": session_id}}, "$set": {"accessChangedAt": utcnow()}},
        )

    def with_access_changed_since(self, moment: datetime) -> list[Document]:
        """Agents who lost a session, their role or their account since then."""
        found = self._agents.find(
            {"accessChangedAt": {"$gte": moment}},
            {"active": True, "role": True, "sessions.id": True},
        )
        return list(found)
