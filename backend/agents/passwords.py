"""argon2id, with the library's defaults (RFC 9106, low-memory profile)."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.common.threads import off_the_hub

_hasher = PasswordHasher()


@cache
def _placeholder_hash() -> str:
    """Verified for an unknown e-mail, so that the answer takes as long as for a wrong password."""
    return hash_password("nobody has this password")


def hash_password(password: str) -> str:
    return off_the_hub(_hasher.hash, password)


def verify_password(stored: str | None, password: str) -> bool:
    try:
        off_the_hub(_hasher.verify, stored or _placeholder_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
