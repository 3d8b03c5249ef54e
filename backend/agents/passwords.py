"""argon2id, with the library's defaults (RFC 9106, low-memory profile).

Each hash takes 64 MiB while it is computed, so only a few are at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.common.errors import Busy
from backend.common.threads import off_the_hub

AT_ONCE = 2  # hashes
WAITING = 30  # logins

_hasher = PasswordHasher()
_hashing = BoundedSemaphore(AT_ONCE)
_logins = BoundedSemaphore(AT_ONCE + WAITING)


@contextmanager
def login_place() -> Iterator[None]:
    """Take one of the places of logins for the block. Raises Busy when all are taken."""
    if not _logins.acquire(blocking=False):
        raise Busy("Too many people are logging in. Try again in a moment.")
    try:
        yield
    finally:
        _logins.release()


@cache
def _placeholder_hash() -> str:
    """Verified for an unknown e-mail, so that the answer takes as long as for a wrong password."""
    return hash_password("nobody has this password")


def hash_password(password: str) -> str:
    with _hashing:
        return off_the_hub(_hasher.hash, password)


def verify_password(stored: str | None, password: str) -> bool:
    try:
        expected = stored or _placeholder_hash()
        with _hashing:
            off_the_hub(_hasher.verify, expected, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
