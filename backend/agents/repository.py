"""Reads and writes agents and their login sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from backend.agents.models import Account, AgentDocument, Session
from backend.common.actor import Role
from backend.common.cursors import Order
from backend.common.documents import Db, Document, collection, utcnow
from backend.common.paging import Found, Page, find_page
from backend.common.reading import Reading

MAX_SESSIONS = 20  # of one agent; a new one ends the oldest

R = TypeVar("R")

_PUBLIC = {"passwordHash": False, "sessions": False}


class AgentRepository:
    def __init__(self, db: Db) -> None:
        self._agents = collection(db, "agents", AgentDocument)
        self._accounts = collection(db, "agents", Account)
        self._meta = db["meta"]
        self._client = db.client

    def find(self, agent_id: str) -> AgentDocument | None:
        return self._agents.find_one({"_id": agent_id}, _PUBLIC)

    def find_account(self, email: str) -> Account | None:
        """Return the account with this address, with its password hash."""
        return self._accounts.find_one({"email": email})

    def page(self, page: Page) -> Found[AgentDocument]:
        return find_page(self._agents, Reading([]), Order("name", False), page, _PUBLIC)

    def ids_of_role_agent(self) -> list[str]:
        found = self._agents.find({"role": Role.AGENT.value, "active": True}, {"_id": True})
        return [agent["_id"] for agent in found]

    def insert(self, account: Account, session: ClientSession | None = None) -> None:
        """Store a new account. Raises DuplicateKeyError when the e-mail address is taken."""
        self._accounts.insert_one(account, session=session)

    def update(
        self,
        before: AgentDocument,
        fields: Document,
        *,
        end_sessions: bool,
        session: ClientSession | None = None,
    ) -> AgentDocument | None:
        """Change an agent whose role and state are still as in `before`; None when they are not.

        Raises DuplicateKeyError when the e-mail address is taken.
        """
        changes = dict(fields)
        if end_sessions:
            changes |= {"sessions": [], "accessChangedAt": utcnow()}
        return self._agents.find_one_and_update(
            {"_id": before["_id"], "role": before["role"], "active": before["active"]},
            {"$set": changes},
            projection=_PUBLIC,
            return_document=ReturnDocument.AFTER,
            session=session,
        )

    def serially(self, work: Callable[[ClientSession], R]) -> R:
        """Run `work` in a transaction. Two that change who is an admin never run at once.

        Both write the same document: one of them starts again, and reads what the other left.
        """

        def body(session: ClientSession) -> R:
            self._meta.update_one(
                {"_id": "admins"}, {"$inc": {"changes": 1}}, upsert=True, session=session
            )
            return work(session)

        with self._client.start_session() as session:
            return session.with_transaction(body)

    def count_admins(self, session: ClientSession | None = None, **matching: object) -> int:
        """Count the active admins."""
        admins = {"role": Role.ADMIN.value, "active": True}
        return self._agents.count_documents(admins | matching, session=session)

    # --- sessions -------------------------------------------------------------------------

    def find_in_session(self, agent_id: str, session_id: str) -> AgentDocument | None:
        """Return the agent, if active and if this session has not ended."""
        return self._agents.find_one(
            {"_id": agent_id, "active": True, "sessions.id": session_id}, _PUBLIC
        )

    def find_session(self, agent_id: str, session_id: str) -> Session | None:
        account = self._accounts.find_one(
            {"_id": agent_id, "active": True, "sessions.id": session_id},
            {"sessions": {"$elemMatch": {"id": session_id}}},
        )
        return account["sessions"][0] if account else None

    def add_session(self, agent_id: str, session: Session, password_hash: str) -> bool:
        """False when the account is closed, or its password has changed."""
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
        """False when the token is not the current one of a session that goes on."""
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

    def with_access_changed_since(self, moment: datetime) -> list[Account]:
        """Return the agents who lost a session, their role or their account since then."""
        found = self._accounts.find(
            {"accessChangedAt": {"$gte": moment}},
            {"active": True, "role": True, "sessions.id": True},
        )
        return list(found)
