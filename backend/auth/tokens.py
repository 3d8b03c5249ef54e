"""The two signed tokens: an agent's access token and a web visitor's session (JWT, HS256).

Each names its purpose, so that neither passes for the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

ACCESS_LIFETIME = timedelta(minutes=15)
VISITOR_LIFETIME = timedelta(days=30)

_ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class Access:
    agent_id: str
    session_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Visitor:
    conversation_id: str


class Tokens:
    def __init__(self, signing_key: str) -> None:
        self._key = signing_key

    def issue_access(self, agent_id: str, session_id: str) -> str:
        return self._sign("access", ACCESS_LIFETIME, sub=agent_id, sid=session_id)

    def issue_visitor(self, customer_id: str, conversation_id: str) -> str:
        return self._sign("visitor", VISITOR_LIFETIME, sub=customer_id, conv=conversation_id)

    def read_access(self, token: str) -> Access | None:
        """None for a token that is expired, forged or meant for something else."""
        claims = self._read("access", token, "sid")
        if claims is None:
            return None
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        return Access(claims["sub"], claims["sid"], expires_at)

    def read_visitor(self, token: str) -> Visitor | None:
        claims = self._read("visitor", token, "conv")
        return Visitor(claims["conv"]) if claims else None

    def _sign(self, purpose: str, lifetime: timedelta, **claims: str) -> str:
        expiry = datetime.now(UTC) + lifetime
        return jwt.encode({**claims, "aud": purpose, "exp": expiry}, self._key, _ALGORITHM)

    def _read(self, purpose: str, token: str, *required: str) -> dict[str, Any] | None:
        try:
            return jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=purpose,
                options={"require": ["exp", "sub", *required]},
            )
        except (jwt.InvalidTokenError, UnicodeEncodeError):  # half a character is in no token
            return None
