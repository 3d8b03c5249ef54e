"""Logging in and staying logged in.

A session has a refresh token that changes with every use. A token that is used twice has been
copied: the session ends (RFC 9700, 4.14.2), unless the first use was a moment ago, as when two tabs
of one browser refresh at once.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

from backend.agents import passwords
from backend.agents.models import AgentDocument, Session
from backend.agents.repository import AgentRepository
from backend.agents.service import actor_of
from backend.auth.tokens import Access, Tokens
from backend.common.actor import Actor
from backend.common.documents import utcnow
from backend.common.errors import Unauthenticated

SESSION_LIFETIME = timedelta(days=14)
REUSE_GRACE = timedelta(seconds=10)


class SessionReused(Unauthenticated):
    """A refresh token was used a second time; its session has ended."""

    def __init__(self, agent_id: str) -> None:
        super().__init__()
        self.agent_id = agent_id


@dataclass(frozen=True, slots=True)
class Login:
    agent: AgentDocument
    access_token: str
    refresh_token: str | None  # None: the browser already has the newest one


class AuthService:
    def __init__(self, agents: AgentRepository, tokens: Tokens, *, demo: bool) -> None:
        """`demo`: whether the demo accounts, whose password is published, may log in."""
        self._agents = agents
        self._tokens = tokens
        self._demo = demo

    def login(self, email: str, password: str) -> Login:
        """Raises Unauthenticated alike for a wrong password, no account and a closed account."""
        agent = self._agents.find_account(email.lower())
        stored = agent["passwordHash"] if agent else None
        verified = passwords.verify_password(stored, password)
        if not verified or agent is None or not agent["active"] or not self._may_act(agent):
            raise _wrong_login()
        now = utcnow()
        secret = secrets.token_urlsafe(32)
        # Nobody can guess it: a client that knows it but has another secret has an old token.
        session_id = secrets.token_urlsafe(16)
        session: Session = {
            "id": session_id,
            "hash": _hash(secret),
            "createdAt": now,
            "expiresAt": now + SESSION_LIFETIME,
        }
        # Verifying takes a while, and the password may have changed meanwhile.
        if not self._agents.add_session(agent["_id"], session, agent["passwordHash"]):
            raise _wrong_login()
        return self._logged_in(agent, session_id, secret)

    def refresh(self, refresh_token: str) -> Login:
        """Raises Unauthenticated for an unknown, ended, expired or reused token."""
        agent_id, session_id, secret = _parts(refresh_token)
        presented, now = _hash(secret), utcnow()
        fresh = secrets.token_urlsafe(32)
        rotated = self._agents.rotate_session(agent_id, session_id, presented, _hash(fresh), now)
        if not rotated:
            session = self._agents.find_session(agent_id, session_id)
            if session is None or session["expiresAt"] <= now:
                raise Unauthenticated
            just_used = compare_digest(presented, session.get("previousHash", ""))
            if not just_used or now - session["rotatedAt"] > REUSE_GRACE:
                self._agents.end_session(agent_id, session_id)
                raise SessionReused(agent_id)
        agent = self._agents.find_in_session(agent_id, session_id)
        if agent is None or not self._may_act(agent):
            raise Unauthenticated
        return self._logged_in(agent, session_id, fresh if rotated else None)

    def logout(self, refresh_token: str) -> str | None:
        """End the session and return the agent's id. An unknown token is no error: returns None."""
        try:
            agent_id, session_id, secret = _parts(refresh_token)
        except Unauthenticated:
            return None
        session = self._agents.find_session(agent_id, session_id)
        known = (session["hash"], session.get("previousHash", "")) if session else ()
        if not any(compare_digest(_hash(secret), one) for one in known):
            return None
        self._agents.end_session(agent_id, session_id)
        return agent_id

    def account_of(self, email: str) -> str | None:
        """Return the id of the agent with this address, whether or not they may log in."""
        agent = self._agents.find_account(email.lower())
        return agent["_id"] if agent else None

    def authenticate(self, access_token: str) -> tuple[AgentDocument, Access]:
        """Return the agent of an access token. Raises Unauthenticated also for an ended session."""
        access = self._tokens.read_access(access_token)
        if access is None:
            raise Unauthenticated
        agent = self._agents.find_in_session(access.agent_id, access.session_id)
        if agent is None or not self._may_act(agent):
            raise Unauthenticated
        return agent, access

    def actor_of(self, access_token: str) -> Actor:
        """Return who acts with an access token. Raises as `authenticate`."""
        return actor_of(self.authenticate(access_token)[0])

    def _may_act(self, agent: AgentDocument) -> bool:
        return self._demo or not agent.get("demo")

    def _logged_in(self, agent: AgentDocument, session_id: str, secret: str | None) -> Login:
        refresh_token = secret and f"{agent['_id']}.{session_id}.{secret}"
        access_token = self._tokens.issue_access(agent["_id"], session_id)
        return Login(agent, access_token, refresh_token)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _parts(refresh_token: str) -> tuple[str, str, str]:
    match refresh_token.split("."):
        case [agent_id, session_id, secret]:
            return agent_id, session_id, secret
    raise Unauthenticated


def _wrong_login() -> Unauthenticated:
    return Unauthenticated("The e-mail address or the password is wrong.")
