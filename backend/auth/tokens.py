"""The two signed tokens: an agent's access token and a web visitor's session (JWT, HS256).

Each names its purpose, so that neither passes for the other, and its key, so that keys can be
rotated.
"""

from __future__ import annotations

import hashlib
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
    def __init__(self, signing_key: str, previous_key: str | None = None) -> None:
        """Tokens of the previous key are still accepted."""
        self._key = signing_key
        self._key_id = _key_id(signing_key)
        accepted = (signing_key, previous_key) if previous_key else (signing_key,)
        self._accepted = {_key_id(key): key for key in accepted}

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
        payload = {**claims, "aud": purpose, "exp": expiry}
        return jwt.encode(payload, self._key, _ALGORITHM, {"kid": self._key_id})

    def _read(self, purpose: str, token: str, *required: str) -> dict[str, Any] | None:
        """Return the claims, `sub` and the required ones of which are texts."""
        named = ("sub", *required)
        try:
            # Tokens of earlier versions name no key.
            key_id = jwt.get_unverified_header(token).get("kid", self._key_id)
            claims: dict[str, Any] = jwt.decode(
                token,
                self._accepted.get(key_id, self._key),
                algorithms=[_ALGORITHM],
                audience=purpose,
                options={"require": ["exp", *named]},
            )
            datetime.fromtimestamp(claims["exp"], UTC)
        # UnicodeEncodeError, a ValueError: half a character is in no token.
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
            return None
        is_text = all(isinstance(claims[name], str) and claims[name] for name in named)
        return claims if is_text else None


def _key_id(key: str) -> str:
    return hashlib.sha256(b"mostrador key id:" + key.encode()).hexdigest()[:16]
