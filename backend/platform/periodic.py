"""Periodic background work."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from pymongo.errors import InvalidOperation, PyMongoError

log = logging.getLogger(__name__)

# PyMongo raises InvalidOperation for other mistakes too, and has no class of its own for this one.
_CLIENT_CLOSED = "Cannot use MongoClient after close"


def run_periodically(
    name: str, seconds: float, work: Callable[[], object], *, at_once: bool = False
) -> None:
    """Call `work` every `seconds`, until the database client is closed.

    Errors are logged and the next call follows as usual. `at_once`: call it first, then wait.
    """
    if not at_once:
        time.sleep(seconds)
    while True:
        try:
            work()
        except PyMongoError as error:
            if isinstance(error, InvalidOperation) and str(error) == _CLIENT_CLOSED:
                return
            log.warning("Background work %r failed: %s: %s", name, type(error).__name__, error)
        except Exception:
            log.exception("Background work %r failed", name)
        time.sleep(seconds)
