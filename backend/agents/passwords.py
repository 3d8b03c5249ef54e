"""argon2id, with the library's defaults (RFC 9106, low-memory profile)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

R = TypeVar("R")

_hasher = PasswordHasher()


@cache
def _placeholder_hash() -> str:
    """Verified for an unknown e-mail, so that the answer takes as long as for a wrong password."""
    return hash_password("nobody has this password")


def hash_password(password: str) -> str:
    return _off_the_hub(_hasher.hash, password)


def verify_password(stored: str | None, password: str) -> bool:
    try:
        _off_the_hub(_hasher.verify, stored or _placeholder_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def _off_the_hub(work: Callable[..., R], *args: str) -> R:
    """Run in a real thread under eventlet: tens of milliseconds of hashing would stop its hub."""
    if "eventlet" not in sys.modules:
        return work(*args)
    from eventlet import patcher, tpool  # noqa: PLC0415 - only where it is in use already

    if not patcher.is_monkey_patched("thread"):
        return work(*args)
    result: R = tpool.execute(work, *args)
    return result
